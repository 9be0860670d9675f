#ifndef TENSORVIEW_FILTER_REMOVAL_H
#define TENSORVIEW_FILTER_REMOVAL_H

#include "NetworkGraph.h"

#include <cstdint>
#include <vector>

namespace tensorview
{

/// Everything that changes if a filter of a layer is removed: found by following its channel
/// through what keeps channels (batch norm, ReLU, pooling, dropout, sums, flatten), up and down,
/// until layers with filters end it.
struct FilterRemoval
{
  /// Layers that lose the filter of the same place: the one asked for first, then those that sums
  /// couple it to, in network order.
  std::vector<int> members;

  /// Batch norms on the way.
  struct Norm
  {
    int layer = 0;
    std::int64_t block = 1; ///< consecutive channels of a filter: > 1 behind a flatten
  };
  std::vector<Norm> norms;

  /// What becomes of a constant that takes the place of a map.
  enum class Constant
  {
    Bias,      ///< it enters the reader's bias
    BatchNorm, ///< only batch norms read the reader: it leaves their running means
    None       ///< there is no place for it
  };
  /// A convolution or dense layer that reads the channel. Of its weights [filters, channels, rows,
  /// columns] the filter is one of the channels.
  struct Reader
  {
    int layer = 0;
    /// Layer whose output the reader sees, in front of flatten and dropout.
    int maps = 0;
    std::int64_t block = 1; ///< channels of a filter in the output of `maps`: > 1 if it is flat
    Constant constant = Constant::Bias;
  };
  std::vector<Reader> readers; ///< in network order
};

/// @param layer index in the graph
/// @throws NetworkError naming layer and reason if its filters cannot be removed: it has none, they
/// are the class scores, or a sum couples them to the image or to other than whole filters.
FilterRemoval findFilterRemoval(const NetworkGraph& graph, int layer);

/// The graph with other numbers of filters; sizes of all layers follow.
/// @param units by layer; of layers without filters unused
NetworkGraph withUnits(const NetworkGraph& graph, const std::vector<std::int64_t>& units);

/// The graph once `kept` filters of each member remain.
NetworkGraph withoutFilters(
  const NetworkGraph& graph, const FilterRemoval& removal, std::int64_t kept);

} // namespace tensorview

#endif
