#include "LevelOfDetail.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace tensorview;

TEST(LevelOfDetail, EverythingWithinTheBudgetIsExact)
{
  const DetailLevel level = chooseDetail(16, { 1, 3, 3 }, 144);
  EXPECT_TRUE(level.exact());
  EXPECT_EQ(level.elements, 144);
}

TEST(LevelOfDetail, CoarsensToWindowsThenBlocksThenFilters)
{
  const FilterExtents filter{ 32, 7, 7 }; // a block of 6 x 6 windows
  EXPECT_EQ(chooseDetail(512, filter, 20000).windows, 1);
  EXPECT_EQ(chooseDetail(512, filter, 20000).elements, 512 * 36);
  EXPECT_EQ(chooseDetail(512, filter, 10000).windows, 2);
  EXPECT_EQ(chooseDetail(512, filter, 10000).elements, 512 * 9);
  EXPECT_EQ(chooseDetail(512, filter, 600).elements, 512);
}

TEST(LevelOfDetail, ABudgetBelowTheNumberOfFiltersIsOverrunAndSaysSo)
{
  const DetailLevel level = chooseDetail(512, { 32, 7, 7 }, 0);
  EXPECT_EQ(level.elements, 512);
  EXPECT_EQ(chooseDetail(512, { 1, 1, 1 }, 10).elements, 512);
}

TEST(LevelOfDetail, WindowsOfOneValueSkipTheLevelOfWindows)
{
  EXPECT_EQ(chooseDetail(4, { 16, 1, 1 }, 63).windows, 2);
}

TEST(LevelOfDetail, KeepsTheLargestMagnitude)
{
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  // One filter of 4 channels of 1 x 2 values; channels in a block of 2 x 2.
  const std::vector<float> values = { 1, -2, 3, 0.5F, nan, nan, nan, -0.25F };
  const std::int32_t slot[] = { 0 };
  const FilterValues filters{ values.data(), 1, 4, 1, 2, slot, nullptr };
  const FilterExtents extents{ 4, 1, 2 };
  const std::vector<float> windows = largestMagnitudes(filters, extents, { 1, 4 });
  ASSERT_EQ(windows.size(), 4U);
  EXPECT_EQ(windows[0], -2.0F);
  EXPECT_EQ(windows[1], 3.0F);
  EXPECT_TRUE(std::isnan(windows[2]));
  EXPECT_EQ(windows[3], -0.25F);
  EXPECT_EQ(largestMagnitudes(filters, extents, { 2, 1 }), std::vector<float>{ 3.0F });
}

TEST(LevelOfDetail, UsesThePlaceOfTheChannel)
{
  const std::vector<float> values = { 1, 2 };
  const std::int32_t slot[] = { 0 };
  const std::int32_t channel[] = { 0, 3 };
  const FilterValues filters{ values.data(), 1, 2, 1, 1, slot, channel };
  const std::vector<float> result = largestMagnitudes(filters, { 4, 1, 1 }, { 1, 4 });
  EXPECT_EQ(result[0], 1.0F);
  EXPECT_TRUE(std::isnan(result[1]));
  EXPECT_EQ(result[3], 2.0F);
  const std::int32_t outside[] = { 0, 4 };
  EXPECT_THROW(
    largestMagnitudes({ values.data(), 1, 2, 1, 1, slot, outside }, { 4, 1, 1 }, { 1, 4 }),
    std::invalid_argument);
  EXPECT_THROW(largestMagnitudes(filters, { 4, 1, 1 }, {}), std::invalid_argument);
}
