#include "Distribution.h"

#include "KernelClones.h"

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
constexpr std::size_t leadingValues = std::size_t(1) << leadingBits;
/// Equal neighbours wait for each other's count; several tables in turn avoid that, but cost too
/// much to clear for a few values.
constexpr std::size_t mostTables = 4;
constexpr std::size_t manyValues = 65536;
constexpr std::size_t blockSize = 1024;
/// Where NaNs are counted, behind the bins of the histogram.
constexpr std::size_t nanBin = histogramBins;

std::uint32_t leadingBitsOf(float value)
{
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits >> (32 - leadingBits);
}

/// The leading bits in the order of their values: negative ones count backwards.
std::uint32_t leadingBitsAt(std::size_t place)
{
  constexpr std::size_t half = leadingValues / 2;
  return static_cast<std::uint32_t>(place < half ? leadingValues - 1 - place : place - half);
}

/// Whether these are the leading bits of infinity and NaN: the exponent is all ones.
bool isNotFinite(std::uint32_t leading)
{
  return ((leading >> 3) & 0xFFU) == 0xFFU;
}

TENSORVIEW_KERNEL_CLONES
void countLeadingBits(
  const float* values, std::size_t count, std::uint32_t* counts, std::size_t tables)
{
  const std::size_t lastTable = tables - 1; // a mask: tables is a power of two
  for (std::size_t i = 0; i < count; ++i)
  {
    ++counts[(i & lastTable) * leadingValues + leadingBitsOf(values[i])];
  }
}

/// The bin of each value, nanBin of a NaN.
TENSORVIEW_KERNEL_CLONES
void findBins(const float* values, std::size_t count, float low, float scale, std::uint8_t* bins)
{
  constexpr float last = static_cast<float>(histogramBins - 1);
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i)
  {
    const float value = values[i];
    float place = (value - low) * scale;
    // Infinity times zero is no number either and goes to the first bin.
    place = place > 0.0F ? place : 0.0F;
    place = place < last ? place : last;
    const int bin = static_cast<int>(place);
    bins[i] = static_cast<std::uint8_t>(value == value ? bin : static_cast<int>(nanBin));
  }
}

/// @return how many NaNs there are
std::size_t countBins(const float* values, std::size_t count, float low, float high,
  std::array<std::uint32_t, histogramBins>& histogram)
{
  const float width = high - low;
  const float scale =
    width > 0.0F && std::isfinite(width) ? static_cast<float>(histogramBins) / width : 0.0F;
  std::uint32_t counts[mostTables][histogramBins + 1] = {};
  std::uint8_t bins[blockSize];
  for (std::size_t begin = 0; begin < count; begin += blockSize)
  {
    const std::size_t size = std::min(blockSize, count - begin);
    findBins(values + begin, size, low, scale, bins);
    for (std::size_t i = 0; i < size; ++i)
    {
      ++counts[i & (mostTables - 1)][bins[i]];
    }
  }
  std::size_t nans = 0;
  for (const auto& table : counts)
  {
    for (std::size_t bin = 0; bin < histogramBins; ++bin)
    {
      histogram[bin] += table[bin];
    }
    nans += table[nanBin];
  }
  return nans;
}

/// How many numbers (not NaN) have these leading bits.
std::size_t countNumbers(const float* values, std::size_t count, std::uint32_t leading)
{
  return static_cast<std::size_t>(std::count_if(values, values + count,
    [leading](float value) { return value == value && leadingBitsOf(value) == leading; }));
}

/// Where a quartile is: the leading bits it has, and its place among the values that have them.
struct Target
{
  std::uint32_t leading = 0;
  std::size_t among = 0; ///< values with these leading bits
  std::size_t rank = 0;
};

/// @param numbers how many of the values are not NaN, at least 1
std::array<Target, quartiles> locateQuartiles(const float* values, std::size_t count,
  std::size_t numbers, const std::uint32_t* counts, std::size_t tables)
{
  std::array<Target, quartiles> targets;
  std::size_t next = 0;
  std::size_t before = 0;
  for (std::size_t place = 0; place < leadingValues && next < quartiles; ++place)
  {
    const std::uint32_t leading = leadingBitsAt(place);
    std::size_t here = 0;
    for (std::size_t table = 0; table < tables; ++table)
    {
      here += counts[table * leadingValues + leading];
    }
    if (here > 0 && numbers < count && isNotFinite(leading))
    {
      here = countNumbers(values, count, leading);
    }
    while (next < quartiles && (next + 1) * (numbers - 1) / 4 < before + here)
    {
      targets[next] = { leading, here, (next + 1) * (numbers - 1) / 4 - before };
      ++next;
    }
    before += here;
  }
  return targets;
}

/// Collects the numbers with these leading bits. Every value is written, only those stay: no
/// branch that could be guessed wrong.
/// @param out one longer than there are such numbers
void collect(const float* values, std::size_t count, std::uint32_t leading, float* out)
{
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i)
  {
    const float value = values[i];
    out[size] = value;
    size += (leadingBitsOf(value) == leading) & (value == value) ? 1U : 0U;
  }
}
}

Distribution describeDistribution(
  const float* values, std::size_t count, float low, float high, DistributionScratch& scratch)
{
  Distribution result;
  const std::size_t numbers = count - countBins(values, count, low, high, result.histogram);
  if (numbers == 0)
  {
    result.lowerQuartile = result.median = result.upperQuartile =
      std::numeric_limits<float>::quiet_NaN();
    return result;
  }
  const std::size_t tables = count < manyValues ? 1 : mostTables;
  scratch.counts.assign(tables * leadingValues, 0);
  countLeadingBits(values, count, scratch.counts.data(), tables);
  const std::array<Target, quartiles> targets =
    locateQuartiles(values, count, numbers, scratch.counts.data(), tables);
  float* const results[quartiles] = { &result.lowerQuartile, &result.median,
    &result.upperQuartile };
  for (std::size_t i = 0; i < quartiles; ++i)
  {
    const Target& target = targets[i];
    if (i == 0 || target.leading != targets[i - 1].leading)
    {
      scratch.candidates.resize(target.among + 1);
      collect(values, count, target.leading, scratch.candidates.data());
    }
    const auto wanted = scratch.candidates.begin() + static_cast<std::ptrdiff_t>(target.rank);
    std::nth_element(scratch.candidates.begin(), wanted, scratch.candidates.end() - 1);
    *results[i] = *wanted;
  }
  return result;
}

std::size_t sampleDistance(std::size_t count, std::size_t period, std::size_t most)
{
  std::size_t distance = std::max<std::size_t>(1, (count + most - 1) / most);
  while (std::gcd(distance, period) != 1)
  {
    ++distance;
  }
  return distance;
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
