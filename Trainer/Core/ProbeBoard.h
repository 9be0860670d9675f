#ifndef TENSORVIEW_PROBE_BOARD_H
#define TENSORVIEW_PROBE_BOARD_H

#include "ProbeResult.h"
#include "SnapshotPool.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tensorview
{

/// Copies what `values` has of the layers that were asked for.
std::shared_ptr<const ProbeResult> makeProbeResult(
  const RunLayout& layout, const SnapshotValues& values);

/// Where viewers ask what the network makes of its probe images, layer by layer, and where the
/// worker answers. An answer takes time: it comes with the snapshots as long as someone asks, and
/// costs nothing when nobody does. The answers of the last few steps stay.
class ProbeBoard
{
public:
  /// @name Viewers, any thread
  ///@{
  /// The next snapshots shall have `layer`, until eight have come without another call.
  void request(const std::string& layer);
  /// Null: nothing known of that layer at that step.
  std::shared_ptr<const ProbeResult> find(const std::string& layer, std::int64_t step) const;
  /// find(), after waiting for it for at most `seconds`.
  std::shared_ptr<const ProbeResult> waitFor(
    const std::string& layer, std::int64_t step, double seconds) const;
  ///@}

  /// @name Worker
  ///@{
  /// Layers that are asked for.
  std::vector<std::string> wanted() const;
  /// ... and not answered at `step`.
  std::vector<std::string> unanswered(std::int64_t step) const;
  /// @param withSnapshot a snapshot has come, else only an answer
  void publish(std::shared_ptr<const ProbeResult> result, bool withSnapshot);
  /// Forgets the answers: the network is another one.
  void clear();
  ///@}

private:
  std::shared_ptr<const ProbeResult> findLocked(const std::string& layer, std::int64_t step) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable answered_;
  std::map<std::string, int> patience_; ///< by layer: snapshots that it stays asked for
  std::deque<std::shared_ptr<const ProbeResult>> results_; ///< newest first
};

} // namespace tensorview

#endif
