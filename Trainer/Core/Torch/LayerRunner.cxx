#include "LayerRunner.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/sum.h>

namespace tensorview
{

void Pass::addGradient(int layer, const at::Tensor& gradient)
{
  if (layer == imageInput)
  {
    return;
  }
  at::Tensor& whole = this->gradients[static_cast<std::size_t>(layer)];
  // Not in place: a sum hands the same tensor to all its inputs.
  whole = whole.defined() ? whole + gradient : gradient;
}

void Pass::addSum(std::vector<at::Tensor>& sums, int layer, const at::Tensor& values)
{
  at::Tensor& sum = sums[static_cast<std::size_t>(layer)];
  if (sum.defined() && values.defined())
  {
    sum.add_(at::sum(values, 0).reshape(sum.sizes()));
  }
}

void storeGradient(const at::Tensor& place, const at::Tensor& gradient, const Pass& pass)
{
  if (pass.firstOfStep)
  {
    place.copy_(gradient);
  }
  else
  {
    place.add_(gradient);
  }
}

PlannedRunner makeRunner(const RunnerPlan& plan, int index)
{
  if (plan.fuse && canFuseConvolutionPool(plan.graph, index))
  {
    return { makeConvolutionPoolRunner(plan, index), 3 };
  }
  switch (plan.graph.layers[static_cast<std::size_t>(index)].type)
  {
    case LayerType::Convolution:
      return { makeConvolutionRunner(plan, index), 1 };
    case LayerType::Dense:
      return { makeDenseRunner(plan, index), 1 };
    case LayerType::BatchNorm:
      return { makeBatchNormRunner(plan, index), 1 };
    case LayerType::Relu:
      return { makeReluRunner(plan, index), 1 };
    case LayerType::MaxPool:
    case LayerType::AveragePool:
      return { makePoolRunner(plan, index), 1 };
    case LayerType::Dropout:
      return { makeDropoutRunner(plan, index), 1 };
    case LayerType::Add:
      return { makeAddRunner(plan, index), 1 };
    case LayerType::Flatten:
      return { makeFlattenRunner(plan, index), 1 };
  }
  throw NetworkError("layer " + std::to_string(index) + " has an unknown type");
}

} // namespace tensorview
