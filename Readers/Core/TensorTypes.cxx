#include "TensorTypes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace tensorview
{
namespace
{

constexpr std::size_t laneCount = 16;

/// Smallest and largest finite value of every 16th element each, so that compilers, which may not
/// change the order of comparisons of floating point numbers, keep them side by side in registers.
struct Lanes
{
  std::array<float, laneCount> low;
  std::array<float, laneCount> high;
  std::array<std::int32_t, laneCount> notFinite = {};

  explicit Lanes(const ValueRange& begin)
  {
    this->low.fill(begin.finiteMin);
    this->high.fill(begin.finiteMax);
  }

  void see(std::size_t lane, float value)
  {
    const bool finite = std::fabs(value) <= std::numeric_limits<float>::max();
    const float forLow = finite ? value : this->low[lane];
    const float forHigh = finite ? value : this->high[lane];
    this->low[lane] = forLow < this->low[lane] ? forLow : this->low[lane];
    this->high[lane] = forHigh > this->high[lane] ? forHigh : this->high[lane];
    this->notFinite[lane] |= finite ? 0 : 1;
  }
};

} // namespace

ValueRange computeRange(const float* values, std::size_t count)
{
  ValueRange r;
  Lanes lanes(r);
  std::size_t i = 0;
  for (; i + laneCount <= count; i += laneCount)
  {
    for (std::size_t lane = 0; lane < laneCount; ++lane)
    {
      lanes.see(lane, values[i + lane]);
    }
  }
  for (std::size_t lane = 0; i < count; ++i, ++lane)
  {
    lanes.see(lane, values[i]);
  }
  r.finiteMin = r.min = *std::min_element(lanes.low.begin(), lanes.low.end());
  r.finiteMax = r.max = *std::max_element(lanes.high.begin(), lanes.high.end());
  if (std::find(lanes.notFinite.begin(), lanes.notFinite.end(), 1) != lanes.notFinite.end())
  {
    for (std::size_t k = 0; k < count; ++k)
    {
      if (std::isinf(values[k]))
      {
        r.min = std::min(r.min, values[k]);
        r.max = std::max(r.max, values[k]);
      }
    }
  }
  return r;
}

} // namespace tensorview
