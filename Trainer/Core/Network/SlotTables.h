#ifndef TENSORVIEW_SLOT_TABLES_H
#define TENSORVIEW_SLOT_TABLES_H

#include "../../../Readers/Core/TensorTypes.h"
#include "FilterRemoval.h"
#include "NetworkGraph.h"

#include <cstdint>
#include <vector>

namespace tensorview
{

/// Which filters of each layer are there and which were removed: slots are permanent numbers,
/// places are where a filter lies among those that are there.
class SlotTables
{
public:
  SlotTables() = default;
  /// Of a network that nothing was removed from.
  explicit SlotTables(const NetworkGraph& graph);
  /// Tables as they were kept, by layer; empty ones: nothing was removed.
  /// @throws NetworkError naming the layer if slots do not ascend from 0 or other filters are there
  /// than the graph has
  SlotTables(const NetworkGraph& graph, std::vector<std::vector<SlotEntry>> entries);

  /// All slots that ever were; of layers without filters or batch norm none.
  const std::vector<SlotEntry>& entries(int layer) const
  {
    return this->entries_[static_cast<std::size_t>(layer)];
  }
  std::int64_t everBorn(int layer) const
  {
    return static_cast<std::int64_t>(this->entries(layer).size());
  }
  /// Slots that are there, ascending: slot of every place.
  std::vector<int> present(int layer) const;
  /// By slot: its place, -1 if it was removed.
  std::vector<std::int64_t> places(int layer) const;
  bool hasRemoved(int layer) const;
  bool hasRemoved() const; ///< from any layer

  /// Extents with all slots that ever were of a tensor that has the extents `shape` now.
  /// @param isWeight of a convolution or dense layer: its channels are slots, too
  TensorShape everShape(
    const NetworkGraph& graph, int layer, const TensorShape& shape, bool isWeight) const;

  /// Notes that filters were removed.
  /// @param places of all members' filters, as they are now
  void remove(
    const FilterRemoval& removal, const std::vector<std::int64_t>& places, std::int64_t step);

private:
  void remove(int layer, const std::vector<std::int64_t>& places, std::int64_t step);

  std::vector<std::vector<SlotEntry>> entries_; ///< by layer
};

/// Indices [0, count) without `removed`.
std::vector<std::int64_t> placesLeft(std::int64_t count, const std::vector<std::int64_t>& removed);
/// Blocks of consecutive indices: place p becomes p * block ... p * block + block - 1.
std::vector<std::int64_t> expandPlaces(const std::vector<std::int64_t>& places, std::int64_t block);

} // namespace tensorview

#endif
