#include "FilterRanking.h"
#include "MergeReference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <set>
#include <stdexcept>

using namespace tensorview;
using namespace tensorview::test;

namespace
{
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

SeenMaps seenBy(const std::vector<double>& gram, const std::vector<double>& products)
{
  SeenMaps seen(gram, static_cast<std::size_t>(std::sqrt(static_cast<double>(products.size()))));
  seen.addReader(products);
  return seen;
}

std::vector<std::size_t> filtersOf(const std::vector<RankedFilter>& ranking)
{
  std::vector<std::size_t> filters;
  for (const RankedFilter& ranked : ranking)
  {
    filters.push_back(ranked.filter);
  }
  return filters;
}

std::vector<double> identity(std::size_t rows)
{
  std::vector<double> matrix(rows * rows, 0.0);
  for (std::size_t i = 0; i < rows; ++i)
  {
    matrix[i * rows + i] = 1.0;
  }
  return matrix;
}
}

TEST(FilterRanking, ByHand)
{
  // Three filters over four samples that have nothing in common with one another or a constant;
  // energies 4, 16 and 1, outgoing weights of squared norm 1, 1 and 100.
  const std::vector<double> gram =
    gramOf({ { 1, 1, -1, -1 }, { 2, -2, 2, -2 }, { 0.5, -0.5, -0.5, 0.5 } });
  const std::vector<double> products = { 1, 0, 0, 0, 1, 0, 0, 0, 100 };
  const std::vector<RankedFilter> ranking = rankByLeastDamage({ seenBy(gram, products) }, 0);
  ASSERT_EQ(filtersOf(ranking), (std::vector<std::size_t>{ 0, 1, 2 }));
  // Of 4 + 16 + 100.
  EXPECT_NEAR(ranking[0].error, std::sqrt(4.0 / 120.0), 1e-6);
  EXPECT_NEAR(ranking[1].error, std::sqrt(16.0 / 120.0), 1e-6);
  EXPECT_NEAR(ranking[1].total, std::sqrt(20.0 / 120.0), 1e-6);
  EXPECT_NEAR(ranking[2].total, 1.0, 1e-6);
}

TEST(FilterRanking, ThatOfNumpy)
{
  const std::vector<RankedFilter> ranking =
    rankByLeastDamage({ seenBy(gramOf(referenceMaps()), referenceOutgoing()) }, 2);
  ASSERT_EQ(filtersOf(ranking), (std::vector<std::size_t>{ 1, 0, 5, 4 }));
  EXPECT_NEAR(ranking[0].error, 0.0087024777, 1e-7);
  EXPECT_NEAR(ranking[1].error, 0.1139493837, 1e-7);
  EXPECT_NEAR(ranking[2].error, 0.1570538434, 1e-7);
  EXPECT_NEAR(ranking[3].error, 0.1693918550, 1e-7);
  EXPECT_NEAR(ranking[3].total, 0.2577202076, 1e-7);
}

TEST(FilterRanking, ManyFiltersAsOneByOne)
{
  // More than two blocks of removals.
  constexpr std::size_t filters = 80;
  constexpr std::size_t samples = 200;
  std::mt19937 random(5);
  const auto draw = [&] { return static_cast<double>(random() % 1000) / 500.0 - 1.0; };
  std::vector<std::vector<double>> maps(filters, std::vector<double>(samples));
  std::vector<std::vector<double>> weights(filters, std::vector<double>(30));
  for (auto* rows : { &maps, &weights })
  {
    for (std::vector<double>& row : *rows)
    {
      std::generate(row.begin(), row.end(), draw);
    }
  }
  std::vector<double> products;
  for (const std::vector<double>& a : weights)
  {
    for (const std::vector<double>& b : weights)
    {
      products.push_back(std::inner_product(a.begin(), a.end(), b.begin(), 0.0));
    }
  }
  const SeenMaps seen = seenBy(gramOf(maps), products);
  const std::vector<RankedFilter> ranking = rankByLeastDamage({ seen }, 2);
  ASSERT_EQ(ranking.size(), filters - 2);

  // The formulas of SCIENCE as they are written, on whole matrices.
  constexpr std::size_t rows = filters + 1;
  std::vector<double> p = seen.reconstruction.inverse();
  std::vector<double> o(rows * rows, 0.0);
  for (std::size_t i = 0; i < filters; ++i)
  {
    for (std::size_t j = 0; j < filters; ++j)
    {
      o[i * rows + j] = seen.outgoing[i * filters + j];
    }
  }
  std::set<std::size_t> left;
  for (std::size_t i = 0; i < filters; ++i)
  {
    left.insert(i);
  }
  for (const RankedFilter& ranked : ranking)
  {
    const auto loss = [&](std::size_t d)
    { return (1.0 / p[d * rows + d] - seen.reconstruction.addedRidge()) * o[d * rows + d]; };
    const std::size_t least = *std::min_element(
      left.begin(), left.end(), [&](auto a, auto b) { return loss(a) < loss(b); });
    ASSERT_EQ(ranked.filter, least);
    ASSERT_NEAR(ranked.error, std::sqrt(loss(least)), 1e-9);
    left.erase(least);
    const std::vector<double> before = p;
    const std::vector<double> folded = o;
    const auto c = [&](std::size_t j)
    { return -before[least * rows + j] / before[least * rows + least]; };
    for (std::size_t i = 0; i < rows; ++i)
    {
      for (std::size_t j = 0; j < rows; ++j)
      {
        p[i * rows + j] += c(i) * before[least * rows + j];
        o[i * rows + j] += c(i) * folded[least * rows + j] + c(j) * folded[i * rows + least] +
                           c(i) * c(j) * folded[least * rows + least];
      }
    }
  }
  std::vector<std::size_t> order;
  for (const RankedFilter& ranked : ranking)
  {
    order.push_back(ranked.filter);
  }
  EXPECT_EQ(rankInOrder({ seen }, order).back().total, ranking.back().total);
}

TEST(FilterRanking, ErrorsAreThoseOfTheWholeReconstruction)
{
  const std::vector<double> gram = gramOf(referenceMaps());
  const std::vector<double> products = referenceOutgoing();
  const std::vector<std::size_t> order = { 4, 2, 0 };
  const std::vector<RankedFilter> ranking = rankInOrder({ seenBy(gram, products) }, order);
  ASSERT_EQ(filtersOf(ranking), order);
  const Reconstruction reconstruction(gram, 6);
  // But for what the ridge costs, which only one of the two counts.
  for (std::size_t count = 1; count <= order.size(); ++count)
  {
    const std::vector<std::size_t> dropped(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
    EXPECT_NEAR(ranking[count - 1].total,
      outputError(gram, products, dropped, reconstruction.coefficients(dropped)), 2e-4);
  }
}

TEST(FilterRanking, DeadDuplicateAndConstantFiltersGoFirst)
{
  const std::vector<double> gram = gramOf({ { 1, 5, 2, 9, 4 }, { 0, 0, 0, 0, 0 }, { 3, 1, 4, 1, 5 },
    { 1, 5, 2, 9, 4 }, { 7, 7, 7, 7, 7 }, { 2, 7, 1, 8, 2 } });
  const std::vector<RankedFilter> ranking = rankByLeastDamage({ seenBy(gram, identity(6)) }, 2);
  std::vector<std::size_t> first = filtersOf(ranking);
  first.resize(3);
  std::sort(first.begin(), first.end());
  EXPECT_TRUE(first == (std::vector<std::size_t>{ 0, 1, 4 }) ||
              first == (std::vector<std::size_t>{ 1, 3, 4 }));
  EXPECT_LT(ranking[2].total, 0.01);
  EXPECT_GT(ranking[3].total, 0.01);
}

TEST(FilterRanking, ALayerThatTakesNoConstantMakesConstantFiltersDear)
{
  const std::vector<double> gram = gramOf({ { 1, -1, 1, -1 }, { 3, 3, 3, 3 } });
  SeenMaps with(gram, 2);
  with.addReader(identity(2));
  SeenMaps without(gram, 2, defaultRidge, false);
  without.addReader(identity(2));
  EXPECT_EQ(rankByLeastDamage({ with }, 1)[0].filter, 1U);
  const std::vector<RankedFilter> ranking = rankByLeastDamage({ without }, 1);
  EXPECT_EQ(ranking[0].filter, 0U);
  EXPECT_NEAR(ranking[0].total, std::sqrt(4.0 / 40.0), 1e-5);
}

TEST(FilterRanking, SeveralReadersCountAlike)
{
  // The first reader only needs filter 0, the second filter 1, at a thousandth of the scale.
  const std::vector<double> gram = gramOf({ { 1, -1, 1, -1 }, { 1, 1, -1, -1 } });
  SeenMaps first(gram, 2);
  first.addReader({ 1e6, 0, 0, 1e5 });
  SeenMaps second(gram, 2);
  second.addReader({ 0.5, 0, 0, 1 });
  // Filter 0: 10/11 and 1/3, filter 1: 1/11 and 2/3.
  const std::vector<RankedFilter> ranking = rankByLeastDamage({ first, second }, 1);
  EXPECT_EQ(ranking[0].filter, 1U);
  EXPECT_NEAR(ranking[0].error, std::sqrt((1.0 / 11.0 + 2.0 / 3.0) / 2.0), 1e-6);
  // One that gets nothing does not count.
  SeenMaps idle(gram, 2);
  idle.addReader({ 0, 0, 0, 0 });
  EXPECT_EQ(idle.readers, 0U);
  EXPECT_NEAR(rankByLeastDamage({ first, idle }, 1)[0].error, std::sqrt(1.0 / 11.0), 1e-6);
}

TEST(FilterRanking, AllAndOne)
{
  const std::vector<SeenMaps> seen = { seenBy(gramOf({ { 1, 2 } }), { 1 }) };
  EXPECT_TRUE(rankByLeastDamage(seen, 1).empty());
  EXPECT_EQ(rankByLeastDamage(seen, 0).size(), 1U);
  EXPECT_THROW(rankByLeastDamage(seen, 2), std::invalid_argument);
  EXPECT_THROW(rankInOrder(seen, { 1 }), std::invalid_argument);
  EXPECT_THROW(rankInOrder(seen, { 0, 0 }), std::invalid_argument);
  EXPECT_THROW(rankByLeastDamage({}, 0), std::invalid_argument);
  EXPECT_THROW(
    rankByLeastDamage({ seen[0], seenBy(gramOf(referenceMaps()), referenceOutgoing()) }, 0),
    std::invalid_argument);
}

TEST(FilterRanking, RefusesStatisticsThatAreNotFinite)
{
  std::vector<double> gram = gramOf({ { 1, 2 }, { 2, 1 } });
  gram[4] = notANumber;
  try
  {
    const SeenMaps seen(gram, 2);
    FAIL();
  }
  catch (const std::invalid_argument& refusal)
  {
    EXPECT_STREQ(refusal.what(), "the maps of filter 1 are not finite");
  }
  SeenMaps seen(gramOf({ { 1, 2 }, { 2, 1 } }), 2);
  EXPECT_THROW(seen.addReader({ notANumber, 0, 0, 1 }), std::invalid_argument);
  EXPECT_THROW(seen.addReader({ 1 }), std::invalid_argument);
  EXPECT_THROW(SeenMaps({ 1, 2 }, 2), std::invalid_argument);
  EXPECT_THROW(orderBySmallest({ 1, notANumber }, 1), std::invalid_argument);
}

TEST(FilterRanking, BySmallestNorm)
{
  EXPECT_EQ(orderBySmallest({ 3, 1, 2, 1, 0.5 }, 2), (std::vector<std::size_t>{ 4, 1, 3 }));
  EXPECT_TRUE(orderBySmallest({ 3, 1 }, 2).empty());
  EXPECT_THROW(orderBySmallest({ 3, 1 }, 3), std::invalid_argument);
}

TEST(FilterRanking, ByCorrelation)
{
  // 1-3 at 0.99, then 0-1 at 0.95 (3 and 1 are one group by then), 2-4 at 0.9; 5 is constant.
  std::vector<double> c = identity(6);
  const auto set = [&](std::size_t i, std::size_t j, double value)
  { c[i * 6 + j] = c[j * 6 + i] = value; };
  set(1, 3, 0.99);
  set(0, 1, 0.95);
  set(0, 3, 0.94);
  set(2, 4, 0.9);
  for (std::size_t i = 0; i < 6; ++i)
  {
    set(i, 5, notANumber);
  }
  const std::vector<CorrelatedFilter> two = chooseCorrelated(c, 6, 4, -1.0);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].filter, 3U);
  EXPECT_EQ(two[0].survivor, 0U); // of the whole group in the end
  EXPECT_EQ(two[0].coefficient, 0.99);
  EXPECT_EQ(two[1].filter, 1U);
  EXPECT_EQ(two[1].survivor, 0U);
  EXPECT_EQ(chooseCorrelated(c, 6, 0, 0.9).size(), 3U);
  EXPECT_EQ(chooseCorrelated(c, 6, 0, 0.96).size(), 1U);
  EXPECT_EQ(chooseCorrelated(c, 6, 0, -1.0).size(), 4U); // all but the lowest and the constant one
  EXPECT_TRUE(chooseCorrelated(c, 6, 6, -1.0).empty());
  EXPECT_THROW(chooseCorrelated(c, 5, 1, 0.9), std::invalid_argument);
  EXPECT_THROW(chooseCorrelated(c, 6, 7, 0.9), std::invalid_argument);
}
