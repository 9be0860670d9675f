#include "Correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace tensorview;

namespace
{
constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();
constexpr float infinite = std::numeric_limits<float>::infinity();
// Coefficients come from products in single precision.
constexpr double tolerance = 1e-6;
}

TEST(Correlation, ByHand)
{
  // Deviations of a: -1.5 -0.5 0.5 1.5; of c: 0.25 -0.75 1.25 -0.75 (norms^2 5 and 2.75),
  // their product -0.375 + 0.375 + 0.625 - 1.125 = -0.5.
  const std::vector<float> values = {
    1, 2, 3, 4,     //
    10, 20, 30, 40, //
    2, 1, 3, 1,     //
    -1, -2, -3, -4  //
  };
  const Correlation r = correlate(values.data(), 4, 4);
  EXPECT_EQ(r.filters, 4U);
  EXPECT_NEAR(r.at(0, 1), 1.0, tolerance);
  EXPECT_NEAR(r.at(0, 3), -1.0, tolerance);
  EXPECT_NEAR(r.at(0, 2), -0.5 / std::sqrt(5.0 * 2.75), tolerance);
  EXPECT_EQ(r.at(2, 0), r.at(0, 2));
  for (std::size_t i = 0; i < 4; ++i)
  {
    EXPECT_EQ(r.at(i, i), 1.0);
  }
  EXPECT_TRUE(r.constant.empty());
  EXPECT_EQ(r.leftOut, 0U);
}

TEST(Correlation, LargeMeansDoNotSpoilIt)
{
  // The deviations are exactly representable beside the mean of 10000.
  std::vector<float> values;
  for (const float sign : { 1.0F, -1.0F })
  {
    for (int k = 0; k < 1000; ++k)
    {
      values.push_back(10000.0F + sign * 0.25F * static_cast<float>(k % 7));
    }
  }
  EXPECT_NEAR(correlate(values.data(), 2, 1000).at(0, 1), -1.0, tolerance);
}

TEST(Correlation, ConstantFiltersAreReportedAndHaveNone)
{
  const std::vector<float> values = { 0, 0, 0, 1, 2, 3, 0.1F, 0.1F, 0.1F };
  const Correlation r = correlate(values.data(), 3, 3);
  EXPECT_EQ(r.constant, (std::vector<std::size_t>{ 0, 2 }));
  EXPECT_TRUE(std::isnan(r.at(0, 0)));
  EXPECT_TRUE(std::isnan(r.at(0, 1)));
  EXPECT_TRUE(std::isnan(r.at(1, 2)));
  EXPECT_TRUE(std::isnan(r.at(0, 2)));
  EXPECT_EQ(r.at(1, 1), 1.0);
}

TEST(Correlation, SamplesThatAreNotFiniteAreLeftOut)
{
  const std::vector<float> values = {
    1, 2, 3, notANumber, 4, 9, //
    2, 4, 6, 0, 8, infinite    //
  };
  const Correlation r = correlate(values.data(), 2, 6);
  EXPECT_EQ(r.leftOut, 2U);
  EXPECT_NEAR(r.at(0, 1), 1.0, tolerance);
  EXPECT_TRUE(r.notFinite.empty());
}

TEST(Correlation, AFilterWithoutAFiniteValueDoesNotSpoilTheOthers)
{
  const std::vector<float> values = { notANumber, notANumber, notANumber, 1, 2, 3, 3, 2, 1 };
  const Correlation r = correlate(values.data(), 3, 3);
  EXPECT_EQ(r.notFinite, (std::vector<std::size_t>{ 0 }));
  EXPECT_TRUE(r.constant.empty());
  EXPECT_EQ(r.leftOut, 0U);
  EXPECT_TRUE(std::isnan(r.at(0, 0)));
  EXPECT_TRUE(std::isnan(r.at(0, 1)));
  EXPECT_NEAR(r.at(1, 2), -1.0, tolerance);
}

TEST(Correlation, NoFiltersNoSamplesOneSample)
{
  EXPECT_TRUE(correlate(nullptr, 0, 4).coefficients.empty());
  EXPECT_EQ(correlate(nullptr, 2, 0).constant.size(), 2U);
  const std::vector<float> values = { 1, 2 };
  const Correlation r = correlate(values.data(), 2, 1);
  EXPECT_EQ(r.constant.size(), 2U);
  EXPECT_TRUE(std::isnan(r.at(0, 1)));
}
