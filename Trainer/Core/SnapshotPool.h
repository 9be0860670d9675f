#ifndef TENSORVIEW_SNAPSHOT_POOL_H
#define TENSORVIEW_SNAPSHOT_POOL_H

#include "RunLayout.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tensorview
{

/// All tensors of a network at one step as the model copied them: one buffer per
/// ModelDescription::tensors entry ([slot, channel, row, column] of what exists; empty = not
/// available at that step), and what it made of its probe images, as far as that was wanted.
struct SnapshotValues
{
  std::int64_t step = 0;
  double epoch = 0.0;
  std::vector<std::vector<float>> tensors;
  std::vector<std::vector<float>> probe; ///< by RunLayout::probe, or none
  std::vector<std::vector<double>> gram; ///< by RunLayout::gram, or none; empty = not wanted
  std::vector<std::string> asked;        ///< layers that viewers asked `probe` and `gram` of

  std::size_t bytes() const;
};

/// Buffers that return here when their last reader lets go of them, so that a snapshot every few
/// steps takes no fresh memory (and no page faults). Buffers may outlive the pool.
class SnapshotPool
{
public:
  /// @param bytesEach of a snapshot
  /// @param mostBytes that all buffers together should take, whoever holds them
  /// @param mostUnused buffers that are kept for later, if there is room for them
  SnapshotPool(std::size_t bytesEach, std::size_t mostBytes, std::size_t mostUnused = 3);

  /// Whether one more snapshot stays within the limit. Two always do: the one that viewers look at
  /// and the next.
  bool hasRoom() const;

  /// A used or a new buffer, room or not; contents undefined.
  std::unique_ptr<SnapshotValues, std::function<void(SnapshotValues*)>> take();

private:
  struct Shelf;
  std::shared_ptr<Shelf> shelf_;
};

/// What the viewers see of `values`: tensors share its memory, nothing is copied. Tensors that are
/// not available at this step have no data and a shape of zero filters.
/// @param layout of the run: its `model` describes the buffers
std::shared_ptr<const NetworkSnapshot> makeNetworkSnapshot(
  const RunLayout& layout, const std::shared_ptr<const SnapshotValues>& values);

} // namespace tensorview

#endif
