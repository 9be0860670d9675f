#ifndef TENSORVIEW_LEVEL_OF_DETAIL_H
#define TENSORVIEW_LEVEL_OF_DETAIL_H

#include "FilterValues.h"
#include "ParallelFor.h"

#include <cstdint>
#include <vector>

namespace tensorview
{

/// How much of a layer one drawn element stands for.
struct DetailLevel
{
  /// 0: an element is a value. b > 0: an element is a block of b x b windows of a filter.
  std::int64_t windows = 0;
  /// Elements that are drawn.
  std::int64_t elements = 0;

  bool exact() const { return this->windows == 0; }
};

/// The finest level whose elements (of `filters` filters) stay within `budget`: single values, then
/// windows, then blocks of 2 x 2, 4 x 4 ... windows, down to one element a filter. `elements` is
/// larger than the budget if even that is too much.
/// @throws std::invalid_argument as layoutGrid()
DetailLevel chooseDetail(std::int64_t filters, const FilterExtents& filter, std::int64_t budget);

/// Extents of a filter at a level: channels are the elements of its near-square block.
FilterExtents extentsAt(const FilterExtents& filter, const DetailLevel& level);

/// Every element of every filter, [filters, channels of extentsAt()]: of the values that it stands
/// for the one with the largest magnitude, so that outliers never vanish. Not a number is passed
/// over unless there is nothing else.
/// @param filter extents of a filter with all its channels, those that were removed included
/// @throws std::invalid_argument as checkPlaces(), or for an exact level
std::vector<float> largestMagnitudes(const FilterValues& filters, const FilterExtents& filter,
  const DetailLevel& level, const ParallelFor& parallel = serialFor);

} // namespace tensorview

#endif
