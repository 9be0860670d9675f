#include "FilterMoments.h"
#include "Correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

using namespace tensorview;

namespace
{
// Products are summed in single precision over 128 samples.
constexpr double tolerance = 1e-6;

/// Filters that have something in common, about `mean`.
std::vector<float> relatedFilters(std::size_t filters, std::size_t samples, float mean)
{
  std::mt19937 random(3);
  std::normal_distribution<float> values(0.0F, 1.0F);
  std::vector<float> common(samples);
  for (float& value : common)
  {
    value = values(random);
  }
  std::vector<float> result(filters * samples);
  for (std::size_t i = 0; i < filters; ++i)
  {
    for (std::size_t k = 0; k < samples; ++k)
    {
      result[i * samples + k] = mean + static_cast<float>(i % 5) * common[k] + values(random);
    }
  }
  return result;
}

/// The same in double precision, in two passes.
double pearson(const std::vector<float>& values, std::size_t samples, std::size_t i, std::size_t j)
{
  const float* a = values.data() + i * samples;
  const float* b = values.data() + j * samples;
  double meanA = 0.0;
  double meanB = 0.0;
  for (std::size_t k = 0; k < samples; ++k)
  {
    meanA += static_cast<double>(a[k]) / static_cast<double>(samples);
    meanB += static_cast<double>(b[k]) / static_cast<double>(samples);
  }
  double ab = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  for (std::size_t k = 0; k < samples; ++k)
  {
    ab += (a[k] - meanA) * (b[k] - meanB);
    aa += (a[k] - meanA) * (a[k] - meanA);
    bb += (b[k] - meanB) * (b[k] - meanB);
  }
  return ab / std::sqrt(aa * bb);
}

/// Samples [first, first + count) of all filters.
std::vector<float> batchOf(
  const std::vector<float>& values, std::size_t samples, std::size_t first, std::size_t count)
{
  std::vector<float> batch;
  for (std::size_t begin = first; begin < values.size(); begin += samples)
  {
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(begin);
    batch.insert(batch.end(), from, from + static_cast<std::ptrdiff_t>(count));
  }
  return batch;
}

ParallelFor backwards()
{
  return [](std::size_t count, const RangeWork& work)
  {
    for (std::size_t i = count; i > 0; --i)
    {
      work(i - 1, i);
    }
  };
}

void expectPearson(
  const FilterMoments& moments, const std::vector<float>& values, std::size_t samples)
{
  const std::size_t filters = moments.filters();
  const std::vector<double> r = moments.coefficients();
  for (std::size_t i = 0; i < filters; i += 1 + filters / 40)
  {
    for (std::size_t j = 0; j < i; j += 1 + filters / 40)
    {
      ASSERT_NEAR(r[i * filters + j], pearson(values, samples, i, j), tolerance) << i << ", " << j;
      ASSERT_EQ(r[i * filters + j], r[j * filters + i]);
    }
  }
}
}

TEST(FilterMoments, BatchesOfAnySizeGiveWhatAllSamplesGive)
{
  constexpr std::size_t filters = 35; // more than a tile
  constexpr std::size_t samples = 5000;
  const std::vector<float> values = relatedFilters(filters, samples, 0.5F);
  FilterMoments whole(filters);
  whole.add(values.data(), samples);
  EXPECT_EQ(whole.samples(), samples);
  expectPearson(whole, values, samples);
  for (const std::size_t size : { 1000, 17, 4999 })
  {
    FilterMoments moments(filters);
    for (std::size_t first = 0; first < samples; first += size)
    {
      const std::size_t count = std::min(size, samples - first);
      moments.add(batchOf(values, samples, first, count).data(), count);
    }
    expectPearson(moments, values, samples);
  }
}

TEST(FilterMoments, ManyFiltersToo)
{
  constexpr std::size_t filters = 300;
  constexpr std::size_t samples = 2100;
  const std::vector<float> values = relatedFilters(filters, samples, -2.0F);
  FilterMoments moments(filters);
  moments.add(values.data(), samples);
  expectPearson(moments, values, samples);
}

TEST(FilterMoments, SplittingTheWorkChangesNoByte)
{
  for (const std::size_t filters : { 70, 300 })
  {
    const std::vector<float> values = relatedFilters(filters, 3000, 0.0F);
    FilterMoments one(filters);
    FilterMoments other(filters);
    one.add(values.data(), 3000);
    other.add(values.data(), 2048 + 952, backwards());
    EXPECT_EQ(one.pairSums(), other.pairSums());
    // Batches that begin at multiples of a piece are the same, too.
    FilterMoments batches(filters);
    batches.add(batchOf(values, 3000, 0, 2048).data(), 2048);
    batches.add(batchOf(values, 3000, 2048, 952).data(), 952);
    EXPECT_EQ(one.pairSums(), batches.pairSums());
  }
}

TEST(FilterMoments, SharesOfThePairsAddUpToTheSameBytes)
{
  for (const Measure measure : { Measure::Pearson, Measure::Cosine, Measure::WeightedJaccard })
  {
    for (const std::size_t filters : { 70, 300 })
    {
      const std::vector<float> values = relatedFilters(filters, 1500, 1.0F);
      FilterMoments whole(filters, measure);
      whole.add(values.data(), 1500);
      std::vector<double> sum(filters * filters, 0.0);
      for (std::size_t index = 0; index < 3; ++index)
      {
        FilterMoments share(filters, measure, { index, 3 });
        share.add(values.data(), 1500);
        for (std::size_t k = 0; k < sum.size(); ++k)
        {
          EXPECT_TRUE(sum[k] == 0.0 || share.pairSums()[k] == 0.0);
          sum[k] += share.pairSums()[k];
        }
      }
      EXPECT_EQ(sum, whole.pairSums());
    }
  }
}

TEST(FilterMoments, MeansFarAwayDoNotSpoilSmallDeviations)
{
  // Deviations of 1/16 beside means that drift from 4096 to 8191: exactly representable.
  std::vector<float> values;
  constexpr std::size_t samples = 4096;
  for (const float sign : { 1.0F, -1.0F })
  {
    for (std::size_t k = 0; k < samples; ++k)
    {
      values.push_back(4096.0F + sign * static_cast<float>(k % 7) / 16.0F);
    }
  }
  for (std::size_t k = 0; k < samples; ++k)
  {
    values.push_back(4096.0F + static_cast<float>(k));
  }
  FilterMoments moments(3);
  moments.add(values.data(), samples);
  EXPECT_NEAR(moments.coefficients()[1], -1.0, tolerance);
  EXPECT_NEAR(moments.coefficients()[2], pearson(values, samples, 0, 2), tolerance);
}

TEST(FilterMoments, HugeAndTinyValuesAreCorrelatedAsOthers)
{
  std::vector<float> values;
  for (const float unit : { 1e38F, 1.0F, 1e-36F })
  {
    for (int k = 0; k < 8; ++k)
    {
      values.push_back(unit * (k % 3 == 0 ? -1.0F : 1.0F));
    }
  }
  FilterMoments moments(3);
  moments.add(values.data(), 8);
  for (const double coefficient : moments.coefficients())
  {
    EXPECT_NEAR(coefficient, 1.0, tolerance);
  }
}

TEST(FilterMoments, CosineByHand)
{
  // |a|^2 = 14, |b|^2 = 9, a b = 2 + 4 - 3 = 3
  const std::vector<float> values = { 1, 2, 3, 2, 2, -1, -2, -4, -6 };
  const Correlation r = correlate(values.data(), 3, 3, serialFor, Measure::Cosine);
  EXPECT_NEAR(r.at(0, 1), 3.0 / std::sqrt(14.0 * 9.0), tolerance);
  EXPECT_NEAR(r.at(0, 2), -1.0, tolerance);
  EXPECT_EQ(r.at(1, 1), 1.0);
  EXPECT_EQ(r.measure, Measure::Cosine);
}

TEST(FilterMoments, WeightedJaccardByHand)
{
  // min 1 + 0 + 2 + 1 = 4, max 3 + 1 + 2 + 4 = 10
  const std::vector<float> values = { 1, 0, 2, 4, 3, 1, 2, 1 };
  const Correlation r = correlate(values.data(), 2, 4, serialFor, Measure::WeightedJaccard);
  EXPECT_NEAR(r.at(0, 1), 0.4, tolerance);
  EXPECT_EQ(r.at(0, 0), 1.0);
}

TEST(FilterMoments, WeightedJaccardTakesValuesOfOppositeSignsForDifferent)
{
  // In common: 0 (1, -1), 2 (-2, -3), 0 (4, 0); in all 2 + 3 + 4.
  const std::vector<float> values = { 1, -2, 4, -1, -3, 0 };
  const Correlation r = correlate(values.data(), 2, 3, serialFor, Measure::WeightedJaccard);
  EXPECT_NEAR(r.at(0, 1), 2.0 / 9.0, tolerance);
}

TEST(FilterMoments, ConstantFiltersHaveNoCoefficientWhateverTheMeasure)
{
  const std::vector<float> values = { 2, 2, 2, 2, 2, 2, 1, 2, 3 };
  for (const Measure measure : { Measure::Pearson, Measure::Cosine, Measure::WeightedJaccard })
  {
    const Correlation r = correlate(values.data(), 3, 3, serialFor, measure);
    EXPECT_EQ(r.constant, (std::vector<std::size_t>{ 0, 1 }));
    EXPECT_TRUE(std::isnan(r.at(0, 1)));
    EXPECT_TRUE(std::isnan(r.at(0, 0)));
    EXPECT_TRUE(std::isnan(r.at(2, 0)));
  }
}

TEST(FilterMoments, AFilterMayBeConstantInEachBatchAndYetVary)
{
  const std::vector<float> first = { 1, 1, 5, 5 };
  const std::vector<float> second = { 2, 2, 7, 7 };
  FilterMoments moments(2);
  moments.add(first.data(), 2);
  moments.add(second.data(), 2);
  EXPECT_TRUE(moments.constant().empty());
  EXPECT_NEAR(moments.coefficients()[1], 1.0, tolerance);
}

TEST(FilterMoments, AFilterThatIsNotFiniteInABatchIsLeftOut)
{
  const float nan = std::nanf("");
  const std::vector<float> first = { 1, 2, 3, 4, 5, 7 };
  const std::vector<float> second = { nan, nan, 2, nan, 4, 8 };
  FilterMoments moments(3);
  addFinite(moments, first.data(), 2);
  addFinite(moments, second.data(), 2);
  EXPECT_EQ(moments.notFinite(), (std::vector<std::size_t>{ 0 }));
  EXPECT_EQ(moments.samplesLeftOut(), 1U);
  EXPECT_EQ(moments.samples(), 3U);
  EXPECT_TRUE(std::isnan(moments.coefficients()[1]));
  // 3 4 2 and 5 7 4: deviations 0 1 -1 and -1/3 5/3 -4/3
  EXPECT_NEAR(moments.coefficients()[5], 3.0 / std::sqrt(2.0 * 42.0 / 9.0), tolerance);
}

TEST(FilterMoments, NothingIsFine)
{
  FilterMoments none(0);
  none.add(nullptr, 5);
  EXPECT_TRUE(none.coefficients().empty());
  FilterMoments empty(2);
  empty.add(nullptr, 0);
  EXPECT_EQ(empty.constant().size(), 2U);
  EXPECT_TRUE(std::isnan(empty.coefficients()[1]));
}
