#include "TrainingPlan.h"

#include "TrainerOptionsCheck.h"

namespace tensorview
{

TrainingPlan::TrainingPlan(const TrainerOptions& options, const EpochClock& clock)
  : clock_(clock)
  , snapshots_{ options.snapshotInterval }
  , filterRows_{ options.filterInterval }
{
  const bool predicts = isPrediction(options);
  this->totalSteps_ = options.maximumSteps > 0 ? options.maximumSteps
                                               : clock.stepAtEpoch(predicts ? 1 : options.epochs);
  if (predicts)
  {
    this->filterRows_ = {};
    return;
  }
  const Rhythm epochs{ clock.stepsPerEpoch, clock.firstStep };
  this->evaluations_ =
    options.evaluationInterval > 0 ? Rhythm{ options.evaluationInterval } : epochs;
  this->checkpoints_ =
    options.checkpointInterval > 0 ? Rhythm{ options.checkpointInterval } : epochs;
  if (options.checkpointInterval < 0)
  {
    this->checkpoints_ = {};
  }
}

bool TrainingPlan::hasSnapshot(std::int64_t step) const
{
  return this->snapshots_.has(step) || this->isLast(step);
}

bool TrainingPlan::hasFilterRow(std::int64_t step) const
{
  return this->filterRows_.has(step);
}

bool TrainingPlan::hasEvaluation(std::int64_t step) const
{
  return this->evaluations_.interval > 0 && (this->evaluations_.has(step) || this->isLast(step));
}

bool TrainingPlan::endsEpoch(std::int64_t step) const
{
  return this->clock_.endsEpoch(step) && !this->isLast(step);
}

bool TrainingPlan::hasTest(std::int64_t step) const
{
  return this->evaluations_.interval > 0 && this->isLast(step);
}

bool TrainingPlan::hasCheckpoint(std::int64_t step) const
{
  return this->checkpoints_.has(step);
}

std::int64_t TrainingPlan::snapshotsAfter(std::int64_t firstStep) const
{
  return this->countDue(firstStep, this->snapshots_);
}

std::int64_t TrainingPlan::evaluationsAfter(std::int64_t firstStep) const
{
  return this->evaluations_.interval > 0 ? this->countDue(firstStep, this->evaluations_) : 0;
}

/// How many of the steps from firstStep + 1 on the rhythm has, the last one always among them.
std::int64_t TrainingPlan::countDue(std::int64_t firstStep, const Rhythm& rhythm) const
{
  if (this->totalSteps_ <= firstStep)
  {
    return 0;
  }
  const std::int64_t from = firstStep - rhythm.first;
  const std::int64_t to = this->totalSteps_ - rhythm.first;
  return to / rhythm.interval - from / rhythm.interval + (to % rhythm.interval == 0 ? 0 : 1);
}

} // namespace tensorview
