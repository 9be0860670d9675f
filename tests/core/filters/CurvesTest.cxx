#include "Curves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

using namespace tensorview;

namespace
{
constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();
using Indices = std::vector<std::uint32_t>;
}

TEST(Curves, WindowIsTheMiddleOfTheCell)
{
  const GridLayout layout = layoutGrid(4, 4, { 1, 9, 9 }); // pitch 10
  const CurveWindow window = curveWindow(layout, {}, 3);
  EXPECT_DOUBLE_EQ(window.size, 0.9);
  EXPECT_DOUBLE_EQ(window.x, 1.05);
  EXPECT_DOUBLE_EQ(window.y, 1.05);
  const CurveWindow framed = curveWindow(layout, { 2.0, 3.0, 0.5 }, 3);
  EXPECT_DOUBLE_EQ(framed.size, 0.45);
  EXPECT_DOUBLE_EQ(framed.x, 2.0 + 0.525);
  EXPECT_DOUBLE_EQ(framed.y, 3.0 + 0.525);
}

TEST(Curves, BothAxesFillTheWindow)
{
  const std::vector<float> values = { 2, 6, 4 };
  const Indices indices = curveSamples(values.data(), 3, 100);
  EXPECT_EQ(indices, (Indices{ 0, 1, 2 }));
  std::vector<float> points(9);
  writeCurve(
    values.data(), 3, indices, unitScale({ 2.0F, 6.0F }), { 1.0, 2.0, 1.0 }, points.data());
  EXPECT_EQ(points, (std::vector<float>{ 1, 2, 0, 1.5F, 3, 0, 2, 2.5F, 0 }));
}

TEST(Curves, SamplesThatAreNotFiniteArePassedOver)
{
  const std::vector<float> values = { 1, notANumber, 3 };
  EXPECT_EQ(curveSamples(values.data(), 3, 100), (Indices{ 0, 2 }));
  const std::vector<float> none = { notANumber, notANumber };
  EXPECT_TRUE(curveSamples(none.data(), 2, 100).empty());
  EXPECT_TRUE(curveSamples(nullptr, 0, 100).empty());
}

TEST(Curves, ThinningKeepsEveryPeak)
{
  std::vector<float> values(1000, 1.0F);
  values[333] = 50.0F;
  values[334] = -50.0F;
  values[998] = notANumber;
  values[999] = 7.0F;
  const Indices indices = curveSamples(values.data(), values.size(), 20);
  EXPECT_LE(indices.size(), 20U);
  for (const std::uint32_t peak : { 333U, 334U, 999U })
  {
    EXPECT_NE(std::find(indices.begin(), indices.end(), peak), indices.end()) << peak;
  }
  EXPECT_TRUE(std::is_sorted(indices.begin(), indices.end()));
}

TEST(Curves, OneSampleIsALevelLine)
{
  const float value = 3.0F;
  const Indices indices = curveSamples(&value, 1, 2);
  ASSERT_EQ(indices, (Indices{ 0, 0 }));
  std::vector<float> points(6);
  writeCurve(&value, 1, indices, unitScale({ 0.0F, 6.0F }), {}, points.data());
  EXPECT_EQ(points, (std::vector<float>{ 0, 0.5F, 0, 1, 0.5F, 0 }));
}

TEST(Curves, RefusesFewerThanTwoSamples)
{
  const float value = 3.0F;
  EXPECT_THROW(curveSamples(&value, 1, 1), std::invalid_argument);
}
