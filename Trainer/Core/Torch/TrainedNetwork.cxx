#include "TrainedNetwork.h"

#include <utility>

namespace tensorview
{

namespace
{
/// Where places (ascending) of a parameter lie, neighbours together.
void addStretches(const Parameter& parameter, const std::vector<std::int64_t>& places,
  std::vector<FrozenStretch>& stretches)
{
  const std::int64_t perFilter = parameter.shape.perFilter();
  for (std::size_t i = 0; i < places.size(); ++i)
  {
    if (i > 0 && places[i] == places[i - 1] + 1)
    {
      stretches.back().count += perFilter;
    }
    else
    {
      stretches.push_back({ parameter.offset + places[i] * perFilter, perFilter });
    }
  }
}
}

TrainedNetwork::TrainedNetwork(
  NetworkData content, const TrainerOptions& options, at::MemoryFormat format)
  : data(std::move(content))
  , executor(this->data.graph, this->data.store, format, this->data.store.values.is_cpu())
  , optimizer(options.optimizer, this->data.store)
  , tensors(this->data.graph, this->data.slots, this->data.store, options.recordGradients)
  , watcher(this->data.graph, this->data.slots, this->data.store, options.trackedWeights)
  , activationSums(this->data.graph, options.accumulateBatches, this->data.store.values.device())
{
  if (options.recordGradients)
  {
    this->gradientSums =
      ActivationSums(this->data.graph, options.accumulateBatches, this->data.store.values.device());
  }
  this->freeze();
}

void TrainedNetwork::setFrozen(int layer, const std::vector<int>& slots, bool frozen)
{
  std::set<int>& those = this->data.frozen[layer];
  for (const int slot : slots)
  {
    if (frozen)
    {
      those.insert(slot);
    }
    else
    {
      those.erase(slot);
    }
  }
  if (those.empty())
  {
    this->data.frozen.erase(layer);
  }
  this->freeze();
}

void TrainedNetwork::setOptimizer(const std::string& name)
{
  Optimizer next(name, this->data.store);
  ParameterStore& store = this->data.store;
  store.firstMoments.zero_();
  if (name == "sgd")
  {
    store.secondMoments = at::Tensor();
  }
  else
  {
    store.secondMoments.zero_();
  }
  this->optimizer = std::move(next);
  this->freeze();
}

void TrainedNetwork::freeze()
{
  std::vector<FrozenStretch> stretches;
  for (const auto& [layer, slots] : this->data.frozen)
  {
    const std::vector<std::int64_t> placeOf = this->data.slots.places(layer);
    std::vector<std::int64_t> places;
    for (const int slot : slots)
    {
      if (placeOf[static_cast<std::size_t>(slot)] >= 0)
      {
        places.push_back(placeOf[static_cast<std::size_t>(slot)]);
      }
    }
    for (const ParameterRole role : { ParameterRole::Weight, ParameterRole::Bias })
    {
      if (const Parameter* parameter = this->data.store.find(layer, role))
      {
        addStretches(*parameter, places, stretches);
      }
    }
  }
  this->optimizer.setFrozen(this->data.store, std::move(stretches));
}

} // namespace tensorview
