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
  /// An element is a block of values x values of a window; 0 = the whole window.
  std::int64_t values = 1;
  /// An element is a block of windows x windows of a filter; more than 1 only with whole windows.
  std::int64_t windows = 1;
  /// Elements that are drawn.
  std::int64_t elements = 0;

  bool exact() const { return this->values == 1 && this->windows == 1; }
};

/// The finest level whose elements (of `filters` filters) stay within `budget`: single values; in
/// windows of at least 8 x 8 values blocks of 2 x 2, 4 x 4 ... of them, as long as 4 a side remain;
/// windows; blocks of 2 x 2, 4 x 4 ... windows, down to one element a filter. `elements` is larger
/// than the budget if even that is too much.
/// @throws std::invalid_argument as layoutGrid()
DetailLevel chooseDetail(std::int64_t filters, const FilterExtents& filter, std::int64_t budget);

/// Extents of a filter at a level: its windows (or blocks of windows) are the channels.
FilterExtents extentsAt(const FilterExtents& filter, const DetailLevel& level);

/// What an element shows of the values that it stands for. Values that are not finite take no part;
/// an element without others is not a number.
enum class Aggregate
{
  LargestMagnitude, ///< with its sign; of two alike the positive one
  Mean,
  Minimum,
  Maximum
};

/// The filters of a layer at one level.
struct Reduction
{
  DetailLevel level;         ///< not exact
  std::vector<float> values; ///< [filters, extentsAt()], C order; missing channels not a number
};

/// Fills all reductions in a single look at the values and tells the range and the number of values
/// that are not finite.
/// @param filter extents of a filter with all its channels, those that were removed included
/// @throws std::invalid_argument for an exact level, or if a channel has no place in the filter
FiniteSummary reduceFilters(const FilterValues& filters, const FilterExtents& filter,
  Aggregate aggregate, std::vector<Reduction>& reductions, const ParallelFor& parallel = serialFor);

} // namespace tensorview

#endif
