#include "LayerRunner.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>

namespace tensorview
{

namespace
{
class ConvolutionRunner final : public LayerRunner
{
public:
  ConvolutionRunner(const RunnerPlan& plan, int index)
    : spec_(plan.graph.layers[static_cast<std::size_t>(index)])
    , index_(index)
    , format_(plan.format)
    , inputGradient_(plan.needsInputGradient(index))
  {
    const Parameter& weight = *plan.store.find(index, ParameterRole::Weight);
    this->weight_ = ParameterStore::view(plan.store.values, weight);
    this->weightGradient_ = ParameterStore::view(plan.store.gradients, weight);
    if (this->spec_.bias)
    {
      const Parameter& bias = *plan.store.find(index, ParameterRole::Bias);
      this->bias_ = ParameterStore::view(plan.store.values, bias);
      this->biasGradient_ = ParameterStore::view(plan.store.gradients, bias);
    }
  }

  void forward(Pass& pass) override
  {
    const LayerSpec& spec = this->spec_;
    pass.outputs[static_cast<std::size_t>(this->index_)] = at::conv2d(pass.output(spec.inputs[0]),
      this->weight_, spec.bias ? std::optional<at::Tensor>(this->bias_) : std::nullopt,
      { spec.stride, spec.stride }, { spec.padding, spec.padding });
  }

  void backward(Pass& pass) override
  {
    const LayerSpec& spec = this->spec_;
    const at::Tensor gradient =
      pass.gradients[static_cast<std::size_t>(this->index_)].contiguous(this->format_);
    const std::int64_t biasSizes[] = { spec.units };
    const auto [input, weight, bias] =
      at::convolution_backward(gradient, pass.output(spec.inputs[0]), this->weight_,
        spec.bias ? at::OptionalIntArrayRef(biasSizes) : at::OptionalIntArrayRef(),
        { spec.stride, spec.stride }, { spec.padding, spec.padding }, { 1, 1 }, false, { 0, 0 }, 1,
        { this->inputGradient_, true, spec.bias });
    storeGradient(this->weightGradient_, weight, pass);
    if (spec.bias)
    {
      storeGradient(this->biasGradient_, bias, pass);
    }
    if (this->inputGradient_)
    {
      pass.addGradient(spec.inputs[0], input);
    }
  }

private:
  LayerSpec spec_;
  int index_;
  at::MemoryFormat format_;
  bool inputGradient_;
  at::Tensor weight_;
  at::Tensor weightGradient_;
  at::Tensor bias_;
  at::Tensor biasGradient_;
};
}

std::unique_ptr<LayerRunner> makeConvolutionRunner(const RunnerPlan& plan, int index)
{
  return std::make_unique<ConvolutionRunner>(plan, index);
}

} // namespace tensorview
