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

/// A parameter as it lies in memory: [filters, pixels, channels] or [filters, channels, pixels].
at::Tensor inMemory(const at::Tensor& flat, const Parameter& parameter)
{
  const TensorShape& shape = parameter.shape;
  const std::int64_t pixels = shape.rows * shape.columns;
  const at::Tensor part = flat.narrow(0, parameter.offset, parameter.count);
  return parameter.channelsLast ? part.view({ shape.filters, pixels, shape.channels })
                                : part.view({ shape.filters, shape.channels, pixels });
}

/// What the weights of a reader become: new channel k = sum over old channels c of `weights` [c, k]
/// times c, and its filters get `constant` [c] times the sum over c's window.
struct Folding
{
  at::Tensor weights;
  at::Tensor constant;
};

/// Those that stay as they are, and the removed ones with the coefficients of what replaces them.
Folding makeFolding(const ResolvedEdit& edit, std::size_t reader, const at::Tensor& like)
{
  const std::int64_t left = static_cast<std::int64_t>(edit.left.size());
  const std::int64_t removed = static_cast<std::int64_t>(edit.removed.size());
  const at::Tensor coefficients = at::tensor(edit.coefficients[reader], at::kDouble)
                                    .view({ removed, left + 1 })
                                    .to(like.device(), like.scalar_type());
  const at::Tensor places = indexTensor(edit.removed, like);
  Folding folding;
  folding.weights = at::zeros({ removed + left, left }, like.options());
  folding.weights.index_copy_(0, indexTensor(edit.left, like), at::eye(left, like.options()));
  folding.weights.index_copy_(0, places, coefficients.narrow(1, 0, left));
  folding.constant = at::zeros({ removed + left }, like.options());
  folding.constant.index_copy_(0, places, coefficients.select(1, left));
  return folding;
}

at::Tensor fold(const at::Tensor& weight, const Parameter& parameter, const Folding& folding)
{
  return parameter.channelsLast ? at::matmul(weight, folding.weights)
                                : at::matmul(folding.weights.t(), weight);
}

/// What the filters of a reader get from the constant, [filters].
at::Tensor constantOf(const at::Tensor& weight, const Parameter& parameter, const Folding& folding)
{
  return at::mv(weight.sum(parameter.channelsLast ? 1 : 2), folding.constant);
}

/// Copies what stays of a parameter from one flat buffer to another. @param folding null: none
void copyCut(const at::Tensor& from, const Parameter& source, const at::Tensor& to,
  const Parameter& target, const Cut& cut, const Folding* folding = nullptr)
{
  at::Tensor values = inMemory(from, source);
  const auto filters = cut.filters.find(source.layer);
  if (filters != cut.filters.end())
  {
    values = values.index_select(0, filters->second);
  }
  const auto channels = cut.channels.find(source.layer);
  if (channels != cut.channels.end() && source.role == ParameterRole::Weight)
  {
    values = folding != nullptr
               ? fold(values, source, *folding)
               : values.index_select(source.channelsLast ? 2 : 1, channels->second);
  }
  inMemory(to, target).copy_(values);
}

at::Tensor cutStatistic(const at::Tensor& statistic, int layer, const Cut& cut)
{
  const auto filters = cut.filters.find(layer);
  return filters == cut.filters.end() ? statistic.clone()
                                      : statistic.index_select(0, filters->second);
}

/// Gives the filters of a reader what a constant adds to their sums.
/// @param added [filters] as they were; `cut` leaves those that stay
void addConstant(const NetworkGraph& graph, const FilterRemoval::Reader& reader,
  const at::Tensor& added, const Cut& cut, ParameterStore& store)
{
  const auto filters = cut.filters.find(reader.layer);
  const at::Tensor left =
    filters == cut.filters.end() ? added : added.index_select(0, filters->second);
  switch (reader.constant)
  {
    case FilterRemoval::Constant::Bias:
    {
      const Parameter& bias = *store.find(reader.layer, ParameterRole::Bias);
      ParameterStore::view(store.values, bias).add_(left);
      break;
    }
    case FilterRemoval::Constant::BatchNorm:
      for (const int norm : graph.readers(reader.layer))
      {
        store.findRunning(norm)->mean.sub_(left);
      }
      break;
    case FilterRemoval::Constant::None:
      break;
  }
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
  ParameterStore store(
    graph, before.storesChannelsLast(), before.values.device(), before.firstMoments.defined());
  if (before.secondMoments.defined())
  {
    store.secondMoments = at::zeros_like(store.values);
  }
  const Cut cut = makeCut(edit, before.values);
  std::map<int, Folding> foldings; // by reader
  for (std::size_t i = 0; i < edit.removal.readers.size(); ++i)
  {
    foldings[edit.removal.readers[i].layer] = makeFolding(edit, i, before.values);
  }
  for (std::size_t i = 0; i < before.parameters().size(); ++i)
  {
    const Parameter& source = before.parameters()[i];
    const Parameter& target = store.parameters()[i];
    const auto folding = foldings.find(source.layer);
    copyCut(before.values, source, store.values, target, cut,
      folding == foldings.end() ? nullptr : &folding->second);
    if (before.firstMoments.defined())
    {
      copyCut(before.firstMoments, source, store.firstMoments, target, cut);
    }
    if (before.secondMoments.defined())
    {
      copyCut(before.secondMoments, source, store.secondMoments, target, cut);
    }
  }
  for (const RunningStatistics& running : before.runningStatistics())
  {
    RunningStatistics& target = *store.findRunning(running.layer);
    target.mean = cutStatistic(running.mean, running.layer, cut);
    target.variance = cutStatistic(running.variance, running.layer, cut);
  }
  for (const FilterRemoval::Reader& reader : edit.removal.readers)
  {
    const Parameter& weight = *before.find(reader.layer, ParameterRole::Weight);
    addConstant(graph, reader,
      constantOf(inMemory(before.values, weight), weight, foldings[reader.layer]), cut, store);
  }
  checkFinite(graph, store);
  return { graph, slots, std::move(store), frozenLeft(network, slots) };
}

} // namespace tensorview
