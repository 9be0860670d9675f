#ifndef TENSORVIEW_BOXES_H
#define TENSORVIEW_BOXES_H

#include "FilterValues.h"
#include "GridFrame.h"
#include "ParallelFor.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace tensorview
{

inline constexpr std::size_t boxPoints = 8;
inline constexpr std::size_t boxFaces = 6;
inline constexpr std::size_t boxFacePoints = 4;
/// Part of its pixel that a box covers each way: neighbours do not touch.
inline constexpr double boxFill = 0.9;

/// Corners of the faces, counterclockwise seen from outside; faces 0 and 1 are bottom and top.
extern const std::array<std::array<int, boxFacePoints>, boxFaces> boxCorners;

/// World height of a value of magnitude 1 so that the largest magnitude, rounded up to a power of
/// two, is half as high as a window is wide (counted as at least a quarter of a filter's content).
/// The rounding keeps the height of a weight the same over many steps of a training. 1 if there is
/// no finite value but zero.
double automaticHeightScale(const GridLayout& layout, double largestMagnitude);

/// Writes a box for each value, in the order of the values: a cube of boxFill pixels a side, whose
/// centre lies at the middle of the value's pixel and at z = value * heightScale (0 for values that
/// are not finite); all of it is then put into the frame.
/// @param points 24 floats for each value
/// @throws std::invalid_argument as checkPlaces()
void writeBoxes(const GridLayout& layout, const GridFrame& frame, const FilterValues& filters,
  double heightScale, float* points, const ParallelFor& parallel = serialFor);

/// Writes the points of the faces of `boxes` boxes, 24 for each.
template <typename Index>
void writeBoxFaces(std::size_t boxes, Index* connectivity)
{
  for (std::size_t box = 0; box < boxes; ++box)
  {
    for (const auto& face : boxCorners)
    {
      for (const int corner : face)
      {
        *connectivity++ = static_cast<Index>(box * boxPoints) + static_cast<Index>(corner);
      }
    }
  }
}

} // namespace tensorview

#endif
