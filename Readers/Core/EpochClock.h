#ifndef TENSORVIEW_EPOCH_CLOCK_H
#define TENSORVIEW_EPOCH_CLOCK_H

#include <cstdint>
#include <limits>

namespace tensorview
{

/// How steps and epochs go together: epoch `firstEpoch` begins after `firstStep` steps, and from
/// there on an epoch has `stepsPerEpoch` steps. Another batch size begins another clock, at the
/// begin of an epoch. Steps before `firstStep` are of an earlier clock: only epochOf() and
/// endsEpoch() may be asked of them.
struct EpochClock
{
  std::int64_t stepsPerEpoch = 1; ///< 0 = not known: then only epochOf() may be asked
  std::int64_t firstStep = 0;
  std::int64_t firstEpoch = 0;

  /// Epochs that are over after `step` steps, with the part of the one under way; NaN if not known.
  double epochOf(std::int64_t step) const
  {
    return this->stepsPerEpoch > 0
             ? static_cast<double>(this->firstEpoch) +
                 (static_cast<double>(step) - static_cast<double>(this->firstStep)) /
                   static_cast<double>(this->stepsPerEpoch)
             : std::numeric_limits<double>::quiet_NaN();
  }
  /// The epoch, counted from 0, that the update after `step` updates belongs to.
  std::int64_t epochIndex(std::int64_t step) const
  {
    return this->firstEpoch + (step - this->firstStep) / this->stepsPerEpoch;
  }
  /// Updates that this epoch has had by then.
  std::int64_t stepInEpoch(std::int64_t step) const
  {
    return (step - this->firstStep) % this->stepsPerEpoch;
  }
  /// Steps that are done when `epoch` begins; of one before `firstEpoch`, as if this clock had been
  /// in force then.
  std::int64_t stepAtEpoch(std::int64_t epoch) const
  {
    return this->firstStep + (epoch - this->firstEpoch) * this->stepsPerEpoch;
  }
  /// Whether step `step` was the last of an epoch.
  bool endsEpoch(std::int64_t step) const
  {
    return step > 0 && step >= this->firstStep && this->stepInEpoch(step) == 0;
  }

  friend bool operator==(const EpochClock& a, const EpochClock& b)
  {
    return a.stepsPerEpoch == b.stepsPerEpoch && a.firstStep == b.firstStep &&
           a.firstEpoch == b.firstEpoch;
  }
};

} // namespace tensorview

#endif
