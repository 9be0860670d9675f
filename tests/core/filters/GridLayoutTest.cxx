#include "GridLayout.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

using namespace tensorview;

TEST(GridLayout, ColumnsAreTheSmallestPowerOfTwoNotBelowTheRoot)
{
  EXPECT_EQ(gridColumns(0), 1);
  EXPECT_EQ(gridColumns(1), 1);
  EXPECT_EQ(gridColumns(2), 2);
  EXPECT_EQ(gridColumns(4), 2);
  EXPECT_EQ(gridColumns(5), 4);
  EXPECT_EQ(gridColumns(16), 4);
  EXPECT_EQ(gridColumns(17), 8);
  EXPECT_EQ(gridColumns(32), 8);
  EXPECT_EQ(gridColumns(64), 8);
  EXPECT_EQ(gridColumns(65), 16);
  EXPECT_EQ(gridColumns(4096), 64);
}

TEST(GridLayout, FirstFilterIsAtTheLowerLeftAndNumbersGrowRightThenUp)
{
  const GridLayout layout = layoutGrid(16, 16, { 1, 3, 3 });
  EXPECT_EQ(layout.columns, 4);
  EXPECT_EQ(layout.rows, 4);
  EXPECT_EQ(layout.pitch, 4); // three pixels and a gap of one
  EXPECT_EQ(layout.contentX(0), 0);
  EXPECT_EQ(layout.contentY(0), 0);
  EXPECT_EQ(layout.contentX(3), 12);
  EXPECT_EQ(layout.contentY(3), 0);
  EXPECT_EQ(layout.contentX(4), 0);
  EXPECT_EQ(layout.contentY(4), 4);
  EXPECT_EQ(layout.width(), 15);
  EXPECT_EQ(layout.height(), 15);
  EXPECT_DOUBLE_EQ(layout.spacing(), 0.25);
  EXPECT_DOUBLE_EQ(layout.originX(), 0.125);
}

TEST(GridLayout, GrownFiltersAddRowsAndKeepTheColumns)
{
  const GridLayout layout = layoutGrid(16, 18, { 1, 3, 3 });
  EXPECT_EQ(layout.columns, 4);
  EXPECT_EQ(layout.rows, 5);
  EXPECT_EQ(layout.contentX(17), 4);
  EXPECT_EQ(layout.contentY(17), 16);
}

TEST(GridLayout, ChannelsFormANearSquareBlock)
{
  const GridLayout layout = layoutGrid(64, 64, { 3, 3, 3 });
  EXPECT_EQ(layout.columns, 8);
  EXPECT_EQ(layout.rows, 8);
  EXPECT_EQ(layout.blockColumns, 2);
  EXPECT_EQ(layout.blockRows, 2);
  EXPECT_EQ(layout.contentWidth(), 7); // 3 + gap + 3
  EXPECT_EQ(layout.windowX(0), 0);
  EXPECT_EQ(layout.windowY(0), 0);
  EXPECT_EQ(layout.windowX(1), 4);
  EXPECT_EQ(layout.windowY(2), 4);
  EXPECT_GT(layout.pitch - layout.contentWidth(), layout.channelGap);
}

TEST(GridLayout, WindowsOfOneValueTouch)
{
  const GridLayout layout = layoutGrid(10, 10, { 512, 1, 1 });
  EXPECT_EQ(layout.blockColumns, 23);
  EXPECT_EQ(layout.blockRows, 23);
  EXPECT_EQ(layout.channelGap, 0);
  EXPECT_EQ(layout.contentWidth(), 23);
}

TEST(GridLayout, NoTwoWindowsShareAPixelAndAllLieInside)
{
  for (const std::int64_t channels : { 1, 2, 3, 5, 7, 12, 33 })
  {
    const GridLayout layout = layoutGrid(6, 7, { channels, 2, 3 }, { 0.0 });
    std::set<std::pair<std::int64_t, std::int64_t>> pixels;
    for (std::int64_t slot = 0; slot < 7; ++slot)
    {
      for (std::int64_t channel = 0; channel < channels; ++channel)
      {
        for (std::int64_t row = 0; row < 2; ++row)
        {
          for (std::int64_t column = 0; column < 3; ++column)
          {
            const std::int64_t x = layout.contentX(slot) + layout.windowX(channel) + column;
            const std::int64_t y = layout.contentY(slot) + layout.windowY(channel) + row;
            EXPECT_TRUE(pixels.emplace(x, y).second);
            EXPECT_LT(x, layout.width());
            EXPECT_LT(y, layout.height());
          }
        }
      }
    }
  }
}

TEST(GridLayout, CellsAgreeForAllExtents)
{
  // The middle of slot 5's content is the middle of its unit cell, whatever is drawn there.
  for (const FilterExtents& filter : { FilterExtents{ 1, 28, 28 }, FilterExtents{ 16, 3, 3 },
         FilterExtents{ 2, 5, 5 }, FilterExtents{ 1, 1, 1 }, FilterExtents{ 1, 4, 9 } })
  {
    const GridLayout layout = layoutGrid(16, 16, filter);
    const double x =
      layout.originX() + (layout.contentX(5) + 0.5 * layout.contentWidth()) * layout.spacing();
    const double y =
      layout.originY() + (layout.contentY(5) + 0.5 * layout.contentHeight()) * layout.spacing();
    EXPECT_NEAR(x, 1.5, 1e-12);
    EXPECT_NEAR(y, 1.5, 1e-12);
  }
}

TEST(GridLayout, NoFiltersMakeNoPixels)
{
  const GridLayout layout = layoutGrid(0, 0, {});
  EXPECT_EQ(layout.width(), 0);
  EXPECT_EQ(layout.height(), 0);
}

TEST(GridLayout, ColumnsAndWindowGapsCanBeChosen)
{
  const GridLayout layout = layoutGrid(16, 16, { 4, 1, 10 }, { 0.1, 0.25, 3 });
  EXPECT_EQ(layout.columns, 3);
  EXPECT_EQ(layout.rows, 6);
  EXPECT_EQ(layout.channelGap, 3); // of 10 columns, rounded
  EXPECT_EQ(layout.contentWidth(), 23);
  EXPECT_GT(layout.pitch - layout.contentWidth(), layout.channelGap);
  EXPECT_EQ(layoutGrid(1, 1, { 4, 1, 1 }, { 0.1, 5.0 }).channelGap, 0);
}

TEST(GridLayout, RefusesNonsense)
{
  EXPECT_THROW(layoutGrid(1, 1, {}, { 0.1, -1.0 }), std::invalid_argument);
  EXPECT_THROW(layoutGrid(1, 1, {}, { 0.1, 0.0, -1 }), std::invalid_argument);
  EXPECT_THROW(layoutGrid(-1, 1, {}), std::invalid_argument);
  EXPECT_THROW(layoutGrid(1, -1, {}), std::invalid_argument);
  EXPECT_THROW(layoutGrid(1, 1, { 0, 1, 1 }), std::invalid_argument);
  EXPECT_THROW(layoutGrid(1, 1, { 1, 0, 1 }), std::invalid_argument);
  EXPECT_THROW(layoutGrid(1, 1, {}, { -0.1 }), std::invalid_argument);
  EXPECT_THROW(
    layoutGrid(1, 1, {}, { std::numeric_limits<double>::quiet_NaN() }), std::invalid_argument);
  EXPECT_THROW(
    layoutGrid(1, 1, { 1, 1, std::numeric_limits<std::int64_t>::max() }), std::invalid_argument);
  EXPECT_THROW(layoutGrid(1 << 20, 1 << 20, { 1, 1 << 24, 1 }), std::invalid_argument);
}
