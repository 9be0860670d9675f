#include "StepLoss.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Reduction.h>
#include <ATen/ops/_log_softmax.h>
#include <ATen/ops/_log_softmax_backward_data.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/full.h>
#include <ATen/ops/nll_loss_backward.h>
#include <ATen/ops/nll_loss_forward.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/sum.h>

namespace tensorview
{

void StepLoss::begin(std::int64_t images)
{
  this->images_ = images;
  this->sum_ = {};
  this->deviceSum_.reset();
}

at::Tensor StepLoss::add(const at::Tensor& scores, const at::Tensor& labels)
{
  if (!scores.is_cpu())
  {
    const LossTensors part = crossEntropyByOperators(scores, labels, this->images_);
    this->deviceSum_ = this->deviceSum_.defined() ? this->deviceSum_ + part.sums : part.sums;
    return part.gradient;
  }
  const at::Tensor rows = scores.contiguous();
  at::Tensor gradient = at::empty(rows.sizes(), rows.options());
  const LossSum part =
    softmaxCrossEntropy(rows.const_data_ptr<float>(), labels.const_data_ptr<std::int64_t>(),
      rows.size(0), rows.size(1), this->images_, gradient.data_ptr<float>(), nullptr);
  this->sum_.loss += part.loss;
  this->sum_.correct += part.correct;
  return gradient;
}

LossTensors crossEntropyByOperators(
  const at::Tensor& scores, const at::Tensor& labels, std::int64_t total)
{
  // What autograd would do for cross_entropy(..., reduction="sum") / total.
  constexpr std::int64_t ignored = -100; // no label is negative
  const at::Tensor logarithms = at::_log_softmax(scores, 1, false);
  const auto [loss, weight] =
    at::nll_loss_forward(logarithms, labels, {}, at::Reduction::Sum, ignored);
  const at::Tensor share = at::full({}, 1.0 / static_cast<double>(total), scores.options());
  const at::Tensor slope =
    at::nll_loss_backward(share, logarithms, labels, {}, at::Reduction::Sum, ignored, weight);
  const at::Tensor correct = at::sum(at::eq(at::argmax(scores, 1), labels));
  return { at::_log_softmax_backward_data(slope, logarithms, 1, scores.scalar_type()),
    at::stack({ loss.to(at::kDouble), correct.to(at::kDouble) }) };
}

} // namespace tensorview
