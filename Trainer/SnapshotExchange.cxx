#include "SnapshotExchange.h"

#include "vtkMultiProcessController.h"
#include "vtkMultiProcessStream.h"

#include <algorithm>

namespace tensorview
{

namespace
{

constexpr int root = 0;

int ranksOf(vtkMultiProcessController* controller)
{
  return controller ? controller->GetNumberOfProcesses() : 1;
}

std::int64_t firstFilterOf(std::int64_t filters, int rank, int ranks)
{
  return filters * rank / ranks;
}

void writeCount(vtkMultiProcessStream& stream, std::size_t count)
{
  stream << static_cast<vtkTypeInt64>(count);
}

std::size_t readCount(vtkMultiProcessStream& stream)
{
  vtkTypeInt64 count = 0;
  stream >> count;
  return static_cast<std::size_t>(count);
}

vtkTypeInt64 readInteger(vtkMultiProcessStream& stream)
{
  vtkTypeInt64 value = 0;
  stream >> value;
  return value;
}

void writeShape(vtkMultiProcessStream& stream, const TensorShape& shape)
{
  for (const std::int64_t extent : { shape.filters, shape.channels, shape.rows, shape.columns })
  {
    stream << static_cast<vtkTypeInt64>(extent);
  }
}

TensorShape readShape(vtkMultiProcessStream& stream)
{
  TensorShape shape;
  for (std::int64_t* extent : { &shape.filters, &shape.channels, &shape.rows, &shape.columns })
  {
    *extent = readInteger(stream);
  }
  return shape;
}

void writeSlots(vtkMultiProcessStream& stream, const std::vector<std::int32_t>& slots)
{
  writeCount(stream, slots.size());
  for (const std::int32_t slot : slots)
  {
    stream << static_cast<int>(slot);
  }
}

std::vector<std::int32_t> readSlots(vtkMultiProcessStream& stream)
{
  std::vector<std::int32_t> slots(readCount(stream));
  for (std::int32_t& slot : slots)
  {
    stream >> slot;
  }
  return slots;
}

void writeLayer(vtkMultiProcessStream& stream, const LayerDescription& layer)
{
  stream << static_cast<int>(layer.id) << layer.name << layer.type;
  writeCount(stream, layer.slots.size());
  for (const SlotEntry& entry : layer.slots)
  {
    stream << static_cast<int>(entry.slot) << static_cast<vtkTypeInt64>(entry.bornStep)
           << static_cast<vtkTypeInt64>(entry.removedStep) << static_cast<int>(entry.originSlot);
  }
}

LayerDescription readLayer(vtkMultiProcessStream& stream)
{
  LayerDescription layer;
  stream >> layer.id >> layer.name >> layer.type;
  layer.slots.resize(readCount(stream));
  for (SlotEntry& entry : layer.slots)
  {
    stream >> entry.slot;
    entry.bornStep = readInteger(stream);
    entry.removedStep = readInteger(stream);
    stream >> entry.originSlot;
  }
  return layer;
}

void writeModel(vtkMultiProcessStream& stream, const ModelDescription& model)
{
  stream << model.name << model.graphJson;
  writeCount(stream, model.layers.size());
  for (const LayerDescription& layer : model.layers)
  {
    writeLayer(stream, layer);
  }
  writeCount(stream, model.tensors.size());
  for (const TensorDescription& tensor : model.tensors)
  {
    stream << static_cast<int>(tensor.layerId) << tensor.layer << tensor.kind;
    writeShape(stream, tensor.shape);
    stream << static_cast<int>(tensor.channelLayerId) << tensor.constant;
  }
}

std::shared_ptr<const ModelDescription> readModel(vtkMultiProcessStream& stream)
{
  auto model = std::make_shared<ModelDescription>();
  stream >> model->name >> model->graphJson;
  model->layers.resize(readCount(stream));
  for (LayerDescription& layer : model->layers)
  {
    layer = readLayer(stream);
  }
  model->tensors.resize(readCount(stream));
  for (TensorDescription& tensor : model->tensors)
  {
    stream >> tensor.layerId >> tensor.layer >> tensor.kind;
    tensor.shape = readShape(stream);
    stream >> tensor.channelLayerId >> tensor.constant;
  }
  return model;
}

/// All that a rank must know of a snapshot before its values come.
void writeHeader(vtkMultiProcessStream& stream, const NetworkSnapshot& snapshot)
{
  stream << static_cast<vtkTypeInt64>(snapshot.step) << snapshot.epoch;
  writeCount(stream, snapshot.tensors.size());
  for (const TensorValues& tensor : snapshot.tensors)
  {
    writeShape(stream, tensor.data ? tensor.shape : TensorShape{});
    writeSlots(stream, tensor.slot);
    writeSlots(stream, tensor.channelSlot);
  }
}

NetworkSnapshot readHeader(vtkMultiProcessStream& stream, const ModelDescription& model)
{
  NetworkSnapshot snapshot;
  snapshot.step = readInteger(stream);
  stream >> snapshot.epoch;
  snapshot.tensors.resize(readCount(stream));
  for (std::size_t i = 0; i < snapshot.tensors.size(); ++i)
  {
    TensorValues& tensor = snapshot.tensors[i];
    if (i < model.tensors.size())
    {
      tensor.description = model.tensors[i];
    }
    tensor.shape = readShape(stream);
    tensor.slot = readSlots(stream);
    tensor.channelSlot = readSlots(stream);
  }
  return snapshot;
}

/// Sends every rank its filters of `source` (of rank 0); `tensor` has the extents and slots of all
/// filters before and of this rank's filters after.
void scatter(
  vtkMultiProcessController* controller, const TensorValues* source, TensorValues& tensor)
{
  const int ranks = controller->GetNumberOfProcesses();
  const int rank = controller->GetLocalProcessId();
  const std::int64_t filters = tensor.shape.filters;
  std::vector<vtkIdType> lengths(ranks);
  std::vector<vtkIdType> offsets(ranks);
  for (int i = 0; i < ranks; ++i)
  {
    const std::int64_t first = firstFilterOf(filters, i, ranks);
    const std::int64_t end = firstFilterOf(filters, i + 1, ranks);
    offsets[i] = static_cast<vtkIdType>(first * tensor.shape.perFilter());
    lengths[i] = static_cast<vtkIdType>((end - first) * tensor.shape.perFilter());
  }
  const std::int64_t first = firstFilterOf(filters, rank, ranks);
  const std::int64_t count = firstFilterOf(filters, rank + 1, ranks) - first;
  const std::shared_ptr<float> received(
    new float[static_cast<std::size_t>(std::max<vtkIdType>(lengths[rank], 1))],
    std::default_delete<float[]>());
  controller->ScatterV(source ? source->data.get() : nullptr, received.get(), lengths.data(),
    offsets.data(), lengths[rank], root);
  if (source)
  {
    tensor = filtersOf(*source, first, count);
    return;
  }
  tensor.slot.assign(tensor.slot.begin() + first, tensor.slot.begin() + first + count);
  tensor.shape.filters = count;
  tensor.range = computeRange(received.get(), static_cast<std::size_t>(lengths[rank]));
  tensor.data = received;
}

}

TensorValues filtersOf(const TensorValues& values, std::int64_t first, std::int64_t count)
{
  if (count == values.shape.filters)
  {
    return values;
  }
  TensorValues part = values;
  part.shape.filters = count;
  part.slot.assign(values.slot.begin() + first, values.slot.begin() + first + count);
  part.data =
    std::shared_ptr<const float>(values.data, values.data.get() + first * values.shape.perFilter());
  part.range = computeRange(part.data.get(), static_cast<std::size_t>(part.shape.size()));
  return part;
}

std::shared_ptr<const ModelDescription> shareModel(
  vtkMultiProcessController* controller, const std::shared_ptr<const ModelDescription>& model)
{
  if (ranksOf(controller) == 1)
  {
    return model;
  }
  vtkMultiProcessStream stream;
  if (controller->GetLocalProcessId() == root)
  {
    stream << (model != nullptr);
    if (model)
    {
      writeModel(stream, *model);
    }
    controller->Broadcast(stream, root);
    return model;
  }
  controller->Broadcast(stream, root);
  bool present = false;
  stream >> present;
  return present ? readModel(stream) : nullptr;
}

std::shared_ptr<const NetworkSnapshot> shareSnapshot(vtkMultiProcessController* controller,
  const std::shared_ptr<const NetworkSnapshot>& snapshot, const ModelDescription& model)
{
  if (ranksOf(controller) == 1)
  {
    return snapshot;
  }
  const bool isRoot = controller->GetLocalProcessId() == root;
  vtkMultiProcessStream stream;
  if (isRoot)
  {
    stream << (snapshot != nullptr);
    if (snapshot)
    {
      writeHeader(stream, *snapshot);
    }
  }
  controller->Broadcast(stream, root);
  bool present = false;
  stream >> present;
  if (!present)
  {
    return nullptr;
  }
  auto part = std::make_shared<NetworkSnapshot>(readHeader(stream, model));
  for (std::size_t i = 0; i < part->tensors.size(); ++i)
  {
    if (part->tensors[i].shape.filters > 0)
    {
      scatter(controller, isRoot ? &snapshot->tensors[i] : nullptr, part->tensors[i]);
    }
  }
  return part;
}

std::vector<std::string> shareNames(
  vtkMultiProcessController* controller, const std::vector<std::string>& names)
{
  if (ranksOf(controller) == 1)
  {
    return names;
  }
  vtkMultiProcessStream stream;
  if (controller->GetLocalProcessId() == root)
  {
    writeCount(stream, names.size());
    for (const std::string& name : names)
    {
      stream << name;
    }
  }
  controller->Broadcast(stream, root);
  std::vector<std::string> result(readCount(stream));
  for (std::string& name : result)
  {
    stream >> name;
  }
  return result;
}

} // namespace tensorview
