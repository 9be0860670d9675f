#include "GridFrame.h"

#include <algorithm>

namespace tensorview
{

std::int64_t frameColumns(std::int64_t grids)
{
  std::int64_t columns = 1;
  while (columns * columns < grids)
  {
    ++columns;
  }
  return columns;
}

std::vector<GridFrame> frameGrids(const std::vector<GridLayout>& grids)
{
  if (grids.size() == 1)
  {
    return { GridFrame() };
  }
  const std::int64_t columns = frameColumns(static_cast<std::int64_t>(grids.size()));
  std::vector<GridFrame> frames;
  for (const GridLayout& grid : grids)
  {
    const auto number = static_cast<std::int64_t>(frames.size());
    const auto across = static_cast<double>(grid.columns);
    const auto up = static_cast<double>(std::max<std::int64_t>(grid.rows, 1));
    GridFrame frame;
    frame.scale = 1.0 / std::max(across, up);
    frame.x =
      (1.0 + layerGap) * static_cast<double>(number % columns) + 0.5 * (1.0 - across * frame.scale);
    frame.y =
      (1.0 + layerGap) * static_cast<double>(number / columns) + 0.5 * (1.0 - up * frame.scale);
    frames.push_back(frame);
  }
  return frames;
}

std::vector<std::int64_t> placesInView(const GridLayout& layout, const GridFrame& frame,
  std::int64_t places, const double (&planes)[24], double height)
{
  std::vector<std::int64_t> seen;
  for (std::int64_t place = 0; place < places; ++place)
  {
    const double x = frame.x + frame.scale * static_cast<double>(place % layout.columns);
    const double y = frame.y + frame.scale * static_cast<double>(place / layout.columns);
    bool outside = false;
    for (int plane = 0; plane < 6 && !outside; ++plane)
    {
      const double* p = planes + 4 * plane;
      // The corner that lies farthest inside.
      const double farthest = p[0] * (p[0] > 0.0 ? x + frame.scale : x) +
                              p[1] * (p[1] > 0.0 ? y + frame.scale : y) +
                              p[2] * (p[2] > 0.0 ? height : -height) + p[3];
      outside = farthest < 0.0;
    }
    if (!outside)
    {
      seen.push_back(place);
    }
  }
  return seen;
}

} // namespace tensorview
