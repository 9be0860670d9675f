#include "TrainingPlan.h"

#include "TrainerOptionsCheck.h"

#include <algorithm>

namespace tensorview
{

namespace
{
/// How many of the steps firstStep + 1 .. lastStep are multiples of `interval` or the last one.
std::int64_t countDue(std::int64_t firstStep, std::int64_t lastStep, std::int64_t interval)
{
  if (lastStep <= firstStep)
  {
    return 0;
  }
  const std::int64_t multiples = lastStep / interval - firstStep / interval;
  return multiples + (lastStep % interval == 0 ? 0 : 1);
}
}

TrainingPlan::TrainingPlan(const TrainerOptions& options, std::int64_t stepsPerEpoch)
  : stepsPerEpoch_(std::max<std::int64_t>(1, stepsPerEpoch))
  , snapshotInterval_(options.snapshotInterval)
  , filterInterval_(options.filterInterval)
{
  const bool predicts = isPrediction(options);
  this->totalSteps_ = options.maximumSteps > 0 ? options.maximumSteps
                                               : (predicts ? 1 : options.epochs) * stepsPerEpoch;
  this->evaluationInterval_ =
    options.evaluationInterval > 0 ? options.evaluationInterval : this->stepsPerEpoch_;
  this->checkpointInterval_ = options.checkpointInterval < 0   ? 0
                              : options.checkpointInterval > 0 ? options.checkpointInterval
                                                               : this->stepsPerEpoch_;
  if (predicts)
  {
    this->filterInterval_ = 0;
    this->evaluationInterval_ = 0;
    this->checkpointInterval_ = 0;
  }
}

bool TrainingPlan::hasSnapshot(std::int64_t step) const
{
  return step % this->snapshotInterval_ == 0 || this->isLast(step);
}

bool TrainingPlan::hasFilterRow(std::int64_t step) const
{
  return this->filterInterval_ > 0 && step % this->filterInterval_ == 0;
}

bool TrainingPlan::hasEvaluation(std::int64_t step) const
{
  return this->evaluationInterval_ > 0 &&
         (step % this->evaluationInterval_ == 0 || this->isLast(step));
}

bool TrainingPlan::endsEpoch(std::int64_t step) const
{
  return step > 0 && step % this->stepsPerEpoch_ == 0 && !this->isLast(step);
}

bool TrainingPlan::hasTest(std::int64_t step) const
{
  return this->evaluationInterval_ > 0 && this->isLast(step);
}

bool TrainingPlan::hasCheckpoint(std::int64_t step) const
{
  return this->checkpointInterval_ > 0 && step % this->checkpointInterval_ == 0;
}

std::int64_t TrainingPlan::snapshotsAfter(std::int64_t firstStep) const
{
  return countDue(firstStep, this->totalSteps_, this->snapshotInterval_);
}

std::int64_t TrainingPlan::evaluationsAfter(std::int64_t firstStep) const
{
  return this->evaluationInterval_ > 0
           ? countDue(firstStep, this->totalSteps_, this->evaluationInterval_)
           : 0;
}

} // namespace tensorview
