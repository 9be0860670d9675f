#ifndef TENSORVIEW_TRAINING_PLAN_H
#define TENSORVIEW_TRAINING_PLAN_H

#include "EpochClock.h"
#include "TrainerOptions.h"

#include <cstdint>

namespace tensorview
{

/// What happens at which step of a training. A prediction is one pass over the training images
/// (unless MaximumSteps says otherwise) without evaluations, checkpoints and filter rows.
class TrainingPlan
{
public:
  TrainingPlan(const TrainerOptions& options, const EpochClock& clock);

  std::int64_t totalSteps() const { return this->totalSteps_; }
  bool isLast(std::int64_t step) const { return step >= this->totalSteps_; }
  /// The first (0) and the last step always have one.
  bool hasSnapshot(std::int64_t step) const;
  bool hasFilterRow(std::int64_t step) const;
  bool hasEvaluation(std::int64_t step) const;
  /// An epoch is over, and another step follows.
  bool endsEpoch(std::int64_t step) const;
  bool hasTest(std::int64_t step) const;       ///< on the test part
  bool hasCheckpoint(std::int64_t step) const; ///< while recording

  /// @name Counts over the steps after `firstStep`, for the expected size of a record file
  std::int64_t snapshotsAfter(std::int64_t firstStep) const;
  std::int64_t evaluationsAfter(std::int64_t firstStep) const;

private:
  /// Steps first, first + interval, first + 2 * interval, ...
  struct Rhythm
  {
    std::int64_t interval = 0; ///< 0 = never
    std::int64_t first = 0;

    bool has(std::int64_t step) const
    {
      return this->interval > 0 && (step - this->first) % this->interval == 0;
    }
  };
  std::int64_t countDue(std::int64_t firstStep, const Rhythm& rhythm) const;

  EpochClock clock_;
  std::int64_t totalSteps_;
  Rhythm snapshots_;
  Rhythm filterRows_;
  Rhythm evaluations_;
  Rhythm checkpoints_;
};

} // namespace tensorview

#endif
