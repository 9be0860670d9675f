#include "FilterValues.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
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
    const bool slot = filters.slot[i] >= 0;
    if (!slot || filters.filterPlace(i) < 0 ||
        filters.filterPlace(i) >= layout.columns * layout.rows)
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

namespace
{
constexpr std::size_t lanes = 16;

/// Ranges side by side, so that the compiler can use vector instructions.
struct Lanes
{
  float low[lanes];
  float high[lanes];
  std::int32_t notFinite[lanes] = {};

  Lanes()
  {
    std::fill_n(this->low, lanes, std::numeric_limits<float>::infinity());
    std::fill_n(this->high, lanes, -std::numeric_limits<float>::infinity());
  }

  void take(std::size_t lane, float value)
  {
    // False for not a number, too.
    const bool finite = std::fabs(value) <= std::numeric_limits<float>::max();
    const float forLow = finite ? value : std::numeric_limits<float>::infinity();
    const float forHigh = finite ? value : -std::numeric_limits<float>::infinity();
    this->low[lane] = forLow < this->low[lane] ? forLow : this->low[lane];
    this->high[lane] = forHigh > this->high[lane] ? forHigh : this->high[lane];
    this->notFinite[lane] += finite ? 0 : 1;
  }
};
}

void FiniteSummary::add(const FiniteSummary& other)
{
  this->range.low = std::min(this->range.low, other.range.low);
  this->range.high = std::max(this->range.high, other.range.high);
  this->notFinite += other.notFinite;
}

FiniteSummary summarize(const float* values, std::size_t count)
{
  FiniteSummary summary;
  // A lane counts with 32 bits.
  constexpr std::size_t most = std::size_t{ 1 } << 30;
  for (std::size_t begin = 0; begin < count; begin += most)
  {
    const std::size_t end = std::min(count, begin + most);
    Lanes found;
    std::size_t k = begin;
    for (; k + lanes <= end; k += lanes)
    {
      for (std::size_t lane = 0; lane < lanes; ++lane)
      {
        found.take(lane, values[k + lane]);
      }
    }
    for (std::size_t lane = 0; k < end; ++k, ++lane)
    {
      found.take(lane, values[k]);
    }
    for (std::size_t lane = 0; lane < lanes; ++lane)
    {
      summary.add(
        { { found.low[lane], found.high[lane] }, static_cast<std::size_t>(found.notFinite[lane]) });
    }
  }
  return summary;
}

FiniteRange finiteRange(const float* values, std::size_t count)
{
  return summarize(values, count).range;
}

std::vector<double> filterNorms(const FilterValues& filters, const ParallelFor& parallel)
{
  std::vector<double> norms(filters.filters);
  parallel(filters.filters,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        const float* values = filters.values + i * filters.filterSize();
        double squares[lanes] = {};
        for (std::size_t k = 0; k < filters.filterSize(); ++k)
        {
          const auto value = static_cast<double>(values[k]);
          squares[k % lanes] += std::isfinite(value) ? value * value : 0.0;
        }
        norms[i] = std::sqrt(std::accumulate(squares, squares + lanes, 0.0));
      }
    });
  return norms;
}

} // namespace tensorview
