#ifndef TENSORVIEW_STEP_LOSS_H
#define TENSORVIEW_STEP_LOSS_H

#include "LossKernels.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tensorview
{

/// Softmax cross entropy of a step's batch, part by part, computed where the scores are: on a GPU
/// nothing waits for it.
class StepLoss
{
public:
  /// Begins a step.
  /// @param images that the mean loss is taken over
  void begin(std::int64_t images);

  /// Adds a part of the batch.
  /// @param scores [images, classes]
  /// @param labels int64 [images], on the scores' device
  /// @return d(mean loss) / d(scores)
  at::Tensor add(const at::Tensor& scores, const at::Tensor& labels);

  /// The step's sums so far if they are on the CPU, else zero.
  const LossSum& onCpu() const { return this->sum_; }
  /// The step's sums so far if they are on a device, double [2]: loss and correct answers.
  const at::Tensor& onDevice() const { return this->deviceSum_; }

private:
  std::int64_t images_ = 1;
  LossSum sum_;
  at::Tensor deviceSum_;
};

/// The same by torch's operators, on any device.
struct LossTensors
{
  at::Tensor gradient; ///< d(loss / total) / d(scores)
  at::Tensor sums;     ///< double [2]: loss and correct answers
};
LossTensors crossEntropyByOperators(
  const at::Tensor& scores, const at::Tensor& labels, std::int64_t total);

} // namespace tensorview

#endif
