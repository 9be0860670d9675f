#include "LayerTensor.h"

#include "RankExchange.h"

#include "vtkDataObject.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkModelProvider.h"
#include "vtkPartitionedDataSet.h"
#include "vtkPartitionedDataSetCollection.h"

#include <algorithm>
#include <limits>

namespace
{
using tensorview::LayerDescription;
using tensorview::ModelDescription;
using tensorview::TensorDescription;

const LayerDescription* FindLayer(const ModelDescription& model, std::int32_t id)
{
  const auto found = std::find_if(model.layers.begin(), model.layers.end(),
    [id](const LayerDescription& layer) { return layer.id == id; });
  return found == model.layers.end() ? nullptr : &*found;
}

const std::string& KindOf(const TensorName& name)
{
  return name.kind.empty() ? name.defaultKind : name.kind;
}

std::vector<std::string> LayersWith(const ModelDescription& model, const std::string& kind)
{
  std::vector<std::string> layers;
  for (const TensorDescription& tensor : model.tensors)
  {
    if (tensor.kind == kind)
    {
      layers.push_back(tensor.layer);
    }
  }
  return layers;
}

/// The choice that vtkTensorCollection::Find() makes, from the description alone.
const TensorDescription* FindTensor(const ModelDescription& model, const TensorName& name)
{
  const std::string& kind = KindOf(name);
  const TensorDescription* firstOfLayer = nullptr;
  for (const TensorDescription& tensor : model.tensors)
  {
    if ((name.layer.empty() || tensor.layer == name.layer))
    {
      if (tensor.kind == kind)
      {
        return &tensor;
      }
      firstOfLayer = firstOfLayer ? firstOfLayer : &tensor;
    }
  }
  return name.kind.empty() ? firstOfLayer : nullptr;
}

std::shared_ptr<const ModelDescription> ModelOf(vtkInformation* information)
{
  vtkModelProvider* provider = vtkModelProvider::Get(information);
  return provider ? provider->GetModel() : nullptr;
}

/// Filters that a layer had when the first of them were born.
std::int64_t FirstFilters(const LayerDescription& layer)
{
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (const tensorview::SlotEntry& slot : layer.slots)
  {
    first = std::min(first, slot.bornStep);
  }
  return std::count_if(layer.slots.begin(), layer.slots.end(),
    [first](const tensorview::SlotEntry& slot) { return slot.bornStep == first; });
}

/// The shape by what the data say of themselves.
LayerShape ShapeOf(const vtkTensorCollection::Entry& entry)
{
  LayerShape shape;
  shape.layerId = entry.layerId;
  shape.layer = entry.layer;
  shape.kind = entry.kind;
  shape.firstFilters = entry.shape.filters;
  shape.slots = entry.shape.filters;
  shape.filter.channels = std::max<std::int64_t>(entry.shape.channels, 1);
  shape.filter.rows = std::max<std::int64_t>(entry.shape.rows, 1);
  shape.filter.columns = std::max<std::int64_t>(entry.shape.columns, 1);
  return shape;
}

/// The same, widened so that it holds all that the ranks have.
LayerShape ShapeOf(
  const vtkTensorCollection::Entry& entry, const std::vector<vtkTensorCollection::Part>& parts)
{
  LayerShape shape = ShapeOf(entry);
  std::int64_t slots = shape.slots;
  std::int64_t channels = shape.filter.channels;
  for (const vtkTensorCollection::Part& part : parts)
  {
    for (const std::int32_t slot : part.values.slot)
    {
      slots = std::max<std::int64_t>(slots, slot + 1);
    }
    for (const std::int32_t channel : part.values.channelSlot)
    {
      channels = std::max<std::int64_t>(channels, channel + 1);
    }
  }
  shape.slots = static_cast<std::int64_t>(RankExchange::Maximum(static_cast<double>(slots)));
  shape.filter.channels =
    static_cast<std::int64_t>(RankExchange::Maximum(static_cast<double>(channels)));
  return shape;
}

/// Does a description hold for what this rank sees? (A source may be behind its own data.)
bool Covers(const LayerShape& shape, const std::vector<vtkTensorCollection::Part>& parts)
{
  for (const vtkTensorCollection::Part& part : parts)
  {
    const auto within = [](const std::vector<std::int32_t>& slots, std::int64_t end)
    {
      return std::all_of(
        slots.begin(), slots.end(), [end](std::int32_t slot) { return slot >= 0 && slot < end; });
    };
    if (part.values.shape.rows != shape.filter.rows ||
        part.values.shape.columns != shape.filter.columns ||
        part.values.shape.channels > shape.filter.channels ||
        !within(part.values.slot, shape.slots) ||
        !within(part.values.channelSlot, shape.filter.channels))
    {
      return false;
    }
  }
  return true;
}

/// Slots that once were and are no more, by the source's slot table.
std::vector<std::int32_t> RemovedSlots(const LayerDescription& layer, double step)
{
  std::vector<std::int32_t> removed;
  for (const tensorview::SlotEntry& slot : layer.slots)
  {
    if (slot.removedStep >= 0 && static_cast<double>(slot.removedStep) <= step)
    {
      removed.push_back(slot.slot);
    }
  }
  return removed;
}

/// The same by the data alone: slots that no rank has.
std::vector<std::int32_t> MissingSlots(const LayerTensor& tensor)
{
  std::vector<double> ranksThatHave(static_cast<std::size_t>(tensor.shape.slots), 0.0);
  for (const vtkTensorCollection::Part& part : tensor.parts)
  {
    for (const std::int32_t slot : part.values.slot)
    {
      ranksThatHave[static_cast<std::size_t>(slot)] = 1.0;
    }
  }
  RankExchange::Sum(ranksThatHave);
  std::vector<std::int32_t> missing;
  for (std::size_t slot = 0; slot < ranksThatHave.size(); ++slot)
  {
    if (ranksThatHave[slot] == 0.0)
    {
      missing.push_back(static_cast<std::int32_t>(slot));
    }
  }
  return missing;
}

/// Global ids leave room for 2^24 slots a layer.
bool HasValidSlots(const vtkTensorCollection::Part& part)
{
  const auto valid = [](std::int32_t slot) { return slot >= 0 && slot < (1 << 24); };
  return std::all_of(part.values.slot.begin(), part.values.slot.end(), valid) &&
         std::all_of(part.values.channelSlot.begin(), part.values.channelSlot.end(), valid);
}

bool HasValues(vtkPartitionedDataSetCollection* collection)
{
  for (unsigned int i = 0; i < collection->GetNumberOfPartitionedDataSets(); ++i)
  {
    vtkPartitionedDataSet* tensor = collection->GetPartitionedDataSet(i);
    for (unsigned int j = 0; tensor && j < tensor->GetNumberOfPartitions(); ++j)
    {
      if (tensor->GetPartition(j) && tensor->GetPartition(j)->GetNumberOfPoints() > 0)
      {
        return true;
      }
    }
  }
  return false;
}
}

std::optional<LayerShape> DescribeTensor(vtkInformation* inputInformation, const TensorName& name)
{
  const std::shared_ptr<const ModelDescription> model = ModelOf(inputInformation);
  if (!model)
  {
    vtkTensorCollection::Entry entry;
    std::string message;
    auto* data = vtkPartitionedDataSetCollection::SafeDownCast(
      inputInformation->Get(vtkDataObject::DATA_OBJECT()));
    const bool found = vtkTensorCollection::Find(
      vtkTensorCollection::List(data), name.layer, name.kind, name.defaultKind, entry, message);
    return found ? std::optional<LayerShape>(ShapeOf(entry)) : std::nullopt;
  }
  const TensorDescription* tensor = FindTensor(*model, name);
  if (!tensor)
  {
    return std::nullopt;
  }
  LayerShape shape;
  shape.layerId = tensor->layerId;
  shape.layer = tensor->layer;
  shape.kind = tensor->kind;
  shape.slots = tensor->shape.filters;
  shape.firstFilters = tensor->shape.filters;
  shape.filter = { tensor->shape.channels, tensor->shape.rows, tensor->shape.columns };
  const LayerDescription* layer = FindLayer(*model, tensor->layerId);
  if (layer && !layer->slots.empty())
  {
    shape.firstFilters = FirstFilters(*layer);
  }
  return shape;
}

std::vector<LayerShape> DescribeTensors(vtkInformation* inputInformation, const TensorName& name)
{
  std::vector<std::string> layers{ name.layer };
  if (name.layer == allLayers)
  {
    const std::shared_ptr<const ModelDescription> model = ModelOf(inputInformation);
    layers = model ? LayersWith(*model, KindOf(name))
                   : ListLayers(inputInformation->Get(vtkDataObject::DATA_OBJECT()), name);
  }
  std::vector<LayerShape> shapes;
  for (const std::string& layer : layers)
  {
    if (std::optional<LayerShape> shape =
          DescribeTensor(inputInformation, { layer, name.kind, name.defaultKind }))
    {
      shapes.push_back(std::move(*shape));
    }
  }
  return shapes;
}

std::vector<std::string> ListLayers(vtkDataObject* input, const TensorName& name)
{
  if (name.layer != allLayers)
  {
    return { name.layer };
  }
  std::vector<std::string> layers;
  auto* collection = vtkPartitionedDataSetCollection::SafeDownCast(input);
  for (const vtkTensorCollection::Entry& entry : vtkTensorCollection::List(collection))
  {
    if (entry.kind == KindOf(name))
    {
      layers.push_back(entry.layer);
    }
  }
  return layers;
}

PickResult PickTensor(vtkDataObject* input, vtkInformation* inputInformation,
  const TensorName& name, bool withValues, LayerTensor& tensor, std::string& message)
{
  auto* collection = vtkPartitionedDataSetCollection::SafeDownCast(input);
  if (!collection)
  {
    message = std::string("the input is ") + (input ? input->GetClassName() : "missing") +
              ", not a network: connect the first port of a Trainer, of a TensorRunReader or of a "
              "PCCGrouping";
    return PickResult::Wrong;
  }
  const std::vector<vtkTensorCollection::Entry> entries = vtkTensorCollection::List(collection);
  if (entries.empty())
  {
    message = "the input has data but no tensors of a network (no assembly of layers and kinds): "
              "connect the first port of a Trainer, of a TensorRunReader or of a PCCGrouping";
    if (HasValues(collection))
    {
      return PickResult::Wrong;
    }
    message = "the input is an empty collection, and not of a network: connect the first port of a "
              "Trainer, of a TensorRunReader or of a PCCGrouping";
    // A source of ours that has nothing to show has said why.
    return vtkModelProvider::Get(inputInformation) ? PickResult::Empty : PickResult::Wrong;
  }

  vtkTensorCollection::Entry entry;
  if (!vtkTensorCollection::Find(entries, name.layer, name.kind, name.defaultKind, entry, message))
  {
    return PickResult::Wrong;
  }
  std::int64_t filters = 0;
  for (vtkImageData* partition : entry.parts)
  {
    vtkTensorCollection::Part part;
    if (!vtkTensorCollection::Read(partition, part) || !HasValidSlots(part))
    {
      message = "the tensor '" + entry.kind + "' of layer '" + entry.layer +
                "' lacks the arrays 'value' or 'Slot', or they do not fit its shape";
      return PickResult::Wrong;
    }
    if (part.values.shape.size() > 0)
    {
      filters += part.values.shape.filters;
      tensor.parts.push_back(std::move(part));
    }
  }
  if (withValues && RankExchange::Maximum(static_cast<double>(filters)) == 0.0)
  {
    return PickResult::Empty;
  }

  const std::optional<LayerShape> described =
    DescribeTensor(inputInformation, { entry.layer, entry.kind, "" });
  const bool fits = described && Covers(*described, tensor.parts);
  const bool fitsEverywhere = RankExchange::Maximum(fits ? 0.0 : 1.0) == 0.0;
  tensor.shape = fitsEverywhere ? *described : ShapeOf(entry, tensor.parts);
  tensor.step = entry.step;
  tensor.epoch = entry.epoch;
  const std::shared_ptr<const ModelDescription> model = ModelOf(inputInformation);
  const LayerDescription* layer = model ? FindLayer(*model, tensor.shape.layerId) : nullptr;
  tensor.removed = layer ? RemovedSlots(*layer, entry.step) : MissingSlots(tensor);
  return PickResult::Found;
}

tensorview::FilterValues ViewOf(const vtkTensorCollection::Part& part)
{
  const tensorview::TensorValues& values = part.values;
  tensorview::FilterValues view;
  view.values = values.data.get();
  view.filters = static_cast<std::size_t>(values.shape.filters);
  view.channels = static_cast<std::size_t>(values.shape.channels);
  view.rows = static_cast<std::size_t>(values.shape.rows);
  view.columns = static_cast<std::size_t>(values.shape.columns);
  view.slot = values.slot.data();
  view.channelSlot = values.channelSlot.empty() ? nullptr : values.channelSlot.data();
  return view;
}
