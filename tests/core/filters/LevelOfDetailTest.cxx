#include "LevelOfDetail.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

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
  const DetailLevel windows = chooseDetail(512, filter, 20000);
  EXPECT_EQ(windows.values, 0);
  EXPECT_EQ(windows.windows, 1);
  EXPECT_EQ(windows.elements, 512 * 32);
  EXPECT_EQ(chooseDetail(512, filter, 10000).windows, 2);
  EXPECT_EQ(chooseDetail(512, filter, 10000).elements, 512 * 9);
  EXPECT_EQ(chooseDetail(512, filter, 600).elements, 512);
}

TEST(LevelOfDetail, LargeWindowsKeepFourValuesASide)
{
  const FilterExtents filter{ 1, 28, 30 };
  const DetailLevel level = chooseDetail(2, filter, 2 * 14 * 15);
  EXPECT_EQ(level.values, 2);
  EXPECT_EQ(extentsAt(filter, level).rows, 14);
  EXPECT_EQ(extentsAt(filter, level).columns, 15);
  EXPECT_EQ(chooseDetail(2, filter, 2 * 14 * 15 - 1).values, 4);
  EXPECT_EQ(extentsAt(filter, chooseDetail(2, filter, 300)).columns, 8); // of 30, rounded up
  EXPECT_EQ(chooseDetail(2, filter, 2).values, 0);
  EXPECT_EQ(chooseDetail(2, { 1, 7, 7 }, 90).values, 0); // kernels become a single element
}

TEST(LevelOfDetail, ABudgetBelowTheNumberOfFiltersIsOverrunAndSaysSo)
{
  const DetailLevel level = chooseDetail(512, { 32, 7, 7 }, 0);
  EXPECT_EQ(level.elements, 512);
  EXPECT_EQ(chooseDetail(512, { 1, 1, 1 }, 10).elements, 512);
  EXPECT_EQ(chooseDetail(512, { 1, 28, 28 }, 0).elements, 512);
}

TEST(LevelOfDetail, WindowsOfOneValueSkipTheLevelOfWindows)
{
  EXPECT_EQ(chooseDetail(4, { 16, 1, 1 }, 63).windows, 2);
}

namespace
{
constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

/// The values at one level.
std::vector<float> reduced(const FilterValues& filters, const FilterExtents& filter,
  const DetailLevel& level, Aggregate aggregate)
{
  std::vector<Reduction> reductions{ { level, {} } };
  reduceFilters(filters, filter, aggregate, reductions);
  return reductions[0].values;
}
}

TEST(LevelOfDetail, ShowsWhatTheAggregateSays)
{
  // One filter of 4 channels of 1 x 2 values; channels in a block of 2 x 2.
  const std::vector<float> values = { 1, -2, 3, 0.5F, notANumber, infinity, notANumber, -0.25F };
  const std::int32_t slot[] = { 0 };
  const FilterValues filters{ values.data(), 1, 4, 1, 2, slot, nullptr };
  const FilterExtents extents{ 4, 1, 2 };
  const DetailLevel windows{ 0, 1, 4 };
  const DetailLevel all{ 0, 2, 1 };
  std::vector<Reduction> both{ { windows, {} }, { all, {} } };
  const FiniteSummary found = reduceFilters(filters, extents, Aggregate::LargestMagnitude, both);
  EXPECT_EQ(found.notFinite, 3U);
  EXPECT_EQ(found.range.low, -2.0F);
  EXPECT_EQ(found.range.high, 3.0F);
  ASSERT_EQ(both[0].values.size(), 4U);
  EXPECT_EQ(both[0].values[0], -2.0F);
  EXPECT_EQ(both[0].values[1], 3.0F);
  EXPECT_TRUE(std::isnan(both[0].values[2]));
  EXPECT_EQ(both[0].values[3], -0.25F);
  EXPECT_EQ(both[1].values, std::vector<float>{ 3.0F });

  EXPECT_EQ(reduced(filters, extents, windows, Aggregate::Minimum)[1], 0.5F);
  EXPECT_EQ(reduced(filters, extents, windows, Aggregate::Maximum)[0], 1.0F);
  EXPECT_EQ(reduced(filters, extents, windows, Aggregate::Mean)[0], -0.5F);
  EXPECT_EQ(reduced(filters, extents, windows, Aggregate::Mean)[3], -0.25F);
  EXPECT_TRUE(std::isnan(reduced(filters, extents, windows, Aggregate::Mean)[2]));
  EXPECT_EQ(reduced(filters, extents, all, Aggregate::Mean)[0], 2.25F / 5.0F);
}

TEST(LevelOfDetail, BlocksOfValuesKeepTheirPlaceInTheWindow)
{
  // 3 x 5 values 0 .. 14 in blocks of 2 x 2: the last row and column are smaller.
  std::vector<float> values(15);
  std::iota(values.begin(), values.end(), 0.0F);
  const std::int32_t slot[] = { 0 };
  const FilterValues filters{ values.data(), 1, 1, 3, 5, slot, nullptr };
  const DetailLevel level{ 2, 1, 6 };
  EXPECT_EQ(reduced(filters, { 1, 3, 5 }, level, Aggregate::LargestMagnitude),
    (std::vector<float>{ 6, 8, 9, 11, 13, 14 }));
  EXPECT_EQ(reduced(filters, { 1, 3, 5 }, level, Aggregate::Mean),
    (std::vector<float>{ 3, 5, 6.5F, 10.5F, 12.5F, 14 }));
}

TEST(LevelOfDetail, ThreadsDoNotMatter)
{
  std::vector<float> values(10 * 6 * 4);
  std::iota(values.begin(), values.end(), -100.0F);
  std::vector<std::int32_t> slot(10);
  std::iota(slot.begin(), slot.end(), 0);
  const FilterValues filters{ values.data(), 10, 6, 2, 2, slot.data(), nullptr };
  const ParallelFor backwards = [](std::size_t count, const RangeWork& work)
  {
    for (std::size_t i = count; i > 0; --i)
    {
      work(i - 1, i);
    }
  };
  std::vector<Reduction> one{ { { 0, 2, 0 }, {} } };
  std::vector<Reduction> other = one;
  reduceFilters(filters, { 6, 2, 2 }, Aggregate::Mean, one);
  reduceFilters(filters, { 6, 2, 2 }, Aggregate::Mean, other, backwards);
  EXPECT_EQ(one[0].values, other[0].values);
}

TEST(LevelOfDetail, UsesThePlaceOfTheChannel)
{
  const std::vector<float> values = { 1, 2 };
  const std::int32_t slot[] = { 0 };
  const std::int32_t channel[] = { 0, 3 };
  const FilterValues filters{ values.data(), 1, 2, 1, 1, slot, channel };
  const DetailLevel windows{ 0, 1, 4 };
  const std::vector<float> result =
    reduced(filters, { 4, 1, 1 }, windows, Aggregate::LargestMagnitude);
  ASSERT_EQ(result.size(), 4U);
  EXPECT_EQ(result[0], 1.0F);
  EXPECT_TRUE(std::isnan(result[1]));
  EXPECT_EQ(result[3], 2.0F);
  const std::int32_t outside[] = { 0, 4 };
  EXPECT_THROW(
    reduced({ values.data(), 1, 2, 1, 1, slot, outside }, { 4, 1, 1 }, windows, Aggregate::Mean),
    std::invalid_argument);
  EXPECT_THROW(reduced(filters, { 4, 1, 1 }, {}, Aggregate::Mean), std::invalid_argument);
}
