#include "vtkPCCGrouping.h"

#include "CorrelationImage.h"
#include "FilterCorrelator.h"
#include "GroupingOutputs.h"
#include "LayerTensor.h"
#include "MergePrediction.h"
#include "RankExchange.h"

#include "vtkExecutive.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkInformationIntegerKey.h"
#include "vtkInformationVector.h"
#include "vtkModelProvider.h"
#include "vtkObjectFactory.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkStringArray.h"
#include "vtkTable.h"

#include <memory>
#include <optional>
#include <stdexcept>

vtkStandardNewMacro(vtkPCCGrouping);

namespace
{
std::string ListSlots(
  const std::vector<std::size_t>& filters, const std::vector<std::int32_t>& slots)
{
  std::string list;
  for (const std::size_t i : filters)
  {
    list += (list.empty() ? "" : ", ") + std::to_string(slots[i]);
  }
  return list;
}

/// Layers whose weights belong to the filters of a layer.
std::vector<std::string> LayersFedBy(vtkModelProvider* provider, std::int32_t layerId)
{
  std::vector<std::string> layers;
  const std::shared_ptr<const tensorview::ModelDescription> model = provider->GetModel();
  for (const tensorview::TensorDescription& tensor : model->tensors)
  {
    if (tensor.kind == tensorview::kinds::weight && tensor.channelLayerId == layerId)
    {
      layers.push_back(tensor.layer);
    }
  }
  return layers;
}
}

vtkPCCGrouping::vtkPCCGrouping()
  : vtkTensorFilter(tensorview::kinds::activation)
{
  this->SetNumberOfOutputPorts(4);
}

vtkPCCGrouping::~vtkPCCGrouping() = default;

void vtkPCCGrouping::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Measure: " << this->Measure << "\n";
  os << indent << "Linkage: " << this->Linkage << "\n";
  os << indent << "Threshold: " << this->Threshold << "\n";
  os << indent << "Floor: " << this->Floor << "\n";
  os << indent << "AccumulateSnapshots: " << this->AccumulateSnapshots << "\n";
  os << indent << "MatrixOrder: " << this->MatrixOrder << "\n";
  os << indent << "MaximumPixels: " << this->MaximumPixels << "\n";
  os << indent << "Aggregate: " << this->Aggregate << "\n";
  os << indent << "Focus: " << this->Focus << "\n";
  os << indent << "Patience: " << this->Patience << "\n";
  os << indent << "GroupMembers: " << this->GroupMembers->GetNumberOfValues() << " groups\n";
}

vtkStringArray* vtkPCCGrouping::GetGroupMembers()
{
  return this->GroupMembers;
}

vtkStringArray* vtkPCCGrouping::GetGroupFacts()
{
  return this->GroupFacts;
}

int vtkPCCGrouping::RequestUpdateExtent(
  vtkInformation* request, vtkInformationVector** inputVector, vtkInformationVector*)
{
  vtkInformation* input = inputVector[0]->GetInformationObject(0);
  if (request->Get(vtkExecutive::FROM_OUTPUT_PORT()) > 0)
  {
    vtkTensorCollection::Release(input);
    return 1;
  }
  const std::optional<LayerShape> tensor = DescribeTensor(input, this->GetTensorName());
  if (tensor)
  {
    vtkTensorCollection::RequestToo(input, tensor->layer, tensor->kind);
    vtkModelProvider* provider = vtkModelProvider::Get(input);
    if (provider && provider->OffersGram(tensor->layer))
    {
      for (const std::string& next : LayersFedBy(provider, tensor->layerId))
      {
        vtkTensorCollection::RequestToo(input, next, tensorview::kinds::weight);
      }
    }
  }
  return 1;
}

int vtkPCCGrouping::FillOutputPortInformation(int port, vtkInformation* info)
{
  constexpr const char* types[] = { "vtkPartitionedDataSetCollection", "vtkImageData", "vtkTable",
    "vtkTable" };
  info->Set(vtkDataObject::DATA_TYPE_NAME(), types[port]);
  return 1;
}

void vtkPCCGrouping::Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  const auto shape = DescribeTensor(inputVector[0]->GetInformationObject(0), this->GetTensorName());
  if (shape)
  {
    this->GetMatrix().Promise(*shape, outputVector->GetInformationObject(1));
  }
}

CorrelationImage vtkPCCGrouping::GetMatrix() const
{
  CorrelationImage::Options options;
  options.maximumPixels = this->MaximumPixels;
  options.aggregate = static_cast<tensorview::Aggregate>(this->Aggregate);
  options.focus = tensorview::SlotSet(this->Focus);
  options.byGroup = this->MatrixOrder == BY_GROUP;
  return CorrelationImage(std::move(options));
}

void vtkPCCGrouping::Describe(
  const FilterCorrelator::Result& correlated, const tensorview::Grouping& grouping)
{
  for (const std::string& note : correlated.notes)
  {
    this->AddNote(note);
  }
  const tensorview::Correlation& correlation = correlated.correlation;
  if (this->AccumulateSnapshots != 1 && correlated.snapshots > 1)
  {
    this->AddNote(
      "Correlated over " + std::to_string(correlated.snapshots) + " recorded snapshots.");
  }
  if (!correlation.constant.empty())
  {
    this->AddNote("Constant (dead or always on), in no group: slots " +
                  ListSlots(correlation.constant, correlated.slot) + ".");
  }
  if (!correlation.notFinite.empty())
  {
    this->AddNote("Without a finite value, in no group: slots " +
                  ListSlots(correlation.notFinite, correlated.slot) + ".");
  }
  if (correlation.leftOut > 0)
  {
    this->AddNote(std::to_string(correlation.leftOut) + " of " +
                  std::to_string(correlation.leftOut + correlation.samples) +
                  " values of each filter were left out because some filter is not finite there.");
  }
  if (grouping.groups == 0 && this->Threshold == 0.0)
  {
    this->AddNote("No pair of filters reaches the floor of the search.");
  }
}

std::vector<double> vtkPCCGrouping::PredictErrors(
  vtkInformationVector** inputVector, double step, const GroupingOutputs::Findings& findings)
{
  if (findings.grouping.groups == 0)
  {
    return {};
  }
  const std::string& layer = findings.shape.layer;
  vtkModelProvider* provider = vtkModelProvider::Get(inputVector[0]->GetInformationObject(0));
  tensorview::GramMatrix own;
  if (provider && RankExchange::IsRoot())
  {
    provider->ReadGram(layer, step, own);
  }
  const tensorview::GramMatrix gram = MergePrediction::Share(own, findings.slots);
  if (gram.empty())
  {
    this->AddNote("Errors of merging are not predicted: the source has no Gram matrix of layer '" +
                  layer + "' at this step.");
    return {};
  }
  if (gram.values.back() <= static_cast<double>(gram.slot.size()))
  {
    this->AddNote("Errors of merging are not predicted: the Gram matrix of layer '" + layer +
                  "' is of no more samples than the layer has filters.");
    return {};
  }
  try
  {
    std::vector<LayerTensor> next;
    for (const std::string& fed : LayersFedBy(provider, findings.shape.layerId))
    {
      next.emplace_back();
      this->Pick(inputVector, { fed, tensorview::kinds::weight, "" }, true, next.back());
    }
    if (next.empty())
    {
      this->AddNote(
        "Errors of merging are not predicted: no layer is fed by layer '" + layer + "' alone.");
      return {};
    }
    return MergePrediction::PredictErrors(gram, next, findings.grouping);
  }
  catch (const std::runtime_error& problem)
  {
    this->AddNote(std::string("Errors of merging are not predicted: ") + problem.what() + ".");
  }
  return {};
}

void vtkPCCGrouping::Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  this->GroupMembers->Initialize();
  this->GroupFacts->Initialize();
  auto* input = vtkPartitionedDataSetCollection::GetData(inputVector[0], 0);
  auto* output = vtkPartitionedDataSetCollection::GetData(outputVector, 0);
  if (auto* provider = vtkModelProvider::Get(inputVector[0]->GetInformationObject(0)))
  {
    provider->SetPatience(this->Patience);
  }
  LayerTensor tensor;
  if (!this->Pick(inputVector, tensor))
  {
    if (input)
    {
      output->ShallowCopy(input);
    }
    return;
  }
  const auto progress = [this](double done)
  {
    this->UpdateProgress(0.8 * done);
    return this->GetAbortExecute() == 0;
  };
  FilterCorrelator::Result correlated = FilterCorrelator::Correlate(
    { tensor, vtkModelProvider::Get(inputVector[0]->GetInformationObject(0)),
      static_cast<tensorview::Measure>(this->Measure), this->AccumulateSnapshots, progress });
  tensorview::GroupingOptions options;
  options.threshold = this->Threshold;
  options.floor = this->Floor;
  options.linkage = static_cast<tensorview::Linkage>(this->Linkage);
  GroupingOutputs::Findings findings;
  findings.grouping =
    tensorview::groupFilters(correlated.correlation.coefficients, correlated.slot.size(), options);
  this->Describe(correlated, findings.grouping);
  findings.shape = tensor.shape;
  findings.slots = std::move(correlated.slot);
  findings.correlation = std::move(correlated.correlation);
  findings.linkage = options.linkage;
  findings.snapshots = correlated.snapshots;
  findings.predictedError = this->PredictErrors(inputVector, tensor.step, findings);

  output->ShallowCopy(input);
  GroupingOutputs::MarkGroups(output, findings);
  for (const std::string& members : GroupingOutputs::ListMembers(findings))
  {
    this->GroupMembers->InsertNextValue(members);
  }
  for (const std::string& facts : GroupingOutputs::ListFacts(findings))
  {
    this->GroupFacts->InsertNextValue(facts);
  }
  const CorrelationImage matrix = this->GetMatrix();
  this->AddNote(matrix.Describe(findings.shape, findings.slots));
  matrix.Promise(findings.shape, outputVector->GetInformationObject(1));
  if (RankExchange::IsRoot())
  {
    auto* image = vtkImageData::GetData(outputVector, 1);
    matrix.Write(image, findings);
    GroupingOutputs::DescribeMethod(image, findings);
    GroupingOutputs::WriteFilters(vtkTable::GetData(outputVector, 2), findings);
    GroupingOutputs::WriteGroups(vtkTable::GetData(outputVector, 3), findings);
  }
}
