#include "MatrixOverview.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

using namespace tensorview;

namespace
{
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

/// Filter 1 is constant.
const std::vector<double> coefficients = {        //
  1.0, notANumber, -0.9, 0.2,                     //
  notANumber, notANumber, notANumber, notANumber, //
  -0.9, notANumber, 1.0, 0.5,                     //
  0.2, notANumber, 0.5, 1.0
};
const std::vector<std::size_t> inOrder = { 0, 1, 2, 3 };
}

TEST(MatrixOverview, BlocksAreThePowerOfTwoThatFits)
{
  EXPECT_EQ(chooseMatrixBlock(4, 16), 1U);
  EXPECT_EQ(chooseMatrixBlock(4, 15), 2U);
  EXPECT_EQ(chooseMatrixBlock(5, 9), 2U); // 3 x 3 pixels
  EXPECT_EQ(chooseMatrixBlock(4096, 4000000), 4U);
  EXPECT_EQ(chooseMatrixBlock(4096, 1), 4096U);
  EXPECT_EQ(chooseMatrixBlock(4, 0), 0U);
  EXPECT_EQ(chooseMatrixBlock(0, 10), 0U);
}

TEST(MatrixOverview, BlocksOfOneAreTheMatrix)
{
  const MatrixOverview all =
    overviewMatrix(coefficients, 4, inOrder, 1, Aggregate::LargestMagnitude);
  ASSERT_EQ(all.pixels, 4U);
  for (std::size_t i = 0; i < 16; ++i)
  {
    EXPECT_EQ(all.shown[i].row, i / 4);
    EXPECT_EQ(all.shown[i].column, i % 4);
    EXPECT_EQ(std::isnan(all.values[i]), std::isnan(coefficients[i]));
    if (!std::isnan(coefficients[i]))
    {
      EXPECT_EQ(all.values[i], static_cast<float>(coefficients[i]));
    }
  }
}

TEST(MatrixOverview, APixelShowsWhatTheAggregateSaysWithoutTheDiagonal)
{
  const auto pixels = [](Aggregate aggregate)
  { return overviewMatrix(coefficients, 4, inOrder, 2, aggregate); };
  const MatrixOverview largest = pixels(Aggregate::LargestMagnitude);
  ASSERT_EQ(largest.pixels, 2U);
  EXPECT_TRUE(std::isnan(largest.values[0])); // 0 and 1: the diagonal, and nothing of a constant
  EXPECT_EQ(largest.shown[0].row, 0U);
  EXPECT_EQ(largest.values[1], -0.9F);
  EXPECT_EQ(largest.shown[1].row, 0U);
  EXPECT_EQ(largest.shown[1].column, 2U);
  EXPECT_EQ(largest.shown[2].row, 2U);
  EXPECT_EQ(largest.values[3], 0.5F);
  EXPECT_FLOAT_EQ(pixels(Aggregate::Mean).values[1], -0.35F);
  EXPECT_EQ(pixels(Aggregate::Minimum).values[1], -0.9F);
  EXPECT_EQ(pixels(Aggregate::Maximum).values[1], 0.2F);
}

TEST(MatrixOverview, PlacesMayBeInAnyOrderOrWithoutAFilter)
{
  const MatrixOverview some =
    overviewMatrix(coefficients, 4, { 3, noFilter, 2 }, 2, Aggregate::LargestMagnitude);
  ASSERT_EQ(some.pixels, 2U);
  EXPECT_TRUE(std::isnan(some.values[0]));
  EXPECT_EQ(some.values[1], 0.5F); // of filters 3 and 2
  EXPECT_EQ(some.shown[1].column, 2U);
  EXPECT_EQ(some.values[3], 1.0F); // nothing but its diagonal
}

TEST(MatrixOverview, NothingAndNonsense)
{
  EXPECT_EQ(overviewMatrix({}, 0, {}, 1, Aggregate::Mean).pixels, 0U);
  EXPECT_THROW(overviewMatrix(coefficients, 3, inOrder, 1, Aggregate::Mean), std::invalid_argument);
  EXPECT_THROW(overviewMatrix(coefficients, 4, { 4 }, 1, Aggregate::Mean), std::invalid_argument);
  EXPECT_THROW(overviewMatrix(coefficients, 4, inOrder, 0, Aggregate::Mean), std::invalid_argument);
}
