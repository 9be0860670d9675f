#include "LevelOfDetail.h"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace tensorview
{

namespace
{
std::int64_t divideUp(std::int64_t value, std::int64_t by)
{
  return (value + by - 1) / by;
}

float largerMagnitude(float a, float b)
{
  return std::isnan(a) || std::fabs(b) > std::fabs(a) ? b : a;
}
}

FilterExtents extentsAt(const FilterExtents& filter, const DetailLevel& level)
{
  if (level.exact())
  {
    return filter;
  }
  const GridLayout block = layoutGrid(1, 1, { filter.channels, 1, 1 });
  return { divideUp(block.blockColumns, level.windows) * divideUp(block.blockRows, level.windows),
    1, 1 };
}

DetailLevel chooseDetail(std::int64_t filters, const FilterExtents& filter, std::int64_t budget)
{
  DetailLevel level{ 0, filters * filter.channels * filter.rows * filter.columns };
  while (level.elements > budget)
  {
    if (!level.exact() && extentsAt(filter, level).channels == 1)
    {
      break;
    }
    // Windows of a single value are the values themselves.
    const bool single = filter.rows * filter.columns == 1;
    level.windows = level.exact() ? (single && filter.channels > 1 ? 2 : 1) : 2 * level.windows;
    level.elements = filters * extentsAt(filter, level).channels;
  }
  return level;
}

std::vector<float> largestMagnitudes(const FilterValues& filters, const FilterExtents& filter,
  const DetailLevel& level, const ParallelFor& parallel)
{
  if (level.exact())
  {
    throw std::invalid_argument("a level that draws every value has no aggregates");
  }
  const GridLayout block = layoutGrid(1, 1, { filter.channels, 1, 1 });
  const std::int64_t columns = divideUp(block.blockColumns, level.windows);
  const auto elements = static_cast<std::size_t>(extentsAt(filter, level).channels);
  std::vector<std::size_t> element(filters.channels);
  for (std::size_t c = 0; c < filters.channels; ++c)
  {
    const std::int64_t place = filters.channelPlace(c);
    if (place < 0 || place >= filter.channels)
    {
      throw std::invalid_argument("a channel has no place in the block of its filter");
    }
    element[c] = static_cast<std::size_t>(
      block.windowY(place) / level.windows * columns + block.windowX(place) / level.windows);
  }

  std::vector<float> result(filters.filters * elements, std::numeric_limits<float>::quiet_NaN());
  const std::size_t window = filters.windowSize();
  parallel(filters.filters,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        for (std::size_t c = 0; c < filters.channels; ++c)
        {
          const float* values = filters.values + i * filters.filterSize() + c * window;
          float largest = result[i * elements + element[c]];
          for (std::size_t k = 0; k < window; ++k)
          {
            largest = largerMagnitude(largest, values[k]);
          }
          result[i * elements + element[c]] = largest;
        }
      }
    });
  return result;
}

} // namespace tensorview
