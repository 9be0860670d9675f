#ifndef TENSORVIEW_SNAPSHOT_BOARD_H
#define TENSORVIEW_SNAPSHOT_BOARD_H

#include "Latest.h"
#include "TensorTypes.h"

#include <atomic>
#include <cstdint>

namespace tensorview
{

/// Where viewers ask for snapshots and the worker publishes them; latest wins.
class SnapshotBoard
{
public:
  /// @name Viewers, any thread
  void request() { this->requested_.store(true, std::memory_order_relaxed); }
  std::shared_ptr<const NetworkSnapshot> latest() const { return this->latest_.get(); }

  /// @name Worker
  /// Whether a viewer asked since the last call.
  bool takeRequest() { return this->requested_.exchange(false, std::memory_order_relaxed); }
  void publish(std::shared_ptr<const NetworkSnapshot> snapshot);
  /// Grows with every publish.
  std::int64_t version() const { return this->version_.load(std::memory_order_relaxed); }

private:
  Latest<NetworkSnapshot> latest_;
  std::atomic<bool> requested_{ false };
  std::atomic<std::int64_t> version_{ 0 };
};

} // namespace tensorview

#endif
