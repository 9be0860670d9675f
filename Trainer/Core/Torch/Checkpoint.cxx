#include "Checkpoint.h"

#include "../TrainerOptionsJson.h"

#include <ATen/core/Dict.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/serialization/pickle.h>
#include <torch/csrc/jit/serialization/pickler.h>

#include <sstream>

namespace tensorview
{

namespace
{
constexpr const char* formatName = "tensorview-checkpoint";
constexpr std::int64_t formatVersion = 1;
constexpr std::int64_t slotColumns = 4; // slot, born, removed, origin

using Entries = c10::impl::GenericDict;

Entries makeEntries()
{
  return Entries(c10::StringType::get(), c10::AnyType::get());
}

/// A parameter's or statistic's name in PyTorch's state dicts.
std::string runningName(const NetworkGraph& graph, int layer, const char* what)
{
  return graph.layers[static_cast<std::size_t>(layer)].name + "." + what;
}

Entries parametersToEntries(const ParameterStore& store, const at::Tensor& flat)
{
  Entries entries = makeEntries();
  for (const Parameter& parameter : store.parameters())
  {
    entries.insert(parameter.name, ParameterStore::toTorch(flat, parameter));
  }
  return entries;
}

/// The state dict as a PyTorch module of the same layers would have it.
Entries modelToEntries(const NetworkGraph& graph, const ParameterStore& store)
{
  Entries entries = parametersToEntries(store, store.values);
  for (const RunningStatistics& running : store.runningStatistics())
  {
    entries.insert(runningName(graph, running.layer, "running_mean"), running.mean.cpu().clone());
    entries.insert(
      runningName(graph, running.layer, "running_var"), running.variance.cpu().clone());
  }
  return entries;
}

std::string describeSizes(at::IntArrayRef sizes)
{
  std::ostringstream text;
  text << sizes;
  return text.str();
}

const c10::IValue& need(const Entries& entries, const std::string& name, const std::string& path)
{
  const auto found = entries.find(name);
  if (found == entries.end())
  {
    throw CheckpointError("the checkpoint has no entry " + path + "['" + name + "']");
  }
  return found->value();
}

Entries needEntries(const Entries& entries, const std::string& name, const std::string& path)
{
  const c10::IValue& value = need(entries, name, path);
  if (!value.isGenericDict())
  {
    throw CheckpointError("the checkpoint's entry " + path + "['" + name + "'] is no dictionary");
  }
  return value.toGenericDict();
}

std::string needText(const Entries& entries, const std::string& name, const std::string& path)
{
  const c10::IValue& value = need(entries, name, path);
  if (!value.isString())
  {
    throw CheckpointError("the checkpoint's entry " + path + "['" + name + "'] is no text");
  }
  return value.toStringRef();
}

std::int64_t needCount(const Entries& entries, const std::string& name, const std::string& path)
{
  const c10::IValue& value = need(entries, name, path);
  if (!value.isInt() || value.toInt() < 0)
  {
    throw CheckpointError("the checkpoint's entry " + path + "['" + name + "'] is no count");
  }
  return value.toInt();
}

at::Tensor needTensor(const Entries& entries, const std::string& name, const std::string& path,
  at::ScalarType type, at::IntArrayRef sizes)
{
  const c10::IValue& value = need(entries, name, path);
  const std::string where = "the checkpoint's entry " + path + "['" + name + "']";
  if (!value.isTensor() || !value.toTensor().defined() || value.toTensor().scalar_type() != type ||
      !value.toTensor().device().is_cpu())
  {
    throw CheckpointError(where + " is no tensor of type " + c10::toString(type));
  }
  at::Tensor tensor = value.toTensor();
  if (!sizes.empty() && tensor.sizes() != sizes)
  {
    throw CheckpointError(where + " has the shape " + describeSizes(tensor.sizes()) +
                          ", but the network has " + describeSizes(sizes) +
                          " there: it belongs to another network");
  }
  return tensor;
}

void readInto(
  at::Tensor& flat, const Entries& entries, const ParameterStore& store, const std::string& path)
{
  for (const Parameter& parameter : store.parameters())
  {
    ParameterStore::fromTorch(
      flat, parameter, needTensor(entries, parameter.name, path, at::kFloat, parameter.sizes));
  }
}

/// Slot tables of the layers that filters were removed from.
Entries slotsToEntries(const NetworkData& network)
{
  Entries entries = makeEntries();
  for (std::size_t i = 0; i < network.graph.layers.size(); ++i)
  {
    const int layer = static_cast<int>(i);
    if (!network.slots.hasRemoved(layer))
    {
      continue;
    }
    std::vector<std::int64_t> rows;
    for (const SlotEntry& entry : network.slots.entries(layer))
    {
      rows.insert(rows.end(), { entry.slot, entry.bornStep, entry.removedStep, entry.originSlot });
    }
    entries.insert(network.graph.layers[i].name, at::tensor(rows).view({ -1, slotColumns }));
  }
  return entries;
}

Entries frozenToEntries(const NetworkData& network)
{
  Entries entries = makeEntries();
  for (const auto& [layer, slots] : network.frozen)
  {
    entries.insert(network.graph.layers[static_cast<std::size_t>(layer)].name,
      at::tensor(std::vector<std::int64_t>(slots.begin(), slots.end()), at::kLong));
  }
  return entries;
}

/// Index of the layer that an entry of ['slots'] or ['frozen'] names.
int needLayer(const NetworkGraph& graph, const std::string& name, const std::string& path)
{
  const int layer = graph.find(name);
  if (layer < 0)
  {
    throw CheckpointError("the checkpoint's entry " + path + " names a layer '" + name +
                          "', which the network lacks: it belongs to another network");
  }
  return layer;
}

Entries optionalEntries(const Entries& entries, const std::string& name)
{
  return entries.contains(name) ? needEntries(entries, name, "") : makeEntries();
}

/// By layer; empty where nothing was removed.
std::vector<std::vector<SlotEntry>> slotsFromEntries(
  const Entries& entries, const NetworkData& network)
{
  std::vector<std::vector<SlotEntry>> tables(network.graph.layers.size());
  for (const auto& item : entries)
  {
    const std::string name = item.key().toStringRef();
    const int layer = needLayer(network.graph, name, "['slots']");
    const std::int64_t rows = network.slots.everBorn(layer);
    const at::Tensor table =
      needTensor(entries, name, "['slots']", at::kLong, { rows, slotColumns }).contiguous();
    const std::int64_t* row = table.const_data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < rows; ++i, row += slotColumns)
    {
      if (row[0] != i || row[3] < -1 || row[3] >= rows)
      {
        throw CheckpointError("the checkpoint's entry ['slots']['" + name + "'] is no slot table");
      }
      tables[static_cast<std::size_t>(layer)].push_back(
        { static_cast<std::int32_t>(i), row[1], row[2], static_cast<std::int32_t>(row[3]) });
    }
  }
  return tables;
}

/// The network's graph with the filters that the tables have.
NetworkGraph graphWith(
  const NetworkData& network, const std::vector<std::vector<SlotEntry>>& tables)
{
  std::vector<std::int64_t> units;
  for (std::size_t i = 0; i < tables.size(); ++i)
  {
    std::int64_t present = network.slots.everBorn(static_cast<int>(i));
    for (const SlotEntry& entry : tables[i])
    {
      present -= entry.removedStep >= 0 ? 1 : 0;
    }
    if (present < 1 && network.graph.layers[i].hasFilters())
    {
      throw CheckpointError("the checkpoint's entry ['slots']['" + network.graph.layers[i].name +
                            "'] leaves no filter");
    }
    units.push_back(present);
  }
  const NetworkGraph graph = withUnits(network.graph, units);
  for (const LayerSpec& layer : graph.layers)
  {
    for (const int input : layer.inputs)
    {
      if (layer.type == LayerType::Add && graph.outputOf(input) != layer.output)
      {
        throw CheckpointError(
          "the checkpoint's entry ['slots'] lets sum '" + layer.name + "' add layers that differ");
      }
    }
  }
  return graph;
}

NetworkData emptyNetwork(const Entries& entries, const NetworkData& network)
{
  const std::vector<std::vector<SlotEntry>> tables =
    slotsFromEntries(optionalEntries(entries, "slots"), network);
  const NetworkGraph graph = graphWith(network, tables);
  SlotTables slots;
  try
  {
    slots = SlotTables(graph, tables);
  }
  catch (const NetworkError& error)
  {
    throw CheckpointError(
      std::string("the checkpoint's entry ['slots'] is wrong: ") + error.what());
  }
  const ParameterStore& store = network.store;
  NetworkData read{ graph, slots,
    ParameterStore(graph, store.storesChannelsLast(), store.values.device()), {} };
  if (store.secondMoments.defined())
  {
    read.store.secondMoments = at::zeros_like(read.store.values);
  }
  return read;
}

void readFrozen(const Entries& entries, NetworkData& network)
{
  for (const auto& item : entries)
  {
    const std::string name = item.key().toStringRef();
    const int layer = needLayer(network.graph, name, "['frozen']");
    const at::Tensor slots = needTensor(entries, name, "['frozen']", at::kLong, {}).contiguous();
    for (std::int64_t i = 0; i < slots.numel(); ++i)
    {
      const std::int64_t slot = slots.const_data_ptr<std::int64_t>()[i];
      if (slot < 0 || slot >= network.slots.everBorn(layer) ||
          !network.graph.layers[static_cast<std::size_t>(layer)].hasFilters())
      {
        throw CheckpointError(
          "the checkpoint's entry ['frozen']['" + name + "'] names filters that the layer lacks");
      }
      network.frozen[layer].insert(static_cast<int>(slot));
    }
  }
}

/// The batch size and where it began; a file without that is of a training that never changed it.
void readOrder(const Entries& order, std::int64_t images, TrainingProgress& progress)
{
  const std::string path = "['data_order']";
  const auto count = [&](const char* name)
  { return order.contains(name) ? needCount(order, name, path) : 0; };
  progress.batchSize = needCount(order, "batch_size", path);
  progress.firstStep = count("first_step");
  progress.firstEpoch = count("first_epoch");
  if (progress.batchSize < 1 || progress.batchSize > images)
  {
    throw CheckpointError("the checkpoint's entry ['data_order']['batch_size'] is " +
                          std::to_string(progress.batchSize) +
                          ", but must be from 1 to the number of training images, " +
                          std::to_string(images));
  }
  if (progress.firstStep > progress.step || progress.firstEpoch > progress.firstStep)
  {
    throw CheckpointError("the checkpoint's entry ['data_order'] begins batches of its size after "
                          "its step, or epochs before it that no step could have");
  }
}

/// What torch::pickle_save does, but without type tags on the dictionaries: these make
/// torch.load(weights_only=True) refuse the file.
std::string pickle(const Entries& entries)
{
  std::string description;
  torch::jit::Pickler pickler([&description](const char* data, std::size_t size)
    { description.append(data, size); },
    nullptr, nullptr, nullptr, nullptr, false);
  pickler.protocol();
  pickler.pushIValue(entries);
  pickler.stop();

  // As long as it will be: growing on demand, a large network's would lie in memory three times.
  constexpr std::size_t overheadOfRecord = 512; // headers, alignment, directory
  std::size_t size = description.size() + overheadOfRecord * (pickler.tensorData().size() + 8);
  for (const at::Tensor& tensor : pickler.tensorData())
  {
    size += tensor.storage().nbytes();
  }
  std::string bytes;
  bytes.reserve(size);
  caffe2::serialize::PyTorchStreamWriter writer(
    [&bytes](const void* data, std::size_t count)
    {
      bytes.append(static_cast<const char*>(data), count);
      return count;
    });
  writer.writeRecord("data.pkl", description.data(), description.size());
  std::size_t number = 0;
  for (const at::Tensor& tensor : pickler.tensorData())
  {
    const c10::Storage& storage = tensor.storage();
    writer.writeRecord("data/" + std::to_string(number), storage.data(), storage.nbytes());
    ++number;
  }
  writer.writeEndOfFile();
  return bytes;
}

c10::IValue unpickle(const std::string& bytes)
{
  try
  {
    return torch::jit::pickle_load(std::vector<char>(bytes.begin(), bytes.end()));
  }
  catch (const c10::Error& error)
  {
    throw CheckpointError(
      std::string("it is no whole checkpoint file: ") + error.what_without_backtrace());
  }
  catch (const std::exception& error)
  {
    throw CheckpointError(std::string("it is no whole checkpoint file: ") + error.what());
  }
}

void checkHead(const Entries& entries)
{
  if (!entries.contains("format") || needText(entries, "format", "") != formatName)
  {
    throw CheckpointError(
      std::string("it is no TensorView checkpoint: its 'format' is not '") + formatName + "'");
  }
  const std::int64_t version = needCount(entries, "version", "");
  if (version != formatVersion)
  {
    throw CheckpointError("the checkpoint has version " + std::to_string(version) +
                          ", but this program reads version " + std::to_string(formatVersion));
  }
}
}

std::string writeCheckpoint(
  const NetworkData& network, const TrainerOptions& options, const TrainingProgress& progress)
{
  const ParameterStore& store = network.store;
  Entries optimizer = makeEntries();
  optimizer.insert("name", progress.optimizer);
  optimizer.insert("updates", progress.updates);
  const bool adam = store.secondMoments.defined();
  optimizer.insert(
    adam ? "exp_avg" : "momentum_buffer", parametersToEntries(store, store.firstMoments));
  if (adam)
  {
    optimizer.insert("exp_avg_sq", parametersToEntries(store, store.secondMoments));
  }
  Entries order = makeEntries();
  order.insert("seed", options.seed);
  order.insert("batch_size", progress.batchSize);
  order.insert("first_step", progress.firstStep);
  order.insert("first_epoch", progress.firstEpoch);

  Entries entries = makeEntries();
  entries.insert("format", formatName);
  entries.insert("version", formatVersion);
  entries.insert("step", progress.step);
  entries.insert("graph", toJson(network.graph));
  entries.insert("slots", slotsToEntries(network));
  entries.insert("frozen", frozenToEntries(network));
  entries.insert("options", toJson(options));
  entries.insert("model", modelToEntries(network.graph, store));
  entries.insert("optimizer", optimizer);
  entries.insert("data_order", order);
  entries.insert("generator", progress.generator);
  return pickle(entries);
}

CheckpointContent readCheckpoint(const std::string& bytes, const NetworkData& network,
  const std::string& optimizer, std::int64_t images)
{
  const c10::IValue root = unpickle(bytes);
  if (!root.isGenericDict())
  {
    throw CheckpointError("it is no TensorView checkpoint: it holds no dictionary");
  }
  const Entries entries = root.toGenericDict();
  checkHead(entries);
  const Entries model = needEntries(entries, "model", "");
  const Entries state = needEntries(entries, "optimizer", "");
  const std::string written = needText(state, "name", "['optimizer']");
  if (written != optimizer)
  {
    throw CheckpointError("the checkpoint was written by the optimizer '" + written + "', but '" +
                          optimizer + "' is set; choose '" + written + "'");
  }

  CheckpointContent content{ emptyNetwork(entries, network), {} };
  NetworkData& read = content.network;
  ParameterStore& store = read.store;
  readInto(store.values, model, store, "['model']");
  const bool adam = store.secondMoments.defined();
  const std::string first = adam ? "exp_avg" : "momentum_buffer";
  readInto(store.firstMoments, needEntries(state, first, "['optimizer']"), store,
    "['optimizer']['" + first + "']");
  if (adam)
  {
    readInto(store.secondMoments, needEntries(state, "exp_avg_sq", "['optimizer']"), store,
      "['optimizer']['exp_avg_sq']");
  }
  for (RunningStatistics& running : store.runningStatistics())
  {
    const auto statistic = [&](const char* what)
    {
      return needTensor(model, runningName(read.graph, running.layer, what), "['model']",
        at::kFloat, running.mean.sizes());
    };
    running.mean.copy_(statistic("running_mean"));
    running.variance.copy_(statistic("running_var"));
  }
  readFrozen(optionalEntries(entries, "frozen"), read);
  content.progress = { optimizer, needCount(state, "updates", "['optimizer']"),
    needTensor(entries, "generator", "", at::kByte, {}), needCount(entries, "step", "") };
  readOrder(needEntries(entries, "data_order", ""), images, content.progress);
  return content;
}

} // namespace tensorview
