#ifndef TENSORVIEW_GRID_FRAME_H
#define TENSORVIEW_GRID_FRAME_H

#include "GridLayout.h"

#include <cstdint>
#include <vector>

namespace tensorview
{

/// Where a grid stands in a scene: world = (x, y) + scale * the grid's own coordinates.
struct GridFrame
{
  double x = 0.0;
  double y = 0.0;
  double scale = 1.0;
};

/// Space between the grids of several layers, as a part of the side of one.
inline constexpr double layerGap = 0.15;

/// Frames for the grids of several layers in one scene: each is scaled to a unit square and stands
/// in the middle of it; the squares form a near-square block with the first layer at the lower
/// left, growing to the right, then up, as filters do. A single grid keeps its own coordinates.
std::vector<GridFrame> frameGrids(const std::vector<GridLayout>& grids);

/// Squares side by side in the block of frameGrids().
std::int64_t frameColumns(std::int64_t grids);

/// The places whose unit cells a view sees.
/// @param planes of the view's frustum, (a, b, c, d) each, with a x + b y + c z + d >= 0 inside, as
/// vtkCamera::GetFrustumPlanes() has them
/// @param height cells are seen as boxes of -height <= z <= height
/// @return ascending; a cell beside an edge of the frustum may be among them though it is not seen
std::vector<std::int64_t> placesInView(const GridLayout& layout, const GridFrame& frame,
  std::int64_t places, const double (&planes)[24], double height);

} // namespace tensorview

#endif
