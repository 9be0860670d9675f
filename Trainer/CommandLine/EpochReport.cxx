#include "EpochReport.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace tensorview
{

namespace
{
/// JSON knows no NaN. Fractions are printed as a reader expects them: 0.9921, not 0.99210000038.
nlohmann::ordered_json number(double value)
{
  return std::isfinite(value) ? nlohmann::ordered_json(std::round(value * 1e6) / 1e6) : nullptr;
}

double meanOf(
  const char* name, const StepTable& metrics, std::int64_t firstStep, std::int64_t lastStep)
{
  const auto column = std::find(metrics.columns.begin(), metrics.columns.end(), name);
  if (column == metrics.columns.end())
  {
    return std::numeric_limits<double>::quiet_NaN();
  }
  double sum = 0.0;
  std::int64_t count = 0;
  for (std::size_t row = 0; row < metrics.step.size(); ++row)
  {
    if (metrics.step[row] >= firstStep && metrics.step[row] <= lastStep)
    {
      sum += metrics.values[row * metrics.columns.size() +
                            static_cast<std::size_t>(column - metrics.columns.begin())];
      ++count;
    }
  }
  return sum / static_cast<double>(count);
}
}

std::string toJsonLine(const EpochSummary& summary)
{
  return nlohmann::ordered_json{
    { "epoch", number(summary.epoch) }, { "step", summary.step }, { "loss", number(summary.loss) },
    { "accuracy", number(summary.accuracy) },
    { "validation_accuracy", number(summary.validationAccuracy) },
    { "steps_per_second", number(summary.stepsPerSecond) }
  }.dump();
}

std::string toWords(const EpochSummary& summary)
{
  char text[200];
  std::string validation;
  if (std::isfinite(summary.validationAccuracy))
  {
    std::snprintf(text, sizeof(text), ", validation accuracy %.4f", summary.validationAccuracy);
    validation = text;
  }
  std::snprintf(text, sizeof(text), "epoch %g, step %lld: loss %.4f, accuracy %.4f%s, %.1f steps/s",
    summary.epoch, static_cast<long long>(summary.step), summary.loss, summary.accuracy,
    validation.c_str(), summary.stepsPerSecond);
  return text;
}

std::string lastJsonLine(const EngineStatus& status)
{
  return nlohmann::ordered_json{
    { "epoch", number(status.epoch) }, { "step", status.step },
    { "test_accuracy", number(status.testAccuracy) }
  }.dump();
}

EpochReporter::EpochReporter(const EngineStatus& status, Clock::time_point now)
  : reportedStep_(status.step)
  , reportedTime_(now)
{
  this->follow(status);
}

/// Of a run that was resumed with another batch size, epochs change their length once.
void EpochReporter::follow(const EngineStatus& status)
{
  if (status.clock.firstStep <= this->reportedStep_)
  {
    this->clock_ = status.clock;
    this->clock_.stepsPerEpoch = std::max<std::int64_t>(1, this->clock_.stepsPerEpoch);
    this->totalSteps_ = status.totalSteps;
  }
}

std::int64_t EpochReporter::nextBoundary() const
{
  const std::int64_t epochEnd =
    this->clock_.stepAtEpoch(this->clock_.epochIndex(this->reportedStep_) + 1);
  return std::min(epochEnd, this->totalSteps_);
}

std::vector<EpochSummary> EpochReporter::poll(
  const Engine& engine, bool ended, Clock::time_point now)
{
  std::vector<EpochSummary> summaries;
  const EngineStatus status = engine.status();
  this->follow(status);
  if (status.step < this->nextBoundary() && !ended)
  {
    return summaries;
  }
  const std::vector<Evaluation> evaluations = engine.evaluations();
  const auto evaluatedTo = evaluations.empty() ? -1 : evaluations.back().step;
  for (;;)
  {
    std::int64_t step = this->nextBoundary();
    if (ended)
    {
      step = std::min(step, status.step);
    }
    // The evaluation follows its step; once the next step is done it will not come any more.
    const bool complete = ended || evaluatedTo >= step || status.step > step;
    if (step <= this->reportedStep_ || status.step < step || !complete)
    {
      return summaries;
    }
    EpochSummary summary;
    summary.step = step;
    summary.epoch = this->clock_.epochOf(step);
    // Row 0 is step 1, in this run and in one that is resumed.
    const StepTable metrics = engine.metrics(static_cast<std::size_t>(this->reportedStep_));
    summary.loss = meanOf("loss", metrics, this->reportedStep_ + 1, step);
    summary.accuracy = meanOf("accuracy", metrics, this->reportedStep_ + 1, step);
    summary.validationAccuracy = std::numeric_limits<double>::quiet_NaN();
    for (const Evaluation& evaluation : evaluations)
    {
      if (evaluation.step <= step)
      {
        summary.validationAccuracy = evaluation.accuracy;
      }
    }
    const std::chrono::duration<double> passed = now - this->reportedTime_;
    summary.stepsPerSecond = static_cast<double>(step - this->reportedStep_) / passed.count();
    summaries.push_back(summary);
    this->reportedStep_ = step;
    this->reportedTime_ = now;
    this->follow(status);
  }
}

} // namespace tensorview
