#include "WindowImage.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace tensorview;

TEST(WindowImage, PaintsBySlotWithTheFirstRowOnTop)
{
  // Two filters of one 2 x 2 window, in slots 0 and 2 of a 2 x 2 grid; pitch 3.
  const GridLayout layout = layoutGrid(4, 4, { 1, 2, 2 });
  ASSERT_EQ(layout.pitch, 3);
  ASSERT_EQ(layout.width(), 5);
  const std::vector<float> values = { 1, 2, 3, 4, 5, 6, 7, 8 };
  const std::int32_t slot[] = { 0, 2 };
  FilterValues filters{ values.data(), 2, 1, 2, 2, slot, nullptr };
  std::vector<float> image(25, gapValue);
  paintValues(layout, filters, nullptr, wholeRegion(layout), image.data());
  constexpr float g = gapValue;
  const std::vector<float> expected = {
    3, 4, g, g, g, // lower row of slot 0
    1, 2, g, g, g, //
    g, g, g, g, g, //
    7, 8, g, g, g, //
    5, 6, g, g, g, //
  };
  EXPECT_EQ(image, expected);

  std::vector<int> slots(25, -1);
  paintFilters(layout, filters, slot, wholeRegion(layout), slots.data());
  EXPECT_EQ(slots[0], 0);
  EXPECT_EQ(slots[6], 0);
  EXPECT_EQ(slots[2], -1);
  EXPECT_EQ(slots[15], 2);
  EXPECT_EQ(slots[21], 2);
}

TEST(WindowImage, ChannelsKeepTheirPlaceWhenOthersAreRemoved)
{
  // One filter with channels 0..3 as a block of 2 x 2 single values, of which 1 and 2 are left.
  const GridLayout layout = layoutGrid(1, 1, { 4, 1, 1 });
  ASSERT_EQ(layout.width(), 2);
  const std::vector<float> values = { 10, 20 };
  const std::int32_t slot[] = { 0 };
  const std::int32_t channel[] = { 1, 2 };
  std::vector<float> image(4, gapValue);
  paintValues(layout, { values.data(), 1, 2, 1, 1, slot, channel }, nullptr, wholeRegion(layout),
    image.data());
  EXPECT_EQ(image, (std::vector<float>{ gapValue, 10, 20, gapValue }));
}

TEST(WindowImage, Scales)
{
  const GridLayout layout = layoutGrid(1, 1, { 1, 1, 3 });
  const std::vector<float> values = { 2, 4, 6 };
  const std::int32_t slot[] = { 0 };
  const ValueScale scale = unitScale({ 2.0F, 6.0F });
  std::vector<float> image(3, gapValue);
  paintValues(layout, { values.data(), 1, 1, 1, 3, slot, nullptr }, &scale, wholeRegion(layout),
    image.data());
  EXPECT_EQ(image, (std::vector<float>{ 0.0F, 0.5F, 1.0F }));
  EXPECT_EQ(unitScale({ 5.0F, 5.0F }).scale, 0.0F);
  EXPECT_EQ(unitScale(finiteRange(nullptr, 0)).scale, 0.0F);
}

TEST(WindowImage, RefusesASlotOutside)
{
  const GridLayout layout = layoutGrid(1, 1, { 1, 1, 1 });
  const float value = 1.0F;
  const std::int32_t slot[] = { 1 };
  float image = 0.0F;
  EXPECT_THROW(paintValues(layout, { &value, 1, 1, 1, 1, slot, nullptr }, nullptr,
                 wholeRegion(layout), &image),
    std::invalid_argument);
  EXPECT_THROW(paintFilters(layout, { &value, 1, 1, 1, 1, slot, nullptr }, &value,
                 wholeRegion(layout), &image),
    std::invalid_argument);
}

TEST(WindowImage, PaintsAPartOfTheGrid)
{
  // The four filters of one value of a 2 x 2 grid; only the upper right one lies in the image.
  const GridLayout layout = layoutGrid(4, 4, {});
  const PixelRegion region = regionOf(layout, { 3 });
  EXPECT_EQ(region.x, 2);
  EXPECT_EQ(region.y, 2);
  EXPECT_EQ(region.size(), 1);
  const PixelRegion both = regionOf(layout, { 0, 1 });
  EXPECT_EQ(both.width, 3);
  EXPECT_EQ(both.height, 1);
  EXPECT_EQ(regionOf(layout, {}).size(), 0);
  const float value = 5.0F;
  std::int32_t slot[] = { 3 };
  const FilterValues filters{ &value, 1, 1, 1, 1, slot, nullptr };
  float image = 0.0F;
  paintValues(layout, filters, nullptr, region, &image);
  EXPECT_EQ(image, 5.0F);
  slot[0] = 1;
  EXPECT_THROW(paintValues(layout, filters, nullptr, region, &image), std::invalid_argument);
}

TEST(WindowImage, AnOrderMovesFiltersToOtherPlaces)
{
  const GridLayout layout = layoutGrid(4, 4, {});
  const std::vector<float> values = { 1, 2 };
  const std::int32_t slot[] = { 0, 3 };
  const std::int32_t places[] = { 1, 2, 3, 0 };
  FilterValues filters{ values.data(), 2, 1, 1, 1, slot, nullptr, places };
  std::vector<float> image(9, gapValue);
  paintValues(layout, filters, nullptr, wholeRegion(layout), image.data());
  EXPECT_EQ(image[0], 2.0F);
  EXPECT_EQ(image[2], 1.0F);
}

TEST(WindowImage, WhatIsNotFiniteIsDrawnAsNotANumber)
{
  const GridLayout layout = layoutGrid(1, 1, { 1, 1, 3 });
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> values = { infinity, -infinity, 1.0F };
  const std::int32_t slot[] = { 0 };
  const FilterValues filters{ values.data(), 1, 1, 1, 3, slot, nullptr };
  std::vector<float> image(3, gapValue);
  const ValueScale scale = symmetricScale({ -2.0F, 1.0F });
  for (const ValueScale* scales : { static_cast<const ValueScale*>(nullptr), &scale })
  {
    paintValues(layout, filters, scales, wholeRegion(layout), image.data());
    EXPECT_TRUE(std::isnan(image[0]));
    EXPECT_TRUE(std::isnan(image[1]));
    EXPECT_EQ(image[2], scales ? 0.5F : 1.0F);
  }
  EXPECT_EQ(shownValues(filters, {})[2], 1.0F);
  EXPECT_TRUE(std::isnan(shownValues(filters, { scale })[1]));
}

TEST(WindowImage, NormalizesWindowsOrTheLayer)
{
  // Two filters of two windows of two values.
  const std::vector<float> values = { 0, 2, -4, 4, 1, 1, 0, 0 };
  const std::int32_t slot[] = { 0, 1 };
  const FilterValues filters{ values.data(), 2, 2, 1, 2, slot, nullptr };
  EXPECT_TRUE(scaleWindows(filters, { -4, 4 }, Normalization::None, false).empty());
  const std::vector<float> each =
    shownValues(filters, scaleWindows(filters, { -4, 4 }, Normalization::EachWindow, false));
  EXPECT_EQ(each, (std::vector<float>{ 0, 1, 0, 1, 0, 0, 0, 0 }));
  const std::vector<float> signs =
    shownValues(filters, scaleWindows(filters, { -4, 4 }, Normalization::EachWindow, true));
  EXPECT_EQ(signs, (std::vector<float>{ 0, 1, -1, 1, 1, 1, 0, 0 }));
  const std::vector<float> layer =
    shownValues(filters, scaleWindows(filters, { -4, 4 }, Normalization::WholeLayer, true));
  EXPECT_EQ(layer, (std::vector<float>{ 0, 0.5F, -1, 1, 0.25F, 0.25F, 0, 0 }));
  // Windows of a single value: a filter is scaled as one.
  const FilterValues single{ values.data(), 2, 4, 1, 1, slot, nullptr };
  EXPECT_EQ(shownValues(single, scaleWindows(single, { -4, 4 }, Normalization::EachWindow, true)),
    (std::vector<float>{ 0, 0.5F, -1, 1, 1, 1, 0, 0 }));
}
