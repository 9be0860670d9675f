#ifndef TENSORVIEW_LAYER_HISTORY_H
#define TENSORVIEW_LAYER_HISTORY_H

#include "TensorTypes.h"

namespace tensorview
{

/// A part of a tensor [slot, channel, row, column].
struct TensorBox
{
  std::array<std::int64_t, 4> start{};
  std::array<std::int64_t, 4> count{};

  std::int64_t size() const { return count[0] * count[1] * count[2] * count[3]; }
};

/// What is known of a layer's weights over a training before any of them are read.
struct LayerHistoryDescription
{
  TensorShape shape;                     ///< of all slots ever born
  std::vector<std::int64_t> step;        ///< of the snapshots, ascending
  std::vector<std::int32_t> slot;        ///< that exist at every snapshot, ascending
  std::vector<std::int32_t> channelSlot; ///< the same of channels
  /// Extents that are stored together: boxes that are made of whole pieces are read fastest.
  std::array<std::int64_t, 4> piece{};
};

/// All weights of a layer at all snapshots, read box by box: they need not fit into memory. Not
/// thread safe.
class LayerHistory
{
public:
  virtual ~LayerHistory() = default;

  virtual const LayerHistoryDescription& description() const = 0;

  /// The values of `box` at some snapshots (ascending indices into description().step), as
  /// [snapshots][box.size()]. NaN where a slot or channel did not exist.
  /// @throws std::exception with a message for the user
  virtual void read(
    const TensorBox& box, const std::vector<std::size_t>& snapshots, float* values) = 0;
};

} // namespace tensorview

#endif
