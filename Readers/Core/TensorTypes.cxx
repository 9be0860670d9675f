#include "TensorTypes.h"

#include <algorithm>
#include <cmath>

namespace tensorview
{

ValueRange computeRange(const float* values, std::size_t count)
{
  ValueRange r;
  // Two accumulators and no branches on the common path, so that the loop vectorises.
  float low = r.finiteMin;
  float high = r.finiteMax;
  bool infinite = false;
  for (std::size_t i = 0; i < count; ++i)
  {
    const float v = values[i];
    const bool finite = std::fabs(v) <= std::numeric_limits<float>::max();
    low = finite && v < low ? v : low;
    high = finite && v > high ? v : high;
    infinite |= !finite;
  }
  r.finiteMin = r.min = low;
  r.finiteMax = r.max = high;
  if (infinite)
  {
    for (std::size_t i = 0; i < count; ++i)
    {
      if (std::isinf(values[i]))
      {
        r.min = std::min(r.min, values[i]);
        r.max = std::max(r.max, values[i]);
      }
    }
  }
  return r;
}

} // namespace tensorview
