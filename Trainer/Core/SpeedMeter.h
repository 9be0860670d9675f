#ifndef TENSORVIEW_SPEED_METER_H
#define TENSORVIEW_SPEED_METER_H

#include <chrono>
#include <cstdint>

namespace tensorview
{

/// Steps per second over about the last two seconds of training; pauses do not count.
class SpeedMeter
{
public:
  using Clock = std::chrono::steady_clock;

  /// Training begins or goes on at `step`.
  void restart(std::int64_t step, Clock::time_point now = Clock::now());
  /// `step` has been done.
  void add(std::int64_t step, Clock::time_point now = Clock::now());
  /// 0 before the first step.
  double stepsPerSecond() const { return this->rate_; }

private:
  struct Mark
  {
    std::int64_t step = 0;
    Clock::time_point time;
  };
  Mark older_; ///< the window is from here to now
  Mark newer_; ///< becomes older_ when it is a window's half old
  double rate_ = 0.0;
};

} // namespace tensorview

#endif
