#include "GridFrame.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace tensorview;

TEST(GridFrame, OneGridKeepsItsCoordinates)
{
  const std::vector<GridFrame> frames = frameGrids({ layoutGrid(16, 16, {}) });
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].x, 0.0);
  EXPECT_EQ(frames[0].scale, 1.0);
}

TEST(GridFrame, SeveralGridsStandInUnitSquares)
{
  // 4 x 4, 2 x 1, 4 x 4 filters; two squares a row.
  const std::vector<GridFrame> frames =
    frameGrids({ layoutGrid(16, 16, {}), layoutGrid(2, 2, {}), layoutGrid(16, 16, {}) });
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_DOUBLE_EQ(frames[0].x, 0.0);
  EXPECT_DOUBLE_EQ(frames[0].y, 0.0);
  EXPECT_DOUBLE_EQ(frames[0].scale, 0.25);
  EXPECT_DOUBLE_EQ(frames[1].x, 1.0 + layerGap);
  EXPECT_DOUBLE_EQ(frames[1].y, 0.25); // half as high as wide: in the middle
  EXPECT_DOUBLE_EQ(frames[1].scale, 0.5);
  EXPECT_DOUBLE_EQ(frames[2].x, 0.0);
  EXPECT_DOUBLE_EQ(frames[2].y, 1.0 + layerGap);
  EXPECT_TRUE(frameGrids({}).empty());
  EXPECT_EQ(frameColumns(53), 8);
}

TEST(GridFrame, PlacesInViewAreThoseInsideAllPlanes)
{
  const GridLayout layout = layoutGrid(16, 16, {}); // 4 x 4 cells
  // x from 1.5 to 2.5, y from 0.5 to 1.5, z from -5 to 5.
  const double planes[24] = { 1, 0, 0, -1.5, -1, 0, 0, 2.5, 0, 1, 0, -0.5, 0, -1, 0, 1.5, 0, 0, 1,
    5, 0, 0, -1, 5 };
  EXPECT_EQ(placesInView(layout, {}, 16, planes, 0.5), (std::vector<std::int64_t>{ 1, 2, 5, 6 }));
  EXPECT_EQ(placesInView(layout, {}, 6, planes, 0.5), (std::vector<std::int64_t>{ 1, 2, 5 }));
  const GridFrame away{ 100.0, 0.0, 1.0 };
  EXPECT_TRUE(placesInView(layout, away, 16, planes, 0.5).empty());
  // A view that begins above the flat cells sees them only by their height.
  double above[24];
  std::copy(planes, planes + 24, above);
  above[19] = -0.3;
  EXPECT_TRUE(placesInView(layout, {}, 16, above, 0.2).empty());
  EXPECT_EQ(placesInView(layout, {}, 16, above, 0.5).size(), 4U);
}
