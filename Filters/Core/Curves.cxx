#include "Curves.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace tensorview
{

CurveWindow curveWindow(const GridLayout& layout, const GridFrame& frame, std::int64_t place)
{
  const std::int64_t extent = std::max(layout.contentWidth(), layout.contentHeight());
  const double size = static_cast<double>(extent) * layout.spacing();
  const double margin = 0.5 * (1.0 - size);
  CurveWindow window;
  window.size = frame.scale * size;
  window.x = frame.x + frame.scale * (static_cast<double>(place % layout.columns) + margin);
  window.y = frame.y + frame.scale * (static_cast<double>(place / layout.columns) + margin);
  return window;
}

namespace
{
/// The smallest and largest finite value in [begin, end), in the order of their places.
void appendExtremes(
  const float* values, std::size_t begin, std::size_t end, std::vector<std::uint32_t>& indices)
{
  std::size_t low = end;
  std::size_t high = end;
  for (std::size_t k = begin; k < end; ++k)
  {
    if (!std::isfinite(values[k]))
    {
      continue;
    }
    low = low == end || values[k] < values[low] ? k : low;
    high = high == end || values[k] > values[high] ? k : high;
  }
  if (low == end)
  {
    return;
  }
  indices.push_back(static_cast<std::uint32_t>(std::min(low, high)));
  if (low != high)
  {
    indices.push_back(static_cast<std::uint32_t>(std::max(low, high)));
  }
}
}

std::vector<std::uint32_t> curveSamples(const float* values, std::size_t count, std::size_t most)
{
  if (most < 2)
  {
    throw std::invalid_argument("a curve needs at least 2 samples to be drawn");
  }
  std::vector<std::uint32_t> indices;
  indices.reserve(std::min(count, most));
  if (count > most)
  {
    const std::size_t stretches = most / 2;
    for (std::size_t s = 0; s < stretches; ++s)
    {
      appendExtremes(values, s * count / stretches, (s + 1) * count / stretches, indices);
    }
    return indices;
  }
  for (std::size_t k = 0; k < count; ++k)
  {
    if (std::isfinite(values[k]))
    {
      indices.push_back(static_cast<std::uint32_t>(k));
    }
  }
  if (count == 1 && !indices.empty())
  {
    indices.push_back(0);
  }
  return indices;
}

void writeCurve(const float* values, std::size_t count, const std::vector<std::uint32_t>& indices,
  const ValueScale& scale, const CurveWindow& window, float* points)
{
  const double step = count > 1 ? window.size / static_cast<double>(count - 1) : 0.0;
  for (std::size_t i = 0; i < indices.size(); ++i)
  {
    const std::uint32_t k = indices[i];
    const double x = count > 1 ? step * k : (i > 0 ? window.size : 0.0);
    const auto y = static_cast<double>((values[k] - scale.low) * scale.scale);
    *points++ = static_cast<float>(window.x + x);
    *points++ = static_cast<float>(window.y + y * window.size);
    *points++ = 0.0F;
  }
}

} // namespace tensorview
