#include "LayerRunner.h"

#include <ATen/ops/native_batch_norm.h>
#include <ATen/ops/native_batch_norm_backward.h>

namespace tensorview
{

namespace
{
class BatchNormRunner final : public LayerRunner
{
public:
  BatchNormRunner(const RunnerPlan& plan, int index)
    : spec_(plan.graph.layers[static_cast<std::size_t>(index)])
    , index_(index)
    , running_(*plan.store.findRunning(index))
  {
    const Parameter& weight = *plan.store.find(index, ParameterRole::Weight);
    const Parameter& bias = *plan.store.find(index, ParameterRole::Bias);
    this->weight_ = ParameterStore::view(plan.store.values, weight);
    this->weightGradient_ = ParameterStore::view(plan.store.gradients, weight);
    this->bias_ = ParameterStore::view(plan.store.values, bias);
    this->biasGradient_ = ParameterStore::view(plan.store.gradients, bias);
  }

  void forward(Pass& pass) override
  {
    // Without running statistics torch leaves them alone and takes the batch's.
    const bool preview = pass.mode == PassMode::Preview;
    const std::optional<at::Tensor> mean =
      preview ? std::nullopt : std::optional<at::Tensor>(this->running_.mean);
    const std::optional<at::Tensor> variance =
      preview ? std::nullopt : std::optional<at::Tensor>(this->running_.variance);
    at::Tensor& output = pass.outputs[static_cast<std::size_t>(this->index_)];
    std::tie(output, this->savedMean_, this->savedInverse_) =
      at::native_batch_norm(pass.output(this->spec_.inputs[0]), this->weight_, this->bias_, mean,
        variance, pass.mode != PassMode::Evaluation, this->spec_.momentum, this->spec_.epsilon);
  }

  void backward(Pass& pass) override
  {
    const auto [input, weight, bias] = at::native_batch_norm_backward(
      pass.gradients[static_cast<std::size_t>(this->index_)], pass.output(this->spec_.inputs[0]),
      this->weight_, this->running_.mean, this->running_.variance, this->savedMean_,
      this->savedInverse_, true, this->spec_.epsilon, { true, true, true });
    storeGradient(this->weightGradient_, weight, pass);
    storeGradient(this->biasGradient_, bias, pass);
    pass.addGradient(this->spec_.inputs[0], input);
  }

  void release() override
  {
    this->savedMean_.reset();
    this->savedInverse_.reset();
  }

private:
  LayerSpec spec_;
  int index_;
  RunningStatistics running_; ///< shares its tensors with the store
  at::Tensor weight_;
  at::Tensor weightGradient_;
  at::Tensor bias_;
  at::Tensor biasGradient_;
  at::Tensor savedMean_;
  at::Tensor savedInverse_;
};
}

std::unique_ptr<LayerRunner> makeBatchNormRunner(const RunnerPlan& plan, int index)
{
  return std::make_unique<BatchNormRunner>(plan, index);
}

} // namespace tensorview
