#include "Grouping.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace tensorview;

namespace
{
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

/// Symmetric matrix with 1 on the diagonal, from the pairs (1,0), (2,0), (2,1), (3,0) ...
std::vector<double> matrix(std::size_t filters, const std::vector<double>& pairs)
{
  std::vector<double> r(filters * filters, 1.0);
  std::size_t pair = 0;
  for (std::size_t i = 0; i < filters; ++i)
  {
    for (std::size_t j = 0; j < i; ++j, ++pair)
    {
      r[i * filters + j] = pairs[pair];
      r[j * filters + i] = pairs[pair];
    }
  }
  return r;
}
}

TEST(Grouping, TheSearchStopsAtTheFirstThresholdThatAPairReaches)
{
  // 1-0: 0.5, 2-0: 0.965, 2-1: 0.2, 3-0: 0.1, 3-1: 0.961, 3-2: 0
  const Grouping g = groupFilters(matrix(4, { 0.5, 0.965, 0.2, 0.1, 0.961, 0.0 }), 4);
  EXPECT_NEAR(g.threshold, 0.96, 1e-12);
  EXPECT_EQ(g.groups, 2); // both pairs reach 0.96
  EXPECT_EQ(g.group, (std::vector<int>{ 0, 1, 0, 1 }));
  EXPECT_EQ(g.survivor, (std::vector<std::size_t>{ 0, 1, 0, 1 }));
}

TEST(Grouping, TheSearchDoesNotGoBelowItsFloor)
{
  const std::vector<double> r = matrix(2, { 0.87 });
  EXPECT_EQ(groupFilters(r, 2).groups, 1);
  EXPECT_NEAR(groupFilters(r, 2).threshold, 0.87, 1e-12);
  GroupingOptions whileTraining;
  whileTraining.floor = 0.9;
  const Grouping g = groupFilters(r, 2, whileTraining);
  EXPECT_EQ(g.groups, 0);
  EXPECT_DOUBLE_EQ(g.threshold, 0.9);
  EXPECT_EQ(g.group, (std::vector<int>{ -1, -1 }));
  EXPECT_EQ(g.survivor, (std::vector<std::size_t>{ 0, 1 }));
}

TEST(Grouping, TheFloorItselfIsTried)
{
  EXPECT_EQ(groupFilters(matrix(2, { 0.85 }), 2).groups, 1);
  EXPECT_EQ(groupFilters(matrix(2, { 0.8499 }), 2).groups, 0);
}

TEST(Grouping, PairsAreJoinedTransitivelyAndTheLowestSurvives)
{
  // 4-2 and 2-1 are linked, 4-1 is not.
  std::vector<double> pairs(10, 0.0);
  pairs[2] = 0.95; // 2-1
  pairs[8] = 0.95; // 4-2
  GroupingOptions options;
  options.threshold = 0.9;
  const Grouping g = groupFilters(matrix(5, pairs), 5, options);
  EXPECT_EQ(g.group, (std::vector<int>{ -1, 0, 0, -1, 0 }));
  EXPECT_EQ(g.survivor, (std::vector<std::size_t>{ 0, 1, 1, 3, 1 }));
  EXPECT_DOUBLE_EQ(g.smallestCoefficient[4], 0.0);
  EXPECT_NEAR(g.meanCoefficient[4], (0.95 + 0.95 + 0.0) / 3.0, 1e-12);
  EXPECT_TRUE(std::isnan(g.meanCoefficient[0]));
  EXPECT_EQ(g.nearest[4], 2U);
  EXPECT_DOUBLE_EQ(g.nearestCoefficient[4], 0.95);
}

TEST(Grouping, NegativeAndUndefinedCoefficientsNeverGroup)
{
  const Grouping g = groupFilters(matrix(3, { -1.0, notANumber, notANumber }), 3);
  EXPECT_EQ(g.groups, 0);
  EXPECT_EQ(g.nearest[2], 2U);
  EXPECT_TRUE(std::isnan(g.nearestCoefficient[2]));
}

TEST(Grouping, EqualFiltersReachAThresholdOfOne)
{
  GroupingOptions options;
  options.threshold = 1.0;
  EXPECT_EQ(groupFilters(matrix(2, { 0.9999999 }), 2, options).groups, 1);
}

TEST(Grouping, NoneAndOne)
{
  EXPECT_EQ(groupFilters({}, 0).groups, 0);
  const Grouping g = groupFilters({ 1.0 }, 1);
  EXPECT_EQ(g.group, (std::vector<int>{ -1 }));
}

TEST(Grouping, RefusesNonsense)
{
  EXPECT_THROW(groupFilters({ 1.0 }, 2), std::invalid_argument);
  GroupingOptions options;
  options.threshold = 1.5;
  EXPECT_THROW(groupFilters({ 1.0 }, 1, options), std::invalid_argument);
  options.threshold = notANumber;
  EXPECT_THROW(groupFilters({ 1.0 }, 1, options), std::invalid_argument);
  options.threshold = 0.0;
  options.floor = -0.1;
  EXPECT_THROW(groupFilters({ 1.0 }, 1, options), std::invalid_argument);
}
