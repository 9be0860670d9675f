#include "Grouping.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

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

TEST(Grouping, CompleteLinkageWantsAllPairs)
{
  // The chain of the test before: 2-1 is as strong as 4-2 and has the lower filters.
  std::vector<double> pairs(10, 0.0);
  pairs[2] = 0.95; // 2-1
  pairs[8] = 0.95; // 4-2
  GroupingOptions options;
  options.threshold = 0.9;
  options.linkage = Linkage::Complete;
  Grouping g = groupFilters(matrix(5, pairs), 5, options);
  EXPECT_EQ(g.group, (std::vector<int>{ -1, 0, 0, -1, -1 }));
  EXPECT_EQ(g.members, (std::vector<std::vector<std::size_t>>{ { 1, 2 } }));
  pairs[8] = 0.96;
  g = groupFilters(matrix(5, pairs), 5, options);
  EXPECT_EQ(g.members, (std::vector<std::vector<std::size_t>>{ { 2, 4 } }));
  EXPECT_DOUBLE_EQ(g.smallestCoefficient[4], 0.96);
  pairs[7] = 0.91; // 4-1: now all three
  g = groupFilters(matrix(5, pairs), 5, options);
  EXPECT_EQ(g.members, (std::vector<std::vector<std::size_t>>{ { 1, 2, 4 } }));
  EXPECT_DOUBLE_EQ(g.smallestCoefficient[4], 0.91);
}

TEST(Grouping, CompleteLinkageIsThatOfTheDefinition)
{
  // Against joining by brute force, on coefficients with many ties.
  for (unsigned seed = 0; seed < 20; ++seed)
  {
    constexpr std::size_t filters = 12;
    std::mt19937 random(seed);
    std::vector<double> pairs(filters * (filters - 1) / 2);
    for (double& pair : pairs)
    {
      pair = 0.8 + 0.02 * static_cast<double>(random() % 10);
    }
    const std::vector<double> r = matrix(filters, pairs);
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < filters; ++i)
    {
      groups.push_back({ i });
    }
    for (;;)
    {
      double best = 0.9 - groupingTolerance;
      std::size_t a = 0;
      std::size_t b = 0;
      for (std::size_t i = 0; i < groups.size(); ++i)
      {
        for (std::size_t j = i + 1; j < groups.size(); ++j)
        {
          double weakest = 1.0;
          for (const std::size_t x : groups[i])
          {
            for (const std::size_t y : groups[j])
            {
              weakest = std::min(weakest, r[x * filters + y]);
            }
          }
          if (weakest > best || (b == 0 && weakest >= best))
          {
            best = weakest;
            a = i;
            b = j;
          }
        }
      }
      if (b == 0)
      {
        break;
      }
      groups[a].insert(groups[a].end(), groups[b].begin(), groups[b].end());
      groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(b));
    }
    std::vector<std::vector<std::size_t>> expected;
    for (std::vector<std::size_t>& group : groups)
    {
      std::sort(group.begin(), group.end());
      if (group.size() > 1)
      {
        expected.push_back(group);
      }
    }
    GroupingOptions options;
    options.threshold = 0.9;
    options.linkage = Linkage::Complete;
    EXPECT_EQ(groupFilters(r, filters, options).members, expected) << seed;
  }
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
