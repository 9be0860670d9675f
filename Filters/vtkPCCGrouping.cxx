#include "vtkPCCGrouping.h"

#include "Core/Correlation.h"
#include "Core/Grouping.h"
#include "GridArrays.h"
#include "GroupingOutputs.h"
#include "LayerTensor.h"
#include "RankExchange.h"
#include "SmpParallelFor.h"

#include "vtkExecutive.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkInformationIntegerKey.h"
#include "vtkInformationVector.h"
#include "vtkModelProvider.h"
#include "vtkObjectFactory.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkTable.h"

#include <memory>
#include <optional>

vtkStandardNewMacro(vtkPCCGrouping);

namespace
{
/// Maps with fewer pixels say too little about a filter.
constexpr std::int64_t fewestPixels = 16;

/// Everyone needs the probe, and only rank 0 surely has it.
tensorview::TensorValues ShareProbe(tensorview::TensorValues probe, bool have)
{
  std::vector<vtkTensorCollection::Part> parts;
  if (have && RankExchange::IsRoot())
  {
    parts.push_back({ std::move(probe), {} });
  }
  return RankExchange::Gather(parts, true).values;
}

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
}

vtkPCCGrouping::vtkPCCGrouping()
  : vtkTensorFilter(tensorview::kinds::activation)
{
  this->SetNumberOfOutputPorts(3);
}

vtkPCCGrouping::~vtkPCCGrouping() = default;

void vtkPCCGrouping::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Threshold: " << this->Threshold << "\n";
  os << indent << "Floor: " << this->Floor << "\n";
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
  if (const std::optional<LayerShape> tensor = DescribeTensor(input, this->GetTensorName()))
  {
    vtkTensorCollection::RequestToo(input, tensor->layer, tensor->kind);
  }
  return 1;
}

int vtkPCCGrouping::FillOutputPortInformation(int port, vtkInformation* info)
{
  constexpr const char* types[] = { "vtkPartitionedDataSetCollection", "vtkImageData", "vtkTable" };
  info->Set(vtkDataObject::DATA_TYPE_NAME(), types[port]);
  return 1;
}

void vtkPCCGrouping::Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  const auto shape = DescribeTensor(inputVector[0]->GetInformationObject(0), this->GetTensorName());
  if (shape)
  {
    GridArrays::PromiseSquare(outputVector->GetInformationObject(1), shape->slots);
  }
}

tensorview::TensorValues vtkPCCGrouping::GetSamples(
  vtkInformationVector** inputVector, const LayerTensor& tensor)
{
  const LayerShape& shape = tensor.shape;
  const bool isActivation = shape.kind == tensorview::kinds::activation;
  const std::int64_t pixels = shape.filter.rows * shape.filter.columns;
  if (isActivation && pixels < fewestPixels)
  {
    vtkModelProvider* provider = vtkModelProvider::Get(inputVector[0]->GetInformationObject(0));
    tensorview::TensorValues probe;
    const bool have = provider && provider->ReadProbe(shape.layer, tensor.step, probe) &&
                      probe.data && probe.shape.size() > 0;
    tensorview::TensorValues shared = ShareProbe(std::move(probe), have);
    const std::string few = "The maps of layer '" + shape.layer + "' have only " +
                            std::to_string(pixels) + (pixels == 1 ? " pixel: " : " pixels: ");
    if (shared.shape.filters > 0)
    {
      this->AddNote(few + "the filters are correlated over " +
                    std::to_string(shared.shape.perFilter()) +
                    " samples of the probe batch instead.");
      return shared;
    }
    this->AddNote(
      few + "the coefficients mean little (the source has no outputs of a probe batch).");
  }
  return RankExchange::Gather(tensor.parts, true).values;
}

void vtkPCCGrouping::DescribeResult(const tensorview::TensorValues& samples,
  const tensorview::Correlation& correlation, const tensorview::Grouping& grouping)
{
  if (!correlation.constant.empty())
  {
    this->AddNote("Constant (dead or always on), in no group: slots " +
                  ListSlots(correlation.constant, samples.slot) + ".");
  }
  if (!correlation.notFinite.empty())
  {
    this->AddNote("Without a finite value, in no group: slots " +
                  ListSlots(correlation.notFinite, samples.slot) + ".");
  }
  if (correlation.leftOut > 0)
  {
    this->AddNote(std::to_string(correlation.leftOut) + " of " +
                  std::to_string(samples.shape.perFilter()) +
                  " values of each filter were left out because some filter is not finite there.");
  }
  if (grouping.groups == 0 && this->Threshold == 0.0)
  {
    this->AddNote("No pair of filters reaches the floor of the search.");
  }
}

void vtkPCCGrouping::Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  auto* input = vtkPartitionedDataSetCollection::GetData(inputVector[0], 0);
  auto* output = vtkPartitionedDataSetCollection::GetData(outputVector, 0);
  LayerTensor tensor;
  if (!this->Pick(inputVector, tensor))
  {
    if (input)
    {
      output->ShallowCopy(input);
    }
    return;
  }
  const tensorview::TensorValues samples = this->GetSamples(inputVector, tensor);
  const auto filters = static_cast<std::size_t>(samples.shape.filters);
  const auto perFilter = static_cast<std::size_t>(samples.shape.perFilter());
  const tensorview::Correlation correlation = tensorview::correlate(
    samples.data.get(), filters, perFilter, SmpParallelFor(filters * perFilter));
  this->UpdateProgress(0.8);
  const tensorview::Grouping grouping =
    tensorview::groupFilters(correlation.coefficients, filters, { this->Threshold, this->Floor });
  this->DescribeResult(samples, correlation, grouping);

  output->ShallowCopy(input);
  GroupingOutputs::MarkGroups(output, tensor.shape.layer, samples.slot, grouping);
  GridArrays::PromiseSquare(outputVector->GetInformationObject(1), tensor.shape.slots);
  if (RankExchange::IsRoot())
  {
    GroupingOutputs::WriteMatrix(
      vtkImageData::GetData(outputVector, 1), tensor.shape, samples.slot, correlation, grouping);
    GroupingOutputs::WriteTable(
      vtkTable::GetData(outputVector, 2), tensor.shape, samples.slot, correlation, grouping);
  }
}
