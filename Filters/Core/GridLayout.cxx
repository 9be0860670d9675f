#include "GridLayout.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace tensorview
{

namespace
{
std::int64_t ceilingOfRoot(std::int64_t value)
{
  auto root = static_cast<std::int64_t>(std::sqrt(static_cast<double>(value)));
  while (root * root < value)
  {
    ++root;
  }
  while (root > 1 && (root - 1) * (root - 1) >= value)
  {
    --root;
  }
  return std::max<std::int64_t>(root, 1);
}
}

std::int64_t gridColumns(std::int64_t firstFilters)
{
  std::int64_t columns = 1;
  while (columns * columns < firstFilters)
  {
    columns *= 2;
  }
  return columns;
}

GridLayout layoutGrid(std::int64_t firstFilters, std::int64_t slots, const FilterExtents& filter,
  const GridLayoutOptions& options)
{
  constexpr std::int64_t limit = std::numeric_limits<std::int32_t>::max();
  if (firstFilters < 0 || slots < 0 || firstFilters > limit || slots > limit)
  {
    throw std::invalid_argument("a grid needs a number of filters between 0 and 2^31 - 1");
  }
  if (filter.channels < 1 || filter.rows < 1 || filter.columns < 1 || filter.channels > limit ||
      filter.rows > limit || filter.columns > limit)
  {
    throw std::invalid_argument(
      "a filter needs at least one channel, row and column, and each below 2^31");
  }
  for (const double gap : { options.gap, options.windowGap })
  {
    if (!(gap >= 0.0) || gap > 1e3)
    {
      throw std::invalid_argument(
        "the gap between filters or windows must lie between 0 and 1000 widths");
    }
  }
  if (options.columns < 0 || options.columns > limit)
  {
    throw std::invalid_argument("a grid needs between 1 and 2^31 - 1 columns, or 0 = automatic");
  }

  GridLayout layout;
  layout.columns = options.columns > 0 ? options.columns : gridColumns(firstFilters);
  layout.rows = (slots + layout.columns - 1) / layout.columns;
  layout.blockColumns = ceilingOfRoot(filter.channels);
  layout.blockRows = (filter.channels + layout.blockColumns - 1) / layout.blockColumns;
  layout.windowColumns = filter.columns;
  layout.windowRows = filter.rows;
  if (filter.rows * filter.columns > 1)
  {
    layout.channelGap = std::max<std::int64_t>(
      1, std::llround(options.windowGap * static_cast<double>(filter.columns)));
  }

  const std::int64_t extent = std::max(layout.contentWidth(), layout.contentHeight());
  const auto wished =
    static_cast<std::int64_t>(std::llround(options.gap * static_cast<double>(extent)));
  const std::int64_t least = layout.blockColumns > 1 ? layout.channelGap + 1 : 1;
  layout.pitch = extent + std::max(wished, least);
  if (layout.pitch > limit || layout.columns > limit / layout.pitch ||
      layout.rows > limit / layout.pitch)
  {
    throw std::invalid_argument("the grid is wider or higher than 2^31 - 1 values");
  }
  return layout;
}

} // namespace tensorview
