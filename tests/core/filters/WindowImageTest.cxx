#include "WindowImage.h"

#include <gtest/gtest.h>

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
  paintValues(layout, filters, nullptr, image.data());
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
  paintFilters(layout, filters, slot, slots.data());
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
  paintValues(layout, { values.data(), 1, 2, 1, 1, slot, channel }, nullptr, image.data());
  EXPECT_EQ(image, (std::vector<float>{ gapValue, 10, 20, gapValue }));
}

TEST(WindowImage, Scales)
{
  const GridLayout layout = layoutGrid(1, 1, { 1, 1, 3 });
  const std::vector<float> values = { 2, 4, 6 };
  const std::int32_t slot[] = { 0 };
  const ValueScale scale = unitScale({ 2.0F, 6.0F });
  std::vector<float> image(3, gapValue);
  paintValues(layout, { values.data(), 1, 1, 1, 3, slot, nullptr }, &scale, image.data());
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
  EXPECT_THROW(paintValues(layout, { &value, 1, 1, 1, 1, slot, nullptr }, nullptr, &image),
    std::invalid_argument);
  EXPECT_THROW(paintFilters(layout, { &value, 1, 1, 1, 1, slot, nullptr }, &value, &image),
    std::invalid_argument);
}
