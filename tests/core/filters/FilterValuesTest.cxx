#include "FilterValues.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

using namespace tensorview;

TEST(FilterValues, FiniteRangeLeavesOutWhatIsNotFinite)
{
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> values(37, 0.5F);
  values[3] = infinity;
  values[20] = -infinity;
  values[36] = nan;
  values[17] = -2.0F;
  values[35] = 3.0F;
  const FiniteRange range = finiteRange(values.data(), values.size());
  EXPECT_EQ(range.low, -2.0F);
  EXPECT_EQ(range.high, 3.0F);
  EXPECT_FALSE(range.empty());
}

TEST(FilterValues, NothingFiniteIsEmpty)
{
  const std::vector<float> values(20, std::numeric_limits<float>::quiet_NaN());
  EXPECT_TRUE(finiteRange(values.data(), values.size()).empty());
  EXPECT_TRUE(finiteRange(nullptr, 0).empty());
  const std::vector<float> infinite(20, std::numeric_limits<float>::infinity());
  EXPECT_TRUE(finiteRange(infinite.data(), infinite.size()).empty());
}

TEST(FilterValues, PlacesAreChecked)
{
  const GridLayout layout = layoutGrid(4, 4, { 2, 3, 3 });
  const std::int32_t slot[] = { 0, 3 };
  const std::int32_t channel[] = { 0, 1 };
  FilterValues filters;
  filters.filters = 2;
  filters.channels = 2;
  filters.rows = filters.columns = 3;
  filters.slot = slot;
  filters.channelSlot = channel;
  EXPECT_NO_THROW(checkPlaces(layout, filters));
  const std::int32_t outside[] = { 0, 4 };
  filters.slot = outside;
  EXPECT_THROW(checkPlaces(layout, filters), std::invalid_argument);
  filters.slot = slot;
  filters.channelSlot = outside;
  EXPECT_THROW(checkPlaces(layout, filters), std::invalid_argument);
  filters.channelSlot = channel;
  filters.rows = 2;
  EXPECT_THROW(checkPlaces(layout, filters), std::invalid_argument);
}

TEST(FilterValues, CountsWhatIsNotFinite)
{
  constexpr float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> values(50, 1.0F);
  values[0] = infinity;
  values[17] = -infinity;
  values[49] = std::numeric_limits<float>::quiet_NaN();
  FiniteSummary summary = summarize(values.data(), values.size());
  EXPECT_EQ(summary.notFinite, 3U);
  EXPECT_EQ(summary.range.low, 1.0F);
  summary.add(summarize(values.data(), 1));
  EXPECT_EQ(summary.notFinite, 4U);
  EXPECT_EQ(summary.range.high, 1.0F);
  EXPECT_TRUE(FiniteSummary().range.empty());
}

TEST(FilterValues, NormsAreOfTheFiniteValues)
{
  const std::vector<float> values = { 3, 4, std::numeric_limits<float>::infinity(), 2 };
  const std::int32_t slot[] = { 0, 1 };
  const FilterValues filters{ values.data(), 2, 1, 1, 2, slot, nullptr };
  EXPECT_EQ(filterNorms(filters), (std::vector<double>{ 5, 2 }));
}
