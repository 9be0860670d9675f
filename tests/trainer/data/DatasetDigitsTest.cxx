#include "DatasetDigits.h"
#include "DigitStrokes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

using namespace tensorview;

namespace
{
using Picture = std::array<std::uint8_t, 784>;

Picture draw(std::int64_t seed, std::int64_t index)
{
  Picture picture{};
  drawDigit(seed, index, picture.data());
  return picture;
}
}

TEST(DatasetDigits, CountsAndLabels)
{
  const Dataset data = drawDigits(3, { 200, 30, 50 });
  EXPECT_EQ(data.name, "digits");
  EXPECT_EQ(data.rows, 28);
  EXPECT_EQ(data.columns, 28);
  EXPECT_EQ(data.channels, 1);
  EXPECT_EQ(data.classNames.size(), 10U);
  EXPECT_EQ(data.training.count(), 200);
  EXPECT_EQ(data.validation.count(), 30);
  EXPECT_EQ(data.test.count(), 50);
  EXPECT_EQ(data.test.images.size(), 50U * 784U);
  EXPECT_EQ(data.validation.indices.front(), 200);
  EXPECT_EQ(data.test.labels.back(), 9);
}

TEST(DatasetDigits, DefaultsAreThoseOfTheDesign)
{
  const DigitCounts counts;
  EXPECT_EQ(counts.training, 50000);
  EXPECT_EQ(counts.validation, 5000);
  EXPECT_EQ(counts.test, 10000);
}

TEST(DatasetDigits, AnImageDependsOnSeedAndIndexAlone)
{
  const Dataset data = drawDigits(7, { 1200, 10, 10 });
  for (const std::int64_t index : { 0, 499, 500, 1199 })
  {
    const Picture alone = draw(7, index);
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), data.training.images.begin() + index * 784))
      << index;
  }
  const Picture validation = draw(7, 1203);
  EXPECT_TRUE(
    std::equal(validation.begin(), validation.end(), data.validation.images.begin() + 3 * 784));
  EXPECT_EQ(draw(7, 4), draw(7, 4));
  EXPECT_NE(draw(7, 4), draw(8, 4));
  EXPECT_NE(draw(7, 4), draw(7, 14));
}

TEST(DatasetDigits, EveryImageHasInkAndAMargin)
{
  for (std::int64_t index = 0; index < 500; ++index)
  {
    const Picture picture = draw(1, index);
    const auto ink = std::count_if(picture.begin(), picture.end(), [](int v) { return v > 100; });
    EXPECT_GT(ink, 15) << index;
    EXPECT_LT(ink, 350) << index;
    EXPECT_GE(*std::max_element(picture.begin(), picture.end()), 150) << index;
  }
}

TEST(DatasetDigits, DigitsAreMostLikeThemselves)
{
  // The mean image of each class recognises most images: the classes are apart.
  std::array<std::array<double, 784>, 10> mean{};
  for (std::int64_t index = 0; index < 2000; ++index)
  {
    const Picture picture = draw(1, index);
    for (std::size_t i = 0; i < 784; ++i)
    {
      mean[index % 10][i] += double(picture[i]) / 200.0;
    }
  }
  int right = 0;
  for (std::int64_t index = 2000; index < 3000; ++index)
  {
    const Picture picture = draw(1, index);
    const auto distance = [&](const std::array<double, 784>& to)
    {
      double sum = 0.0;
      for (std::size_t i = 0; i < 784; ++i)
      {
        sum += (picture[i] - to[i]) * (picture[i] - to[i]);
      }
      return sum;
    };
    const auto nearest = std::min_element(mean.begin(), mean.end(),
      [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    right += (nearest - mean.begin()) == index % 10 ? 1 : 0;
  }
  EXPECT_GT(right, 600) << "of 1000";
  EXPECT_LT(right, 1000) << "of 1000: too easy for a network to be worth watching";
}

TEST(DatasetDigits, CanBeInterrupted)
{
  EXPECT_THROW(drawDigits(1, { 5000, 10, 10 }, [](double) { return false; }), DatasetError);
}

TEST(DigitStrokes, SmoothStrokesPassThroughTheirPoints)
{
  const Stroke stroke{ { { 0.0F, 0.0F }, { 0.5F, 1.0F }, { 1.0F, 0.0F } }, true };
  std::vector<StrokePoint> line;
  appendPolyline(stroke, line);
  ASSERT_EQ(line.size(), 11U);
  EXPECT_NEAR(line[5].x, 0.5F, 1e-6F);
  EXPECT_NEAR(line[5].y, 1.0F, 1e-6F);
  EXPECT_NEAR(line[10].x, 1.0F, 1e-6F);
  appendPolyline({ {}, true }, line); // an empty stroke adds nothing
  EXPECT_EQ(line.size(), 11U);
}

TEST(Dataset, UnknownNamesAreRefused)
{
  EXPECT_THROW(loadDataset("imagenet", "", 1), DatasetError);
}
