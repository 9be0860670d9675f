#ifndef TENSORVIEW_LEARNING_RATE_SCHEDULE_H
#define TENSORVIEW_LEARNING_RATE_SCHEDULE_H

#include "../../../Readers/Core/EpochClock.h"
#include "../TrainerOptions.h"

#include <cstdint>

namespace tensorview
{

/// How the learning rate falls in the course of a training. It changes at the beginning of an
/// epoch, as PyTorch users know it (a scheduler's step() after every epoch):
///   constant  1
///   step      scheduleFactor ^ floor(epoch / scheduleStepEpochs)          (StepLR)
///   cosine    (1 + cos(pi * epoch / epochs)) / 2                          (CosineAnnealingLR to 0)
/// with epoch = 0, 1, ... and epochs = all epochs of the training, the last one perhaps not whole.
class LearningRateSchedule
{
public:
  LearningRateSchedule(const TrainerOptions& options, const EpochClock& clock);

  /// Factor of the learning rate for the update that follows `step` updates.
  double factor(std::int64_t step) const;

private:
  enum class Kind
  {
    Constant,
    Step,
    Cosine
  };
  Kind kind_ = Kind::Constant;
  EpochClock clock_;
  std::int64_t epochs_;
  std::int64_t stepEpochs_;
  double stepFactor_;
};

} // namespace tensorview

#endif
