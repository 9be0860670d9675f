#include "NetworkSource.h"

#include "vtkCallbackCommand.h"
#include "vtkCommand.h"
#include "vtkExecutive.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkInformationObjectBaseKey.h"
#include "vtkInformationVector.h"
#include "vtkObjectFactory.h"
#include "vtkPartitionedDataSet.h"
#include "vtkPartitionedDataSetCollection.h"

#include <algorithm>

vtkStandardNewMacro(TestProvider);
vtkStandardNewMacro(NetworkSource);

std::shared_ptr<const tensorview::ModelDescription> TestProvider::GetModel()
{
  return std::make_shared<tensorview::ModelDescription>(this->Model);
}

bool TestProvider::ReadCoordinates(const std::string&, const std::vector<std::int64_t>& coordinates,
  std::int64_t firstStep, std::int64_t lastStep, tensorview::CoordinateHistory& history)
{
  if (this->Steps == 0)
  {
    return false;
  }
  this->Reads += coordinates.empty() ? 0 : 1;
  history.everyStep = std::none_of(coordinates.begin(), coordinates.end(),
    [this](std::int64_t c) {
      return std::find(this->Untracked.begin(), this->Untracked.end(), c) != this->Untracked.end();
    });
  const int stride = history.everyStep ? 1 : 10;
  for (int step = 0; step < this->Steps; step += stride)
  {
    if (step < firstStep || step > lastStep)
    {
      continue;
    }
    history.step.push_back(step);
    for (const std::int64_t coordinate : coordinates)
    {
      history.values.push_back(this->Weight(step, coordinate));
    }
  }
  return true;
}

std::unique_ptr<tensorview::LayerHistory> TestProvider::OpenHistory(const std::string&)
{
  return this->History ? this->History() : nullptr;
}

bool TestProvider::ReadProbe(const std::string& layer, double, tensorview::TensorValues& probe)
{
  const auto found = this->Probes.find(layer);
  if (found == this->Probes.end())
  {
    return false;
  }
  probe = found->second;
  return true;
}

std::vector<std::int64_t> TestProvider::GetSnapshotSteps()
{
  std::vector<std::int64_t> steps;
  for (const auto& snapshot : this->Snapshots)
  {
    steps.push_back(snapshot.first);
  }
  return steps;
}

bool TestProvider::ReadSnapshot(const std::string& layer, const std::string& kind,
  std::int64_t step, std::int64_t firstFilter, std::int64_t filterCount,
  tensorview::TensorValues& values)
{
  for (const tensorview::TensorValues& tensor : this->Snapshots[step])
  {
    if (tensor.description.layer == layer && tensor.description.kind == kind)
    {
      const auto present = static_cast<std::int64_t>(tensor.slot.size());
      const std::int64_t begin = std::min(firstFilter, present);
      const std::int64_t end = filterCount < 0 ? present : std::min(begin + filterCount, present);
      const auto first = tensor.slot.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto last = tensor.slot.begin() + static_cast<std::ptrdiff_t>(end);
      values = Select(tensor, { first, last });
      return true;
    }
  }
  return false;
}

bool TestProvider::ReadGram(const std::string& layer, double, tensorview::GramMatrix& gram)
{
  const auto found = this->Grams.find(layer);
  if (found == this->Grams.end())
  {
    return false;
  }
  gram = found->second;
  return true;
}

tensorview::TensorValues Select(
  const tensorview::TensorValues& tensor, const std::vector<std::int32_t>& slots)
{
  tensorview::TensorValues result = tensor;
  const std::int64_t perFilter = tensor.shape.perFilter();
  auto values = std::make_shared<std::vector<float>>();
  for (const std::int32_t slot : slots)
  {
    const auto at = std::find(tensor.slot.begin(), tensor.slot.end(), slot) - tensor.slot.begin();
    const float* from = tensor.data.get() + at * perFilter;
    values->insert(values->end(), from, from + perFilter);
  }
  result.slot = slots;
  result.shape.filters = static_cast<std::int64_t>(slots.size());
  result.range = tensorview::computeRange(values->data(), values->size());
  result.data = std::shared_ptr<const float>(values, values->data());
  return result;
}

namespace
{
std::vector<std::int32_t> Numbers(std::int64_t count)
{
  std::vector<std::int32_t> numbers;
  for (std::int64_t i = 0; i < count; ++i)
  {
    numbers.push_back(static_cast<std::int32_t>(i));
  }
  return numbers;
}
}

NetworkSource::NetworkSource()
{
  this->SetNumberOfInputPorts(0);
}

void NetworkSource::AddTensor(const std::string& layer, const std::string& kind,
  const tensorview::TensorShape& shape, const std::vector<float>& values)
{
  tensorview::ModelDescription& model = this->Provider->Model;
  auto found = std::find_if(model.layers.begin(), model.layers.end(),
    [&layer](const tensorview::LayerDescription& l) { return l.name == layer; });
  if (found == model.layers.end())
  {
    tensorview::LayerDescription description;
    description.id = static_cast<std::int32_t>(model.layers.size()) + 1;
    description.name = layer;
    description.type = "convolution";
    for (const std::int32_t slot : Numbers(shape.filters))
    {
      description.slots.push_back({ slot, 0, -1, -1 });
    }
    model.layers.push_back(description);
    found = model.layers.end() - 1;
  }
  tensorview::TensorValues tensor;
  tensor.description = { found->id, layer, kind, shape };
  tensor.shape = shape;
  tensor.slot = Numbers(shape.filters);
  tensor.channelSlot = Numbers(shape.channels);
  auto data = std::make_shared<std::vector<float>>(values);
  tensor.data = std::shared_ptr<const float>(data, data->data());
  tensor.range = tensorview::computeRange(values.data(), values.size());
  model.tensors.push_back(tensor.description);
  this->Tensors.push_back(tensor);
}

void NetworkSource::KeepSlots(const std::string& layer, const std::vector<std::int32_t>& slots)
{
  for (tensorview::TensorValues& tensor : this->Tensors)
  {
    if (tensor.description.layer == layer)
    {
      tensor = Select(tensor, slots);
    }
  }
  for (tensorview::LayerDescription& description : this->Provider->Model.layers)
  {
    for (tensorview::SlotEntry& slot : description.slots)
    {
      const bool kept = std::find(slots.begin(), slots.end(), slot.slot) != slots.end();
      slot.removedStep = description.name == layer && !kept ? 0 : slot.removedStep;
    }
  }
}

int NetworkSource::FillOutputPortInformation(int, vtkInformation* info)
{
  info->Set(vtkDataObject::DATA_TYPE_NAME(), "vtkPartitionedDataSetCollection");
  return 1;
}

int NetworkSource::RequestInformation(
  vtkInformation*, vtkInformationVector**, vtkInformationVector* outputVector)
{
  if (this->Provides)
  {
    outputVector->GetInformationObject(0)->Set(
      vtkModelProvider::MODEL_PROVIDER(), this->Provider.Get());
  }
  return 1;
}

int NetworkSource::RequestData(
  vtkInformation*, vtkInformationVector**, vtkInformationVector* outputVector)
{
  ++this->Executions;
  auto* output = vtkPartitionedDataSetCollection::GetData(outputVector, 0);
  vtkTensorCollection::Build(output, this->Tensors, this->Provider->Model, this->Step, 0.0);
  for (std::size_t i = 0; this->Partitions > 1 && i < this->Tensors.size(); ++i)
  {
    vtkPartitionedDataSet* target = output->GetPartitionedDataSet(static_cast<unsigned int>(i));
    const std::vector<std::int32_t>& slots = this->Tensors[i].slot;
    const auto parts = static_cast<std::size_t>(this->Partitions);
    for (std::size_t p = 0; p < parts; ++p)
    {
      vtkNew<vtkPartitionedDataSetCollection> piece;
      const auto begin = slots.begin() + static_cast<std::ptrdiff_t>(p * slots.size() / parts);
      const auto end = slots.begin() + static_cast<std::ptrdiff_t>((p + 1) * slots.size() / parts);
      vtkTensorCollection::Build(piece, { Select(this->Tensors[i], { begin, end }) },
        this->Provider->Model, this->Step, 0.0);
      target->SetPartition(
        static_cast<unsigned int>(p), piece->GetPartitionedDataSet(0)->GetPartition(0));
    }
  }
  return 1;
}

std::vector<float> Counting(std::size_t count, float scale)
{
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i)
  {
    values.push_back(scale * static_cast<float>(i));
  }
  return values;
}

std::string UpdateAndListen(vtkAlgorithm* filter)
{
  std::string messages;
  vtkNew<vtkCallbackCommand> listener;
  listener->SetClientData(&messages);
  listener->SetCallback([](vtkObject*, unsigned long, void* to, void* text)
    { *static_cast<std::string*>(to) += static_cast<const char*>(text); });
  const unsigned long own = filter->AddObserver(vtkCommand::ErrorEvent, listener);
  const unsigned long executive =
    filter->GetExecutive()->AddObserver(vtkCommand::ErrorEvent, listener);
  filter->Update();
  filter->RemoveObserver(own);
  filter->GetExecutive()->RemoveObserver(executive);
  return messages;
}
