#ifndef TENSORVIEW_EPOCH_REPORT_H
#define TENSORVIEW_EPOCH_REPORT_H

#include "Engine.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// What is known at the end of an epoch (or of a training that ends within one).
struct EpochSummary
{
  double epoch = 0.0;
  std::int64_t step = 0;
  double loss = 0.0;               ///< mean over the epoch's training steps
  double accuracy = 0.0;           ///< likewise, of the batches before each update
  double validationAccuracy = 0.0; ///< of the newest evaluation; NaN if there is none yet
  double stepsPerSecond = 0.0;     ///< over the epoch, evaluation included
};

std::string toJsonLine(const EpochSummary& summary);
std::string toWords(const EpochSummary& summary);

/// The last line of --json. A test accuracy that is not known is null.
std::string lastJsonLine(const EngineStatus& status);

/// Watches an engine and tells of each epoch once, when its evaluation is there.
class EpochReporter
{
public:
  using Clock = std::chrono::steady_clock;

  /// Training begins or goes on at `status.step`.
  EpochReporter(const EngineStatus& status, Clock::time_point now = Clock::now());

  /// Epochs that have ended since the last call. `ended`: no step will follow.
  std::vector<EpochSummary> poll(
    const Engine& engine, bool ended, Clock::time_point now = Clock::now());

private:
  void follow(const EngineStatus& status);
  std::int64_t nextBoundary() const;

  EpochClock clock_;
  std::int64_t totalSteps_ = 0;
  std::int64_t reportedStep_;
  Clock::time_point reportedTime_;
};

} // namespace tensorview

#endif
