#include "LearningRateSchedule.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace tensorview
{

namespace
{
constexpr double pi = 3.14159265358979323846;
}

LearningRateSchedule::LearningRateSchedule(const TrainerOptions& options, const EpochClock& clock)
  : clock_(clock)
  , epochs_(options.epochs)
  , stepEpochs_(std::max(1, options.scheduleStepEpochs))
  , stepFactor_(options.scheduleFactor)
{
  if (options.maximumSteps > 0)
  {
    this->epochs_ = clock.epochIndex(options.maximumSteps + clock.stepsPerEpoch - 1);
  }
  this->epochs_ = std::max<std::int64_t>(1, this->epochs_);
  if (options.learningRateSchedule == "step")
  {
    this->kind_ = Kind::Step;
  }
  else if (options.learningRateSchedule == "cosine")
  {
    this->kind_ = Kind::Cosine;
  }
  else if (options.learningRateSchedule != "constant")
  {
    throw std::invalid_argument("LearningRateSchedule '" + options.learningRateSchedule +
                                "' is not known; there are constant, step and cosine");
  }
}

double LearningRateSchedule::factor(std::int64_t step) const
{
  const std::int64_t epoch = this->clock_.epochIndex(step);
  switch (this->kind_)
  {
    case Kind::Constant:
      return 1.0;
    case Kind::Step:
      return std::pow(this->stepFactor_, static_cast<double>(epoch / this->stepEpochs_));
    case Kind::Cosine:
    {
      // A training that is continued beyond its planned end stays at the end of the curve.
      const double share =
        static_cast<double>(std::min(epoch, this->epochs_)) / static_cast<double>(this->epochs_);
      return (1.0 + std::cos(pi * share)) / 2.0;
    }
  }
  return 1.0;
}

} // namespace tensorview
