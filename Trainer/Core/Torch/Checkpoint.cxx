#include "Checkpoint.h"

#include "../TrainerOptionsJson.h"

#include <ATen/core/Dict.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/empty_like.h>
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

at::Tensor flatFromEntries(
  const Entries& entries, const ParameterStore& store, const std::string& path)
{
  at::Tensor flat = at::zeros_like(store.values);
  for (const Parameter& parameter : store.parameters())
  {
    ParameterStore::fromTorch(
      flat, parameter, needTensor(entries, parameter.name, path, at::kFloat, parameter.sizes));
  }
  return flat;
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

  std::string bytes;
  caffe2::serialize::PyTorchStreamWriter writer(
    [&bytes](const void* data, std::size_t size)
    {
      bytes.append(static_cast<const char*>(data), size);
      return size;
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
  const NetworkGraph& graph, const TrainerOptions& options, const TrainingState& state)
{
  Entries optimizer = makeEntries();
  optimizer.insert("name", state.optimizer);
  optimizer.insert("updates", state.updates);
  const bool adam = state.store.secondMoments.defined();
  optimizer.insert(adam ? "exp_avg" : "momentum_buffer",
    parametersToEntries(state.store, state.store.firstMoments));
  if (adam)
  {
    optimizer.insert("exp_avg_sq", parametersToEntries(state.store, state.store.secondMoments));
  }
  Entries order = makeEntries();
  order.insert("seed", options.seed);
  order.insert("batch_size", static_cast<std::int64_t>(options.batchSize));

  Entries entries = makeEntries();
  entries.insert("format", formatName);
  entries.insert("version", formatVersion);
  entries.insert("step", state.step);
  entries.insert("graph", toJson(graph));
  entries.insert("options", toJson(options));
  entries.insert("model", modelToEntries(graph, state.store));
  entries.insert("optimizer", optimizer);
  entries.insert("data_order", order);
  entries.insert("generator", state.generator);
  return pickle(entries);
}

CheckpointContent readCheckpoint(const std::string& bytes, const NetworkGraph& graph,
  const ParameterStore& store, const std::string& optimizer)
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

  CheckpointContent content;
  content.values = flatFromEntries(model, store, "['model']");
  const bool adam = store.secondMoments.defined();
  const std::string first = adam ? "exp_avg" : "momentum_buffer";
  content.firstMoments = flatFromEntries(
    needEntries(state, first, "['optimizer']"), store, "['optimizer']['" + first + "']");
  if (adam)
  {
    content.secondMoments = flatFromEntries(
      needEntries(state, "exp_avg_sq", "['optimizer']"), store, "['optimizer']['exp_avg_sq']");
  }
  for (const RunningStatistics& running : store.runningStatistics())
  {
    const at::IntArrayRef sizes = running.mean.sizes();
    content.running.push_back({ running.layer,
      needTensor(
        model, runningName(graph, running.layer, "running_mean"), "['model']", at::kFloat, sizes),
      needTensor(
        model, runningName(graph, running.layer, "running_var"), "['model']", at::kFloat, sizes) });
  }
  content.updates = needCount(state, "updates", "['optimizer']");
  content.generator = needTensor(entries, "generator", "", at::kByte, {});
  content.step = needCount(entries, "step", "");
  return content;
}

void CheckpointContent::apply(ParameterStore& store) const
{
  store.values.copy_(this->values);
  store.firstMoments.copy_(this->firstMoments);
  if (store.secondMoments.defined())
  {
    store.secondMoments.copy_(this->secondMoments);
  }
  for (const RunningStatistics& kept : this->running)
  {
    RunningStatistics& target = *store.findRunning(kept.layer);
    target.mean.copy_(kept.mean);
    target.variance.copy_(kept.variance);
  }
}

} // namespace tensorview
