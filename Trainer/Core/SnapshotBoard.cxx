#include "SnapshotBoard.h"

#include <chrono>
#include <utility>

namespace tensorview
{

namespace
{
std::int64_t milliseconds()
{
  return std::chrono::duration_cast<std::chrono::milliseconds>(
    std::chrono::steady_clock::now().time_since_epoch())
    .count();
}
}

void SnapshotBoard::request()
{
  this->requestTime_.store(milliseconds(), std::memory_order_relaxed);
  this->requested_.store(true, std::memory_order_relaxed);
}

bool SnapshotBoard::isWatched() const
{
  const std::int64_t asked = this->requestTime_.load(std::memory_order_relaxed);
  return asked >= 0 && milliseconds() - asked < 2000;
}

void SnapshotBoard::publish(std::shared_ptr<const NetworkSnapshot> snapshot)
{
  this->latest_.set(std::move(snapshot));
  this->version_.fetch_add(1, std::memory_order_relaxed);
}

} // namespace tensorview
