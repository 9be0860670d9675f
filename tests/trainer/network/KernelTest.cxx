// The kernels that need no torch, against values computed by hand or the plain way.

#include "../../../Trainer/Core/Torch/Distribution.h"
#include "../../../Trainer/Core/Torch/FilterKernels.h"
#include "../../../Trainer/Core/Torch/LossKernels.h"
#include "../../../Trainer/Core/Torch/OptimizerKernels.h"
#include "../../../Trainer/Core/Torch/PoolKernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>

using namespace tensorview;

namespace
{
constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

std::vector<float> drawNormal(std::size_t count, unsigned seed)
{
  std::mt19937 generator(seed);
  std::normal_distribution<float> distribution(0.1F, 2.0F);
  std::vector<float> values(count);
  std::generate(values.begin(), values.end(), [&] { return distribution(generator); });
  return values;
}

Distribution describe(const std::vector<float>& values, float low, float high)
{
  DistributionScratch scratch;
  return describeDistribution(values.data(), values.size(), low, high, scratch);
}
}

TEST(Distribution, selectsQuartilesExactly)
{
  for (const std::size_t count : { 1u, 2u, 3u, 4u, 5u, 100u, 9999u })
  {
    std::vector<float> values = drawNormal(count, 3);
    const Distribution result = describe(values, -1.0F, 1.0F);
    std::sort(values.begin(), values.end());
    EXPECT_EQ(result.lowerQuartile, values[(count - 1) / 4]) << count;
    EXPECT_EQ(result.median, values[2 * (count - 1) / 4]) << count;
    EXPECT_EQ(result.upperQuartile, values[3 * (count - 1) / 4]) << count;
  }
}

TEST(Distribution, selectsFromManyValuesBesideAnOutlier)
{
  std::vector<float> values = drawNormal(100000, 5);
  values.push_back(1e6F); // nearly all others are in one bin
  const Distribution result =
    describe(values, *std::min_element(values.begin(), values.end()), 1e6F);
  EXPECT_EQ(result.histogram.front(), 100000u);
  EXPECT_EQ(result.histogram.back(), 1u);
  std::sort(values.begin(), values.end());
  EXPECT_EQ(result.lowerQuartile, values[25000]);
  EXPECT_EQ(result.median, values[50000]);
  EXPECT_EQ(result.upperQuartile, values[75000]);
}

TEST(Distribution, selectsAmongManyEqualValues)
{
  std::vector<float> values(1000, 0.0F);
  values.resize(1400, 5.0F);
  values.resize(1500, -3.0F);
  const Distribution result = describe(values, -3.0F, 5.0F);
  EXPECT_EQ(result.lowerQuartile, 0.0F);
  EXPECT_EQ(result.median, 0.0F);
  EXPECT_EQ(result.upperQuartile, 5.0F);
}

TEST(Distribution, countsBinsWithBothEdges)
{
  std::vector<float> values = { 0.0F, 0.5F, 1.0F, 63.0F, 63.5F, 64.0F };
  const Distribution result = describe(values, 0.0F, 64.0F);
  EXPECT_EQ(result.histogram[0], 2u);
  EXPECT_EQ(result.histogram[1], 1u);
  EXPECT_EQ(result.histogram[63], 3u);
  EXPECT_EQ(std::accumulate(result.histogram.begin(), result.histogram.end(), 0u), 6u);
}

TEST(Distribution, leavesNanOutAndOrdersInfinities)
{
  const Distribution result =
    describe({ notANumber, -infinity, 2.0F, notANumber, infinity, -notANumber, 1.0F, 3.0F },
      -infinity, infinity);
  EXPECT_EQ(result.lowerQuartile, 1.0F);
  EXPECT_EQ(result.median, 2.0F);
  EXPECT_EQ(result.upperQuartile, 3.0F);
  EXPECT_EQ(std::accumulate(result.histogram.begin(), result.histogram.end(), 0u), 5u);
  EXPECT_TRUE(std::isnan(describe({ notANumber, notANumber }, 0.0F, 1.0F).median));
  EXPECT_TRUE(std::isnan(describe({}, 0.0F, 1.0F).median));
}

TEST(Distribution, countsAConstantInOneBin)
{
  const Distribution result = describe({ 4.0F, 4.0F, 4.0F }, 4.0F, 4.0F);
  EXPECT_EQ(result.median, 4.0F);
  EXPECT_EQ(result.histogram[0], 3u);
}

TEST(Distribution, samplesAllPlacesOfAFilter)
{
  const std::size_t count = 512 * 1568;
  const std::size_t distance = sampleDistance(count, 1568, 4096);
  EXPECT_EQ(distance, 197u); // 196 would meet 8 places of a filter only
  std::vector<bool> seen(1568, false);
  for (std::size_t i = 0; i < count; i += distance)
  {
    seen[i % 1568] = true;
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 1568);
  EXPECT_EQ(sampleDistance(10, 10, 4096), 1u);
}

TEST(Distribution, fillsTwelveStatistics)
{
  Moments moments;
  moments.sum = 6.0;
  moments.absoluteSum = 8.0;
  moments.squareSum = 30.0;
  moments.nonZero = 3;
  moments.min = -1.0F;
  moments.max = 5.0F;
  Distribution distribution;
  distribution.lowerQuartile = -0.5F;
  distribution.median = 1.0F;
  distribution.upperQuartile = 2.0F;
  float out[statisticCount];
  fillStatistics(moments, 4, distribution, out);
  const float expected[] = { 5.0F, 1.5F, 1.0F, -1.0F, 3.0F, 8.0F, std::sqrt(30.0F), -0.5F, 2.0F,
    std::sqrt(5.25F), 6.0F, 5.25F };
  for (std::size_t i = 0; i < statisticCount; ++i)
  {
    EXPECT_FLOAT_EQ(out[i], expected[i]) << statisticNames[i];
  }
}

TEST(FilterChange, measuresNormsAndBands)
{
  const float before[] = { 1.0F, 1.0F, 1.0F, 0.0F, 0.0F, -1.0F, 3.0F };
  const float after[] = { 3.0F, 1.5F, 1.0F, 0.0F, 1e-9F, -1.0005F, 3.0F };
  const float gradient[] = { 3.0F, 4.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F };
  const FilterChange change = measureChange(before, after, gradient, 7);
  EXPECT_FLOAT_EQ(change.gradientNorm, 5.0F);
  EXPECT_NEAR(change.changeNorm, std::sqrt(4.0 + 0.25 + 0.0005 * 0.0005), 1e-6);
  EXPECT_NEAR(change.weightNorm, std::sqrt(9.0 + 2.25 + 1.0 + 1.0005 * 1.0005 + 9.0), 1e-6);
  // Twice as large, half as much more, unchanged, zero unchanged, zero changed, 5e-4, unchanged.
  EXPECT_EQ(change.bands, (std::array<std::uint32_t, 8>{ 2, 1, 0, 0, 1, 0, 0, 3 }));
}

TEST(SoftmaxCrossEntropy, knowsLossGradientAndPrediction)
{
  const float scores[] = { 0.0F, std::log(3.0F), 5.0F, 5.0F };
  const std::int64_t labels[] = { 1, 1 };
  float gradient[4];
  std::uint16_t predicted[2];
  const LossSum sum = softmaxCrossEntropy(scores, labels, 2, 2, 2, gradient, predicted);
  EXPECT_NEAR(sum.loss, -std::log(0.75) + std::log(2.0), 1e-6);
  EXPECT_EQ(sum.correct, 1); // of equal scores the first counts
  EXPECT_EQ(predicted[0], 1);
  EXPECT_EQ(predicted[1], 0);
  const float expected[] = { 0.125F, -0.125F, 0.25F, -0.25F };
  for (int i = 0; i < 4; ++i)
  {
    EXPECT_NEAR(gradient[i], expected[i], 1e-7);
  }
}

TEST(SoftmaxCrossEntropy, standsLargeScoresAndTellsNan)
{
  const float scores[] = { 1000.0F, -1000.0F, notANumber, 0.0F };
  const std::int64_t labels[] = { 0, 1 };
  EXPECT_NEAR(softmaxCrossEntropy(scores, labels, 1, 2, 1, nullptr, nullptr).loss, 0.0, 1e-6);
  EXPECT_TRUE(
    std::isnan(softmaxCrossEntropy(scores + 2, labels + 1, 1, 2, 1, nullptr, nullptr).loss));
}

TEST(PoolKernels, poolsForwardAndBackward)
{
  // One channel of 2 x 4: windows { 1, 2, 3, -1 } and { -5, -6, -7, -8 }.
  const float maps[] = { 1.0F, 2.0F, -5.0F, -6.0F, 3.0F, -1.0F, -7.0F, -8.0F };
  const float bias[] = { 1.0F };
  const PoolExtents extents = { 2, 4, 1 };
  float pooled[2];
  std::uint8_t source[2];
  biasReluPool(maps, bias, pooled, source, extents);
  EXPECT_EQ(pooled[0], 4.0F);
  EXPECT_EQ(pooled[1], 0.0F);
  EXPECT_EQ(source[0], 2);
  EXPECT_EQ(source[1], noSource);

  const float pooledGradient[] = { 7.0F, 9.0F };
  float gradient[8];
  float biasGradient[] = { 0.5F };
  biasReluPoolBackward(pooledGradient, source, gradient, biasGradient, extents);
  const float expected[] = { 0.0F, 0.0F, 0.0F, 0.0F, 7.0F, 0.0F, 0.0F, 0.0F };
  EXPECT_TRUE(std::equal(gradient, gradient + 8, expected));
  EXPECT_EQ(biasGradient[0], 7.5F);

  float sum[8] = {};
  addBiasRelu(maps, bias, sum, extents);
  const float expectedSum[] = { 2.0F, 3.0F, 0.0F, 0.0F, 4.0F, 0.0F, 0.0F, 0.0F };
  EXPECT_TRUE(std::equal(sum, sum + 8, expectedSum));

  float gradientSum[8] = {};
  addPoolGradient(pooledGradient, source, gradientSum, extents);
  const float expectedGradientSum[] = { 0.0F, 0.0F, 9.0F, 0.0F, 7.0F, 0.0F, 0.0F, 0.0F };
  EXPECT_TRUE(std::equal(gradientSum, gradientSum + 8, expectedGradientSum));
}

TEST(PoolKernels, passNanOn)
{
  const float maps[] = { notANumber, notANumber, notANumber, notANumber };
  const float bias[] = { 0.0F };
  float pooled = 0.0F;
  std::uint8_t source = 0;
  biasReluPool(maps, bias, &pooled, &source, { 2, 2, 1 });
  EXPECT_TRUE(std::isnan(pooled));
}

class OptimizerKernels : public testing::TestWithParam<std::size_t>
{
};

TEST_P(OptimizerKernels, updateToTheSameBytesWithAndWithoutMoments)
{
  const std::size_t count = this->GetParam();
  const std::vector<float> gradients = drawNormal(count, 1);
  std::vector<float> values[2] = { drawNormal(count, 2), drawNormal(count, 2) };
  std::vector<float> first[2] = { drawNormal(count, 3), drawNormal(count, 3) };
  std::vector<float> second[2] = { std::vector<float>(count, 0.3F),
    std::vector<float>(count, 0.3F) };
  const auto span = [&](int i)
  {
    return UpdateSpan{ values[i].data(), gradients.data(), first[i].data(), second[i].data(),
      count };
  };
  SgdRule sgd = { 0.01F, 0.9F, 0.001F };
  AdamRule adam;
  adam.weightDecay = 0.01F;
  adam.oneMinusBeta1 = 0.1F;
  adam.beta2 = 0.999F;
  adam.oneMinusBeta2 = 0.001F;
  adam.stepSize = 0.001F;
  adam.secondCorrection = 0.5F;
  adam.epsilon = 1e-8F;
  Moments moments;
  Moments slopes;
  updateSgd(span(0), sgd);
  updateAdam(span(0), adam);
  updateSgdWithMoments(span(1), sgd, moments, slopes);
  moments = slopes = Moments();
  updateAdamWithMoments(span(1), adam, moments, slopes);
  EXPECT_EQ(std::memcmp(values[0].data(), values[1].data(), count * sizeof(float)), 0);
  EXPECT_EQ(std::memcmp(first[0].data(), first[1].data(), count * sizeof(float)), 0);
  EXPECT_EQ(std::memcmp(second[0].data(), second[1].data(), count * sizeof(float)), 0);

  double sum = 0.0;
  double squares = 0.0;
  for (const float value : values[1])
  {
    sum += value;
    squares += double(value) * value;
  }
  // Lanes of floats: 1e-5 relative is ample for 5,000 values.
  EXPECT_NEAR(moments.sum, sum, 1e-5 * squares);
  EXPECT_NEAR(moments.squareSum, squares, 1e-5 * squares);
  EXPECT_EQ(moments.nonZero, static_cast<std::int64_t>(count));
  EXPECT_EQ(moments.min, *std::min_element(values[1].begin(), values[1].end()));
  EXPECT_EQ(moments.max, *std::max_element(values[1].begin(), values[1].end()));
  EXPECT_EQ(slopes.max, *std::max_element(gradients.begin(), gradients.end()));
}

INSTANTIATE_TEST_SUITE_P(Sizes, OptimizerKernels, testing::Values(1, 3, 16, 33, 5000));

TEST(OptimizerKernels, countZerosAndSigns)
{
  std::vector<float> values = { 1.0F, 0.0F, -2.0F };
  const std::vector<float> gradients = { 0.0F, 0.0F, 0.0F };
  std::vector<float> momenta(3, 0.0F);
  Moments moments;
  Moments slopes;
  updateSgdWithMoments({ values.data(), gradients.data(), momenta.data(), nullptr, 3 },
    { 0.1F, 0.9F, 0.0F }, moments, slopes);
  EXPECT_EQ(moments.nonZero, 2);
  EXPECT_EQ(moments.sum, -1.0);
  EXPECT_EQ(moments.absoluteSum, 3.0);
  EXPECT_EQ(moments.squareSum, 5.0);
  EXPECT_EQ(slopes.nonZero, 0);
}
