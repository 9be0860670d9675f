#ifndef TENSORVIEW_STATUS_BOARD_H
#define TENSORVIEW_STATUS_BOARD_H

#include "Engine.h"
#include "WaitUntil.h"

#include <condition_variable>
#include <mutex>

namespace tensorview
{

/// The engine's status: written by the worker, read by anyone.
class StatusBoard
{
public:
  /// Calls `change(EngineStatus&)` under the lock; keep it short.
  template <typename Change>
  void update(Change change)
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    const TrainingState before = this->status_.state;
    change(this->status_);
    if (this->status_.state != before)
    {
      this->changed_.notify_all();
    }
  }

  EngineStatus get() const
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    return this->status_;
  }

  /// Blocks until the state is neither Preparing nor Running; false when `seconds` passed first.
  bool waitUntilStill(double seconds) const
  {
    std::unique_lock<std::mutex> lock(this->mutex_);
    return waitUntil(this->changed_, lock, seconds,
      [this]
      {
        return this->status_.state != TrainingState::Preparing &&
               this->status_.state != TrainingState::Running;
      });
  }

private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  EngineStatus status_;
};

} // namespace tensorview

#endif
