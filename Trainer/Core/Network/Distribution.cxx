#include "Distribution.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

namespace tensorview
{

namespace
{
constexpr std::size_t quartiles = 3;
constexpr std::size_t leadingBits = 12; // sign, exponent, 3 bits of mantissa
constexpr std::size_t bins = std::size_t(1) << leadingBits;
constexpr std::size_t tables = 4; // so that equal neighbours do not wait for each other

std::uint32_t leadingBitsOf(float value)
{
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits >> (32 - leadingBits);
}

/// The bins in the order of their values: negative ones count backwards.
std::size_t binAt(std::size_t place)
{
  constexpr std::size_t half = bins / 2;
  return place < half ? bins - 1 - place : place - half;
}

/// Whether a bin holds nothing but NaN and infinities: exponent all ones.
bool isNotFinite(std::size_t bin)
{
  return ((bin >> 3) & 0xFFU) == 0xFFU;
}

struct Target
{
  std::size_t bin = 0;  ///< that holds the quartile
  std::size_t rank = 0; ///< among the values of the bin
};
}

Distribution describeDistribution(
  const float* values, std::size_t count, float low, float high, DistributionScratch& scratch)
{
  Distribution result;
  const float width = high - low;
  const float scale =
    width > 0.0F && std::isfinite(width) ? static_cast<float>(histogramBins) / width : 0.0F;
  scratch.counts.assign(tables * bins, 0);
  std::uint32_t linear[tables][histogramBins] = {};
  std::size_t numbers = 0;
  for (std::size_t i = 0; i < count; ++i)
  {
    const float value = values[i];
    ++scratch.counts[i % tables * bins + leadingBitsOf(value)];
    const bool isNumber = value == value;
    const float place = (value - low) * scale;
    // Comparisons with NaN (infinity times zero) are false and end at the first bin.
    const float clamped = place > 0.0F ? std::min(place, float(histogramBins - 1)) : 0.0F;
    linear[i % tables][static_cast<std::size_t>(clamped)] += isNumber ? 1U : 0U;
    numbers += isNumber ? 1U : 0U;
  }
  for (std::size_t table = 0; table < tables; ++table)
  {
    for (std::size_t bin = 0; bin < histogramBins; ++bin)
    {
      result.histogram[bin] += linear[table][bin];
    }
  }
  if (numbers == 0)
  {
    result.lowerQuartile = result.median = result.upperQuartile =
      std::numeric_limits<float>::quiet_NaN();
    return result;
  }

  Target targets[quartiles];
  std::size_t next = 0;
  std::size_t before = 0;
  for (std::size_t place = 0; place < bins && next < quartiles; ++place)
  {
    const std::size_t bin = binAt(place);
    std::size_t inBin = 0;
    for (std::size_t table = 0; table < tables; ++table)
    {
      inBin += scratch.counts[table * bins + bin];
    }
    if (inBin > 0 && isNotFinite(bin) && numbers < count)
    {
      // NaNs lie in the bins beyond infinity: count what is a number there one by one.
      inBin = static_cast<std::size_t>(std::count_if(values, values + count,
        [bin](float value) { return value == value && leadingBitsOf(value) == bin; }));
    }
    while (next < quartiles && (next + 1) * (numbers - 1) / 4 < before + inBin)
    {
      targets[next] = { bin, (next + 1) * (numbers - 1) / 4 - before };
      ++next;
    }
    before += inBin;
  }

  for (std::vector<float>& candidates : scratch.candidates)
  {
    candidates.clear();
  }
  const auto first = static_cast<std::uint32_t>(targets[0].bin);
  const auto second = static_cast<std::uint32_t>(targets[1].bin);
  const auto third = static_cast<std::uint32_t>(targets[2].bin);
  for (std::size_t i = 0; i < count; ++i)
  {
    const std::uint32_t bin = leadingBitsOf(values[i]);
    if ((bin == first || bin == second || bin == third) && values[i] == values[i])
    {
      // Of equal bins the first gathers for all.
      const std::size_t set = bin == first ? 0 : bin == second ? 1 : 2;
      scratch.candidates[set].push_back(values[i]);
    }
  }
  float* const results[quartiles] = { &result.lowerQuartile, &result.median,
    &result.upperQuartile };
  for (std::size_t i = 0; i < quartiles; ++i)
  {
    const std::size_t bin = targets[i].bin;
    std::vector<float>& candidates = scratch.candidates[bin == targets[0].bin   ? 0
                                                        : bin == targets[1].bin ? 1
                                                                                : 2];
    const auto wanted = candidates.begin() + static_cast<std::ptrdiff_t>(targets[i].rank);
    std::nth_element(candidates.begin(), wanted, candidates.end());
    *results[i] = *wanted;
  }
  return result;
}

void sampleEvenly(const float* values, std::size_t count, std::size_t period, std::size_t most,
  std::vector<float>& sample)
{
  std::size_t distance = std::max<std::size_t>(1, (count + most - 1) / most);
  while (std::gcd(distance, period) != 1)
  {
    ++distance;
  }
  sample.clear();
  for (std::size_t i = 0; i < count; i += distance)
  {
    sample.push_back(values[i]);
  }
}

void fillStatistics(
  const Moments& moments, std::size_t count, const Distribution& distribution, float* out)
{
  const double n = static_cast<double>(std::max<std::size_t>(1, count));
  const double mean = moments.sum / n;
  const double variance = std::max(0.0, moments.squareSum / n - mean * mean);
  const auto set = [out](Statistic statistic, double value)
  { out[static_cast<std::size_t>(statistic)] = static_cast<float>(value); };
  set(Statistic::Max, moments.max);
  set(Statistic::Mean, mean);
  set(Statistic::Median, distribution.median);
  set(Statistic::Min, moments.min);
  set(Statistic::L0, static_cast<double>(moments.nonZero));
  set(Statistic::L1, moments.absoluteSum);
  set(Statistic::L2, std::sqrt(moments.squareSum));
  set(Statistic::LowerQuartile, distribution.lowerQuartile);
  set(Statistic::UpperQuartile, distribution.upperQuartile);
  set(Statistic::StandardDeviation, std::sqrt(variance));
  set(Statistic::Sum, moments.sum);
  set(Statistic::Variance, variance);
}

} // namespace tensorview
