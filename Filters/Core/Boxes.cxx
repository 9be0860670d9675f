#include "Boxes.h"

#include <algorithm>
#include <cmath>

namespace tensorview
{

const std::array<std::array<int, boxFacePoints>, boxFaces> boxCorners = { { { 0, 3, 2, 1 },
  { 4, 5, 6, 7 }, { 0, 1, 5, 4 }, { 1, 2, 6, 5 }, { 2, 3, 7, 6 }, { 3, 0, 4, 7 } } };

double automaticHeightScale(const GridLayout& layout, double largestMagnitude)
{
  if (!(largestMagnitude > 0.0) || !std::isfinite(largestMagnitude))
  {
    return 1.0;
  }
  const double window = static_cast<double>(layout.windowColumns) * layout.spacing();
  const double content =
    static_cast<double>(std::max(layout.contentWidth(), layout.contentHeight())) * layout.spacing();
  const double rounded = std::exp2(std::ceil(std::log2(largestMagnitude)));
  return 0.5 * std::max(window, 0.25 * content) / rounded;
}

namespace
{
void writeBox(double x, double y, double z, double half, float* points)
{
  const auto x0 = static_cast<float>(x - half);
  const auto x1 = static_cast<float>(x + half);
  const auto y0 = static_cast<float>(y - half);
  const auto y1 = static_cast<float>(y + half);
  for (const double top : { -half, half })
  {
    const auto height = static_cast<float>(z + top);
    const float ring[] = { x0, y0, height, x1, y0, height, x1, y1, height, x0, y1, height };
    points = std::copy(std::begin(ring), std::end(ring), points);
  }
}
}

void writeBoxes(const GridLayout& layout, const GridFrame& frame, const FilterValues& filters,
  double heightScale, float* points, const ParallelFor& parallel)
{
  checkPlaces(layout, filters);
  const double spacing = frame.scale * layout.spacing();
  const double originX = frame.x + frame.scale * layout.originX();
  const double originY = frame.y + frame.scale * layout.originY();
  const double half = 0.5 * boxFill * spacing;
  parallel(filters.filters,
    [&](std::size_t begin, std::size_t end)
    {
      const float* value = filters.values + begin * filters.filterSize();
      float* box = points + begin * filters.filterSize() * boxPoints * 3;
      for (std::size_t i = begin; i < end; ++i)
      {
        const std::int64_t place = filters.filterPlace(i);
        for (std::size_t c = 0; c < filters.channels; ++c)
        {
          const std::int64_t channel = filters.channelPlace(c);
          const std::int64_t left = layout.contentX(place) + layout.windowX(channel);
          const std::int64_t bottom = layout.contentY(place) + layout.windowY(channel);
          for (std::int64_t row = layout.windowRows - 1; row >= 0; --row)
          {
            const double y = originY + (static_cast<double>(bottom + row) + 0.5) * spacing;
            for (std::int64_t column = 0; column < layout.windowColumns; ++column)
            {
              const double x = originX + (static_cast<double>(left + column) + 0.5) * spacing;
              const double z = std::isfinite(*value)
                                 ? static_cast<double>(*value) * heightScale * frame.scale
                                 : 0.0;
              writeBox(x, y, z, half, box);
              box += boxPoints * 3;
              ++value;
            }
          }
        }
      }
    });
}

} // namespace tensorview
