#include "MergeCoefficients.h"
#include "MergeReference.h"

#include <gtest/gtest.h>

#include <stdexcept>

using namespace tensorview;
using namespace tensorview::test;

TEST(MergeCoefficients, ByHand)
{
  // 1 is twice 0 and 1 more; 2 is constant; 3 goes the other way.
  const Reconstruction r(
    gramOf({ { 1, 2, 3, 6 }, { 3, 5, 7, 13 }, { 4, 4, 4, 4 }, { -1, -2, -3, -5 } }), 4, 1e-9);
  const std::vector<double> sum = mergeCoefficients(MergeMethod::Sum, r, { 1 }, { 0 });
  EXPECT_EQ(sum, (std::vector<double>{ 1, 0, 0, 0, 0 }));
  const std::vector<double> scale = mergeCoefficients(MergeMethod::Scale, r, { 1 }, { 0 });
  EXPECT_NEAR(scale[0], 2.0, 1e-12);
  EXPECT_NEAR(scale[4], 1.0, 1e-12);
  const std::vector<double> drop = mergeCoefficients(MergeMethod::Drop, r, { 1, 3 }, {});
  EXPECT_EQ(drop, std::vector<double>(10, 0.0));
  const std::vector<double> rebuilt = mergeCoefficients(MergeMethod::Reconstruct, r, { 1 }, {});
  EXPECT_NEAR(rebuilt[0], 2.0, 1e-4);
  EXPECT_EQ(rebuilt[1], 0.0);
  // The constant filter and the constant share what is left.
  EXPECT_NEAR(4 * rebuilt[2] + rebuilt[4], 1.0, 1e-4);
}

TEST(MergeCoefficients, ThatOfNumpy)
{
  const Reconstruction r(gramOf(referenceMaps()), 6);
  const std::vector<double> scale = mergeCoefficients(MergeMethod::Scale, r, { 5 }, { 1 });
  EXPECT_NEAR(scale[1], 1.804678378932, 1e-9);
  EXPECT_NEAR(scale[6], -0.072017457686, 1e-9);
}

TEST(MergeCoefficients, ConstantSurvivorsAndFilters)
{
  const Reconstruction r(gramOf({ { 1, 2, 3 }, { 4, 4, 4 }, { 0, 0, 0 } }), 3);
  // By a constant survivor, or by none, what is left is the mean.
  for (const std::size_t survivor : { std::size_t(1), noSurvivor })
  {
    const std::vector<double> c = mergeCoefficients(MergeMethod::Scale, r, { 0 }, { survivor });
    EXPECT_EQ(c[1], 0.0);
    EXPECT_NEAR(c[3], 2.0, 1e-12);
  }
  const std::vector<double> none = mergeCoefficients(MergeMethod::Sum, r, { 0 }, { noSurvivor });
  EXPECT_EQ(none, std::vector<double>(4, 0.0));
  const std::vector<double> constant = mergeCoefficients(MergeMethod::Scale, r, { 1 }, { 0 });
  EXPECT_NEAR(constant[0], 0.0, 1e-12);
  EXPECT_NEAR(constant[3], 4.0, 1e-12);
}

TEST(MergeCoefficients, NearestKept)
{
  const std::vector<double> gram = gramOf(
    { { 1, 2, 3, 6 }, { 3, 5, 7, 13 }, { 4, 4, 4, 4 }, { -1, -2, -3, -5 }, { 1, 2, 3, 5.5 } });
  EXPECT_EQ(nearestKept(gram, 5, { 1, 2, 3 }),
    (std::vector<std::size_t>{ 0, noSurvivor, 0 })); // 4 goes against 3 even more than 0 does
  EXPECT_EQ(nearestKept(gram, 5, { 0, 1, 2, 3, 4 }), std::vector<std::size_t>(5, noSurvivor));
}

TEST(MergeCoefficients, Refusals)
{
  const Reconstruction r(gramOf({ { 1, 2 }, { 2, 1 } }), 2);
  EXPECT_THROW(mergeCoefficients(MergeMethod::Sum, r, { 0 }, {}), std::invalid_argument);
  EXPECT_THROW(mergeCoefficients(MergeMethod::Sum, r, { 0 }, { 0 }), std::invalid_argument);
  EXPECT_THROW(mergeCoefficients(MergeMethod::Sum, r, { 0 }, { 2 }), std::invalid_argument);
  EXPECT_THROW(mergeCoefficients(MergeMethod::Drop, r, { 2 }, {}), std::invalid_argument);
  EXPECT_THROW(mergeCoefficients(MergeMethod::Drop, r, { 1, 1 }, {}), std::invalid_argument);
  EXPECT_THROW(nearestKept({ 1, 2 }, 2, { 0 }), std::invalid_argument);
}
