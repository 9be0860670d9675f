#include "PrincipalComponents.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace tensorview;

namespace
{
/// All columns at once.
PrincipalComponents find(std::vector<float> values, std::size_t vectors, std::size_t components = 3)
{
  SnapshotGram gram(vectors);
  gram.add(values.data(), values.size() / vectors);
  return findPrincipalComponents(gram, components);
}

constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();
}

TEST(PrincipalComponents, OfACrossByHand)
{
  // About (10, 20, 30): 3 to either side along x, 1 along y.
  const PrincipalComponents found = find({ 7, 20, 30, 13, 20, 30, 10, 19, 30, 10, 21, 30 }, 4);
  // Products about the mean: x 9 + 9, y 1 + 1.
  EXPECT_NEAR(found.variance, 20.0 / 4.0, 1e-6);
  EXPECT_NEAR(found.explained[0], 0.9, 1e-6);
  EXPECT_NEAR(found.explained[1], 0.1, 1e-6);
  EXPECT_EQ(found.explained[2], 0.0);
  EXPECT_NEAR(found.scores[0], -3.0, 1e-6); // the first vector is on the negative side
  EXPECT_NEAR(found.scores[3], 3.0, 1e-6);
  EXPECT_NEAR(std::abs(found.scores[7]), 1.0, 1e-6);
  EXPECT_NEAR(found.scores[7], -found.scores[10], 1e-6);
  EXPECT_EQ(found.scores[2], 0.0);
  EXPECT_EQ(found.leftOut, 0U);
}

TEST(PrincipalComponents, WhereTheFirstVectorLiesAtZeroTheFarthestIsPositive)
{
  const PrincipalComponents found = find({ 0, 0, -1, 0, 3, 0, -2, 0 }, 4, 1);
  EXPECT_NEAR(found.scores[0], 0.0, 1e-6);
  EXPECT_NEAR(found.scores[2], 3.0, 1e-6);
}

TEST(PrincipalComponents, ColumnsMayComeInPieces)
{
  const std::size_t vectors = 7;
  const std::size_t columns = 2000;
  std::vector<float> all(vectors * columns);
  for (std::size_t i = 0; i < all.size(); ++i)
  {
    // Nearly the same vectors, far from zero, with three directions of different lengths.
    const auto k = static_cast<float>(i % columns);
    const std::size_t vector = i / columns;
    all[i] = 100.0F + 0.03F * static_cast<float>(vector) * std::sin(0.37F * k) +
             0.01F * static_cast<float>(3 * vector % 7) * std::sin(1.1F * k) +
             0.003F * static_cast<float>(vector * vector % 7) * std::sin(2.3F * k);
  }
  const PrincipalComponents once = find(all, vectors);
  SnapshotGram gram(vectors);
  for (std::size_t first = 0; first < columns; first += 300)
  {
    const std::size_t count = std::min<std::size_t>(300, columns - first);
    std::vector<float> piece;
    for (std::size_t i = 0; i < vectors; ++i)
    {
      const auto from = all.begin() + static_cast<std::ptrdiff_t>(i * columns + first);
      piece.insert(piece.end(), from, from + static_cast<std::ptrdiff_t>(count));
    }
    gram.add(piece.data(), count);
  }
  const PrincipalComponents pieces = findPrincipalComponents(gram, 3);
  // Products are of single precision, and the third direction has 1 % of the variance.
  const double tolerance = 1e-4 * std::sqrt(once.variance);
  for (std::size_t i = 0; i < once.scores.size(); ++i)
  {
    EXPECT_NEAR(once.scores[i], pieces.scores[i], tolerance);
  }
  EXPECT_NEAR(once.explained[0], pieces.explained[0], 1e-5);
}

TEST(PrincipalComponents, VectorsThatAreNotFiniteAreOutWhereverTheyShowIt)
{
  SnapshotGram gram(4);
  std::vector<float> first = { 7, 20, 13, 20, 1000, 5, 10, 20 };
  std::vector<float> second = { 0, 0, notANumber, 0 };
  std::vector<float> infinite = { 0, 0, -std::numeric_limits<float>::infinity(), 0 };
  gram.add(first.data(), 2);
  gram.add(second.data(), 1);
  gram.add(infinite.data(), 1);
  EXPECT_TRUE(gram.isFinite(3));
  EXPECT_FALSE(gram.isFinite(2));
  const PrincipalComponents found = findPrincipalComponents(gram, 2);
  EXPECT_EQ(found.leftOut, 1U);
  EXPECT_TRUE(std::isnan(found.scores[4]));
  EXPECT_NEAR(found.scores[0], -3.0, 1e-5);
  EXPECT_NEAR(found.scores[2], 3.0, 1e-5);
  EXPECT_NEAR(found.scores[6], 0.0, 1e-5);
  EXPECT_NEAR(found.explained[0], 1.0, 1e-6);
}

TEST(PrincipalComponents, WithoutDirectionsEverythingIsAtTheOrigin)
{
  EXPECT_EQ(find({ 1, 2, 3 }, 1).scores, (std::vector<double>{ 0, 0, 0 }));
  const PrincipalComponents same = find({ 5, 6, 5, 6 }, 2);
  EXPECT_EQ(same.scores, std::vector<double>(6, 0.0));
  EXPECT_EQ(same.explained, std::vector<double>(3, 0.0));
  EXPECT_EQ(same.variance, 0.0);
  EXPECT_TRUE(find({}, 0 + 1).scores.size() == 3);
  EXPECT_TRUE(findPrincipalComponents(SnapshotGram(0), 3).scores.empty());
  const PrincipalComponents none = find({ notANumber, notANumber }, 2);
  EXPECT_EQ(none.leftOut, 2U);
  EXPECT_TRUE(std::isnan(none.scores[0]));
}

TEST(PrincipalComponents, FewerWeightsThanComponents)
{
  const PrincipalComponents found = find({ 1, 2, 6 }, 3);
  EXPECT_NEAR(found.scores[0], -2.0, 1e-6);
  EXPECT_NEAR(found.scores[6], 3.0, 1e-6);
  EXPECT_NEAR(found.explained[0], 1.0, 1e-9);
  EXPECT_EQ(found.scores[1], 0.0);
}
