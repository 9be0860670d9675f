#ifndef TENSORVIEW_CURVES_H
#define TENSORVIEW_CURVES_H

#include "GridFrame.h"
#include "GridLayout.h"
#include "WindowImage.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tensorview
{

/// The square that a curve is drawn into, in world units.
struct CurveWindow
{
  double x = 0.0;
  double y = 0.0;
  double size = 1.0;
};

/// Window of a place: the square in the middle of the filter's cell that the layout's gap leaves.
CurveWindow curveWindow(const GridLayout& layout, const GridFrame& frame, std::int64_t place);

/// Indices of the samples to draw, ascending: of each of most / 2 equal stretches the smallest and
/// the largest finite value, so that no peak vanishes; all finite ones if there are not more than
/// `most`. A curve of a single sample gets it twice, so that it is a level line.
/// @throws std::invalid_argument if `most` is below 2
std::vector<std::uint32_t> curveSamples(const float* values, std::size_t count, std::size_t most);

/// Writes the points of a curve: x = index / (count - 1) and y = the scaled value, from [0, 1] to
/// the window; z = 0. With count = 1 the first point lies at x = 0, the others at x = 1.
/// @param points 3 floats for each index
void writeCurve(const float* values, std::size_t count, const std::vector<std::uint32_t>& indices,
  const ValueScale& scale, const CurveWindow& window, float* points);

} // namespace tensorview

#endif
