#include "Boxes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

using namespace tensorview;

namespace
{
/// The middle of a box and its extent.
struct Box
{
  float middle[3];
  float extent[3];
};
Box measure(const float* points)
{
  Box box{};
  for (int axis = 0; axis < 3; ++axis)
  {
    float low = points[axis];
    float high = points[axis];
    for (std::size_t p = 0; p < boxPoints; ++p)
    {
      low = std::min(low, points[3 * p + static_cast<std::size_t>(axis)]);
      high = std::max(high, points[3 * p + static_cast<std::size_t>(axis)]);
    }
    box.middle[axis] = 0.5F * (low + high);
    box.extent[axis] = high - low;
  }
  return box;
}
}

TEST(Boxes, HeightIsTheValue)
{
  // A 2 x 2 window in slot 1 of two: pitch 3, so a pixel is a third.
  const GridLayout layout = layoutGrid(2, 2, { 1, 2, 2 });
  const std::vector<float> values = { 0.5F, -1.0F, std::numeric_limits<float>::quiet_NaN(), 2.0F };
  const std::int32_t slot[] = { 1 };
  std::vector<float> points(values.size() * 24);
  writeBoxes(layout, {}, { values.data(), 1, 1, 2, 2, slot, nullptr }, 2.0, points.data());
  const Box first = measure(points.data());
  // Row 0 is the upper one; the content begins half a pixel from the cell's edge.
  EXPECT_NEAR(first.middle[0], 1.0 + 1.0 / 3.0, 1e-6);
  EXPECT_NEAR(first.middle[1], 2.0 / 3.0, 1e-6);
  EXPECT_NEAR(first.middle[2], 1.0, 1e-6);
  for (const float extent : first.extent)
  {
    EXPECT_NEAR(extent, boxFill / 3.0, 1e-6);
  }
  EXPECT_NEAR(measure(points.data() + 24).middle[2], -2.0, 1e-6);
  EXPECT_EQ(measure(points.data() + 48).middle[2], 0.0F);
  EXPECT_NEAR(measure(points.data() + 48).middle[1], 1.0 / 3.0, 1e-6);
  EXPECT_NEAR(measure(points.data() + 72).middle[2], 4.0, 1e-6);
}

TEST(Boxes, AFrameMovesAndScalesAll)
{
  const GridLayout layout = layoutGrid(1, 1, {}); // pitch 2
  const float value = 1.0F;
  const std::int32_t slot[] = { 0 };
  std::vector<float> points(24);
  const GridFrame frame{ 10.0, 20.0, 0.5 };
  writeBoxes(layout, frame, { &value, 1, 1, 1, 1, slot, nullptr }, 3.0, points.data());
  const Box box = measure(points.data());
  EXPECT_NEAR(box.middle[0], 10.25, 1e-5);
  EXPECT_NEAR(box.middle[1], 20.25, 1e-5);
  EXPECT_NEAR(box.middle[2], 1.5, 1e-5);
  EXPECT_NEAR(box.extent[2], boxFill * 0.25, 1e-5);
}

TEST(Boxes, FacesLookOutward)
{
  const GridLayout layout = layoutGrid(1, 1, {});
  const float value = 0.0F;
  const std::int32_t slot[] = { 0 };
  std::vector<float> points(24);
  writeBoxes(layout, {}, { &value, 1, 1, 1, 1, slot, nullptr }, 1.0, points.data());
  const Box box = measure(points.data());
  for (const auto& face : boxCorners)
  {
    float edge[2][3];
    float outward[3];
    for (int axis = 0; axis < 3; ++axis)
    {
      const auto at = [&](int corner) {
        return points[static_cast<std::size_t>(3 * face[static_cast<std::size_t>(corner)] + axis)];
      };
      edge[0][axis] = at(1) - at(0);
      edge[1][axis] = at(2) - at(1);
      outward[axis] = 0.5F * (at(0) + at(2)) - box.middle[axis];
    }
    const float normal[] = { edge[0][1] * edge[1][2] - edge[0][2] * edge[1][1],
      edge[0][2] * edge[1][0] - edge[0][0] * edge[1][2],
      edge[0][0] * edge[1][1] - edge[0][1] * edge[1][0] };
    EXPECT_GT(normal[0] * outward[0] + normal[1] * outward[1] + normal[2] * outward[2], 0.0F);
  }
}

TEST(Boxes, FacesOfTheSecondBoxUseItsPoints)
{
  std::vector<int> connectivity(48);
  writeBoxFaces(2, connectivity.data());
  EXPECT_EQ(connectivity[0], 0);
  EXPECT_EQ(connectivity[24], 8);
  EXPECT_EQ(*std::max_element(connectivity.begin(), connectivity.end()), 15);
}

TEST(Boxes, AutomaticHeightIsHalfAWindowForTheLargestMagnitude)
{
  const GridLayout layout = layoutGrid(16, 16, { 1, 3, 3 }); // a window is 3/4 wide
  EXPECT_DOUBLE_EQ(automaticHeightScale(layout, 0.5), 0.75);
  EXPECT_DOUBLE_EQ(automaticHeightScale(layout, 0.3), 0.75);
  EXPECT_DOUBLE_EQ(automaticHeightScale(layout, 0.51), 0.375);
  EXPECT_DOUBLE_EQ(automaticHeightScale(layout, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(automaticHeightScale(layout, std::numeric_limits<double>::infinity()), 1.0);
}
