#include "LayerRunner.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/sum.h>

namespace tensorview
{

namespace
{
class DenseRunner final : public LayerRunner
{
public:
  DenseRunner(const RunnerPlan& plan, int index)
    : spec_(plan.graph.layers[static_cast<std::size_t>(index)])
    , index_(index)
    , inputGradient_(plan.needsInputGradient(index))
  {
    const Parameter& weight = *plan.store.find(index, ParameterRole::Weight);
    this->weight_ = ParameterStore::matrix(plan.store.values, weight);
    this->weightGradient_ = ParameterStore::matrix(plan.store.gradients, weight);
    if (this->spec_.bias)
    {
      const Parameter& bias = *plan.store.find(index, ParameterRole::Bias);
      this->bias_ = ParameterStore::view(plan.store.values, bias);
      this->biasGradient_ = ParameterStore::view(plan.store.gradients, bias);
    }
  }

  void forward(Pass& pass) override
  {
    const at::Tensor& input = pass.output(this->spec_.inputs[0]);
    pass.outputs[static_cast<std::size_t>(this->index_)] =
      this->spec_.bias ? at::addmm(this->bias_, input, this->weight_.t())
                       : at::mm(input, this->weight_.t());
  }

  void backward(Pass& pass) override
  {
    const at::Tensor& gradient = pass.gradients[static_cast<std::size_t>(this->index_)];
    const at::Tensor& input = pass.output(this->spec_.inputs[0]);
    if (pass.firstOfStep)
    {
      at::mm_out(this->weightGradient_, gradient.t(), input);
    }
    else
    {
      this->weightGradient_.addmm_(gradient.t(), input);
    }
    if (this->spec_.bias)
    {
      storeGradient(this->biasGradient_, at::sum(gradient, 0), pass);
    }
    if (this->inputGradient_)
    {
      pass.addGradient(this->spec_.inputs[0], at::mm(gradient, this->weight_));
    }
  }

private:
  LayerSpec spec_;
  int index_;
  bool inputGradient_;
  at::Tensor weight_; ///< [units, inputs]
  at::Tensor weightGradient_;
  at::Tensor bias_;
  at::Tensor biasGradient_;
};
}

std::unique_ptr<LayerRunner> makeDenseRunner(const RunnerPlan& plan, int index)
{
  return std::make_unique<DenseRunner>(plan, index);
}

} // namespace tensorview
