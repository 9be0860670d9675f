#include "NetworkExecutor.h"

#include <algorithm>
#include <utility>

namespace tensorview
{

namespace
{
bool hasParameters(const LayerSpec& layer)
{
  return layer.hasFilters() || layer.type == LayerType::BatchNorm;
}

/// By layer: whether there are parameters in it or before it.
std::vector<bool> findUsefulGradients(const NetworkGraph& graph)
{
  std::vector<bool> useful;
  for (const LayerSpec& layer : graph.layers)
  {
    bool here = hasParameters(layer);
    for (const int input : layer.inputs)
    {
      here = here || (input != imageInput && useful[static_cast<std::size_t>(input)]);
    }
    useful.push_back(here);
  }
  return useful;
}
}

NetworkExecutor::NetworkExecutor(
  const NetworkGraph& graph, ParameterStore& store, at::MemoryFormat format, bool fuse)
  : layers_(graph.layers.size())
{
  const RunnerPlan plan{ graph, store, format, fuse, findUsefulGradients(graph) };
  for (int index = 0; index < static_cast<int>(this->layers_);)
  {
    PlannedRunner planned = makeRunner(plan, index);
    const int last = index + planned.layers - 1;
    this->stages_.push_back({ std::move(planned.runner), last, planned.layers > 1,
      plan.needsGradient[static_cast<std::size_t>(last)], {} });
    index = last + 1;
  }
  for (std::size_t layer = 0; layer + 1 < this->layers_; ++layer)
  {
    const int lastReader = graph.readers(static_cast<int>(layer)).back();
    const auto stage = std::find_if(this->stages_.begin(), this->stages_.end(),
      [&](const Stage& candidate) { return candidate.last >= lastReader; });
    stage->lastUses.push_back(layer);
  }
}

Pass NetworkExecutor::beginPass(PassMode mode, at::Tensor images) const
{
  Pass pass;
  pass.mode = mode;
  pass.images = std::move(images);
  pass.outputs.resize(this->layers_);
  pass.gradients.resize(this->layers_);
  pass.activationSums.resize(this->layers_);
  pass.gradientSums.resize(this->layers_);
  return pass;
}

at::Tensor NetworkExecutor::forward(Pass& pass)
{
  for (const Stage& stage : this->stages_)
  {
    stage.runner->forward(pass);
    if (!stage.fused)
    {
      Pass::addSum(
        pass.activationSums, stage.last, pass.outputs[static_cast<std::size_t>(stage.last)]);
    }
    if (pass.seen)
    {
      pass.seen(stage.last, pass.outputs[static_cast<std::size_t>(stage.last)]);
    }
    if (pass.mode != PassMode::Training)
    {
      for (const std::size_t layer : stage.lastUses)
      {
        pass.outputs[layer].reset();
      }
    }
    if (pass.lastWanted >= 0 && stage.last >= pass.lastWanted)
    {
      break;
    }
  }
  return pass.outputs.back();
}

void NetworkExecutor::backward(Pass& pass, const at::Tensor& gradient)
{
  pass.gradients.back() = gradient;
  for (auto stage = this->stages_.rbegin(); stage != this->stages_.rend(); ++stage)
  {
    const std::size_t last = static_cast<std::size_t>(stage->last);
    if (!stage->fused)
    {
      Pass::addSum(pass.gradientSums, stage->last, pass.gradients[last]);
    }
    if (stage->needsBackward)
    {
      stage->runner->backward(pass);
    }
    pass.gradients[last].reset();
    pass.outputs[last].reset();
  }
}

void NetworkExecutor::release()
{
  for (const Stage& stage : this->stages_)
  {
    stage.runner->release();
  }
}

} // namespace tensorview
