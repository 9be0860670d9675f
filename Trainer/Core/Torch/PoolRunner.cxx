#include "LayerRunner.h"

#include <ATen/ops/_adaptive_avg_pool2d.h>
#include <ATen/ops/_adaptive_avg_pool2d_backward.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/avg_pool2d_backward.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>

namespace tensorview
{

namespace
{
class MaxPoolRunner final : public LayerRunner
{
public:
  MaxPoolRunner(const RunnerPlan& plan, int index)
    : spec_(plan.graph.layers[static_cast<std::size_t>(index)])
    , index_(index)
    , format_(plan.format)
  {
  }

  void forward(Pass& pass) override
  {
    const LayerSpec& spec = this->spec_;
    at::Tensor& output = pass.outputs[static_cast<std::size_t>(this->index_)];
    std::tie(output, this->indices_) =
      at::max_pool2d_with_indices(pass.output(spec.inputs[0]), { spec.kernel, spec.kernel },
        { spec.stride, spec.stride }, { spec.padding, spec.padding }, { 1, 1 }, spec.ceilMode);
  }

  void backward(Pass& pass) override
  {
    const LayerSpec& spec = this->spec_;
    pass.addGradient(spec.inputs[0],
      at::max_pool2d_with_indices_backward(
        pass.gradients[static_cast<std::size_t>(this->index_)].contiguous(this->format_),
        pass.output(spec.inputs[0]), { spec.kernel, spec.kernel }, { spec.stride, spec.stride },
        { spec.padding, spec.padding }, { 1, 1 }, spec.ceilMode, this->indices_));
  }

  void release() override { this->indices_.reset(); }

private:
  LayerSpec spec_;
  int index_;
  at::MemoryFormat format_;
  at::Tensor indices_;
};

/// As in PyTorch, padded zeros count in the average.
class AveragePoolRunner final : public LayerRunner
{
public:
  AveragePoolRunner(const RunnerPlan& plan, int index)
    : spec_(plan.graph.layers[static_cast<std::size_t>(index)])
    , index_(index)
    , format_(plan.format)
  {
  }

  void forward(Pass& pass) override
  {
    const LayerSpec& spec = this->spec_;
    pass.outputs[static_cast<std::size_t>(this->index_)] =
      at::avg_pool2d(pass.output(spec.inputs[0]), { spec.kernel, spec.kernel },
        { spec.stride, spec.stride }, { spec.padding, spec.padding }, spec.ceilMode);
  }

  void backward(Pass& pass) override
  {
    const LayerSpec& spec = this->spec_;
    pass.addGradient(spec.inputs[0],
      at::avg_pool2d_backward(
        pass.gradients[static_cast<std::size_t>(this->index_)].contiguous(this->format_),
        pass.output(spec.inputs[0]), { spec.kernel, spec.kernel }, { spec.stride, spec.stride },
        { spec.padding, spec.padding }, spec.ceilMode, true, std::nullopt));
  }

private:
  LayerSpec spec_;
  int index_;
  at::MemoryFormat format_;
};

/// Averages over windows that divide the map evenly.
class AdaptivePoolRunner final : public LayerRunner
{
public:
  AdaptivePoolRunner(const RunnerPlan& plan, int index)
    : spec_(plan.graph.layers[static_cast<std::size_t>(index)])
    , index_(index)
    , format_(plan.format)
    , keeps_(plan.graph.outputOf(this->spec_.inputs[0]) == this->spec_.output)
  {
  }

  void forward(Pass& pass) override
  {
    const at::Tensor& input = pass.output(this->spec_.inputs[0]);
    pass.outputs[static_cast<std::size_t>(this->index_)] =
      this->keeps_
        ? input
        : at::_adaptive_avg_pool2d(input, { this->spec_.output.rows, this->spec_.output.columns });
  }

  void backward(Pass& pass) override
  {
    const at::Tensor& gradient = pass.gradients[static_cast<std::size_t>(this->index_)];
    const int input = this->spec_.inputs[0];
    pass.addGradient(input, this->keeps_
                              ? gradient
                              : at::_adaptive_avg_pool2d_backward(
                                  gradient.contiguous(this->format_), pass.output(input)));
  }

private:
  LayerSpec spec_;
  int index_;
  at::MemoryFormat format_;
  bool keeps_; ///< the maps have the extents that are wanted
};
}

std::unique_ptr<LayerRunner> makePoolRunner(const RunnerPlan& plan, int index)
{
  const LayerSpec& spec = plan.graph.layers[static_cast<std::size_t>(index)];
  if (spec.type == LayerType::MaxPool)
  {
    return std::make_unique<MaxPoolRunner>(plan, index);
  }
  if (spec.adaptive)
  {
    return std::make_unique<AdaptivePoolRunner>(plan, index);
  }
  return std::make_unique<AveragePoolRunner>(plan, index);
}

} // namespace tensorview
