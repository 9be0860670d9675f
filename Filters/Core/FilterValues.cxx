#include "FilterValues.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace tensorview
{

void checkPlaces(const GridLayout& layout, const FilterValues& filters)
{
  if (static_cast<std::int64_t>(filters.rows) != layout.windowRows ||
      static_cast<std::int64_t>(filters.columns) != layout.windowColumns)
  {
    throw std::invalid_argument(
      "windows of " + std::to_string(filters.columns) + " x " + std::to_string(filters.rows) +
      " values do not fit a grid of windows of " + std::to_string(layout.windowColumns) + " x " +
      std::to_string(layout.windowRows));
  }
  for (std::size_t i = 0; i < filters.filters; ++i)
  {
    if (filters.slot[i] < 0 || filters.slot[i] >= layout.columns * layout.rows)
    {
      throw std::invalid_argument("slot " + std::to_string(filters.slot[i]) +
                                  " has no place in a grid of " + std::to_string(layout.columns) +
                                  " x " + std::to_string(layout.rows) + " filters");
    }
  }
  for (std::size_t c = 0; c < filters.channels; ++c)
  {
    const std::int64_t place = filters.channelPlace(c);
    if (place < 0 || place >= layout.blockColumns * layout.blockRows)
    {
      throw std::invalid_argument("channel " + std::to_string(place) +
                                  " has no place in a block of " +
                                  std::to_string(layout.blockColumns) + " x " +
                                  std::to_string(layout.blockRows) + " channels");
    }
  }
}

FiniteRange finiteRange(const float* values, std::size_t count)
{
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr std::size_t lanes = 16;
  // Comparisons with a NaN are false, so it takes no part; infinities are masked out.
  float low[lanes];
  float high[lanes];
  for (std::size_t lane = 0; lane < lanes; ++lane)
  {
    low[lane] = infinity;
    high[lane] = -infinity;
  }
  const auto take = [&low, &high](std::size_t lane, float value)
  {
    const float forLow = value > -infinity ? value : infinity;
    const float forHigh = value < infinity ? value : -infinity;
    low[lane] = forLow < low[lane] ? forLow : low[lane];
    high[lane] = forHigh > high[lane] ? forHigh : high[lane];
  };
  std::size_t k = 0;
  for (; k + lanes <= count; k += lanes)
  {
    for (std::size_t lane = 0; lane < lanes; ++lane)
    {
      take(lane, values[k + lane]);
    }
  }
  for (; k < count; ++k)
  {
    take(0, values[k]);
  }
  FiniteRange range{ infinity, -infinity };
  for (std::size_t lane = 0; lane < lanes; ++lane)
  {
    range.low = low[lane] < range.low ? low[lane] : range.low;
    range.high = high[lane] > range.high ? high[lane] : range.high;
  }
  return range;
}

} // namespace tensorview
