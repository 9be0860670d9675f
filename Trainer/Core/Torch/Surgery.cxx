#include "Surgery.h"

#include "../Network/EditPlanner.h"

#include <ATen/ATen.h>

#include <cmath>
#include <map>
#include <stdexcept>

namespace tensorview
{

namespace
{
at::Tensor indexTensor(const std::vector<std::int64_t>& places, const at::Tensor& like)
{
  return at::tensor(places, at::kLong).to(like.device());
}

/// What stays of each layer's filters and channels.
struct Cut
{
  std::map<int, at::Tensor> filters;  ///< by layer, of members and batch norms
  std::map<int, at::Tensor> channels; ///< by layer, of readers
};

Cut makeCut(const ResolvedEdit& edit, const at::Tensor& like)
{
  Cut cut;
  for (const int member : edit.removal.members)
  {
    cut.filters[member] = indexTensor(edit.left, like);
  }
  for (const FilterRemoval::Norm& norm : edit.removal.norms)
  {
    cut.filters[norm.layer] = indexTensor(expandPlaces(edit.left, norm.block), like);
  }
  for (const FilterRemoval::Reader& reader : edit.removal.readers)
  {
    cut.channels[reader.layer] = indexTensor(edit.left, like);
  }
  return cut;
}

/// Copies what stays of a parameter from one flat buffer to another.
void copyCut(const at::Tensor& from, const Parameter& source, const at::Tensor& to,
  const Parameter& target, const Cut& cut)
{
  at::Tensor values = ParameterStore::windows(from, source);
  const auto filters = cut.filters.find(source.layer);
  if (filters != cut.filters.end())
  {
    values = values.index_select(0, filters->second);
  }
  const auto channels = cut.channels.find(source.layer);
  if (channels != cut.channels.end() && source.role == ParameterRole::Weight)
  {
    values = values.index_select(1, channels->second);
  }
  ParameterStore::windows(to, target).copy_(values);
}

at::Tensor cutStatistic(const at::Tensor& statistic, int layer, const Cut& cut)
{
  const auto filters = cut.filters.find(layer);
  return filters == cut.filters.end() ? statistic.clone()
                                      : statistic.index_select(0, filters->second);
}

/// Gives each filter of a reader the constant that takes part in place of what was removed.
void addConstant(const NetworkGraph& graph, const FilterRemoval::Reader& reader,
  const at::Tensor& added, ParameterStore& store)
{
  switch (reader.constant)
  {
    case FilterRemoval::Constant::Bias:
    {
      const Parameter& bias = *store.find(reader.layer, ParameterRole::Bias);
      ParameterStore::view(store.values, bias).add_(added);
      break;
    }
    case FilterRemoval::Constant::BatchNorm:
      for (const int norm : graph.readers(reader.layer))
      {
        store.findRunning(norm)->mean.sub_(added);
      }
      break;
    case FilterRemoval::Constant::None:
      break;
  }
}

/// Folds the weights of removed channels into those that stay; `store` holds values only.
void fold(
  const NetworkGraph& graph, const ResolvedEdit& edit, std::size_t index, ParameterStore& store)
{
  const FilterRemoval::Reader& reader = edit.removal.readers[index];
  const std::int64_t removed = static_cast<std::int64_t>(edit.removed.size());
  const std::int64_t left = static_cast<std::int64_t>(edit.left.size());
  const at::Tensor coefficients = at::tensor(edit.coefficients[index], at::kDouble)
                                    .view({ removed, left + 1 })
                                    .to(store.values.device(), at::kFloat);
  const Parameter& weight = *store.find(reader.layer, ParameterRole::Weight);
  const at::Tensor windows = ParameterStore::windows(store.values, weight);
  // [channel][filter, row, column]
  const at::Tensor leaving =
    windows.index_select(1, indexTensor(edit.removed, windows)).transpose(0, 1);
  const at::Tensor matrix = leaving.reshape({ removed, -1 });
  const at::Tensor gained = coefficients.narrow(1, 0, left).t().mm(matrix);
  const TensorShape& shape = weight.shape;
  ParameterStore::windows(store.values, weight)
    .index_add_(1, indexTensor(edit.left, windows),
      gained.view({ left, shape.filters, shape.rows, shape.columns }).transpose(0, 1));
  const at::Tensor sums = leaving.sum(at::IntArrayRef({ 2, 3 })); // [removed, filters]
  addConstant(graph, reader, coefficients.select(1, left).unsqueeze(0).mm(sums).squeeze(0), store);
}

void checkFinite(const NetworkGraph& graph, const ParameterStore& store)
{
  if (std::isfinite(store.values.sum().item<double>()))
  {
    return;
  }
  for (const Parameter& parameter : store.parameters())
  {
    if (!at::isfinite(ParameterStore::windows(store.values, parameter)).all().item<bool>())
    {
      throw std::runtime_error("the edit would leave values in layer '" +
                               graph.layers[static_cast<std::size_t>(parameter.layer)].name +
                               "' that are not finite");
    }
  }
}

/// Removed slots leave the list of those that are frozen.
std::map<int, std::set<int>> frozenLeft(const NetworkData& network, const SlotTables& slots)
{
  std::map<int, std::set<int>> frozen;
  for (const auto& [layer, those] : network.frozen)
  {
    for (const int slot : slots.present(layer))
    {
      if (those.count(slot) != 0)
      {
        frozen[layer].insert(slot);
      }
    }
  }
  return frozen;
}
}

NetworkData removeFilters(const NetworkData& network, const EditPlan& plan, std::int64_t step)
{
  const ResolvedEdit edit = resolveEdit(network.graph, network.slots, plan);
  const NetworkGraph graph =
    withoutFilters(network.graph, edit.removal, static_cast<std::int64_t>(edit.left.size()));
  SlotTables slots = network.slots;
  slots.remove(edit.removal, edit.removed, step);

  const ParameterStore& before = network.store;
  ParameterStore folded = before.copy(false);
  for (std::size_t reader = 0; reader < edit.removal.readers.size(); ++reader)
  {
    fold(network.graph, edit, reader, folded);
  }
  ParameterStore store(
    graph, before.storesChannelsLast(), before.values.device(), before.firstMoments.defined());
  if (before.secondMoments.defined())
  {
    store.secondMoments = at::zeros_like(store.values);
  }
  const Cut cut = makeCut(edit, before.values);
  for (std::size_t i = 0; i < before.parameters().size(); ++i)
  {
    const Parameter& source = before.parameters()[i];
    const Parameter& target = store.parameters()[i];
    copyCut(folded.values, source, store.values, target, cut);
    if (before.firstMoments.defined())
    {
      copyCut(before.firstMoments, source, store.firstMoments, target, cut);
    }
    if (before.secondMoments.defined())
    {
      copyCut(before.secondMoments, source, store.secondMoments, target, cut);
    }
  }
  for (const RunningStatistics& running : folded.runningStatistics())
  {
    RunningStatistics& target = *store.findRunning(running.layer);
    target.mean = cutStatistic(running.mean, running.layer, cut);
    target.variance = cutStatistic(running.variance, running.layer, cut);
  }
  checkFinite(graph, store);
  return { graph, slots, std::move(store), frozenLeft(network, slots) };
}

} // namespace tensorview
