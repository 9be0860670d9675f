#include "Distribution.h"

#include "KernelClones.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tensorview
{

namespace
{
constexpr std::size_t quartiles = 3;
/// Values are counted in bins this much finer than the histogram's.
constexpr std::size_t finerBy = 32;
constexpr std::size_t fineBins = histogramBins * finerBy;
/// Where NaNs are counted, behind the others.
constexpr std::size_t nanBin = fineBins;
constexpr std::size_t binsOfTable = fineBins + 1;
/// Equal neighbours wait for each other's count; several tables in turn avoid that, but cost too
/// much to clear for a few values.
constexpr std::size_t mostTables = 4;
constexpr std::size_t manyValues = 65536;
constexpr std::size_t blockSize = 1024;

/// Where values lie between two edges.
struct Scale
{
  float low = 0.0F;
  float bins = 0.0F; ///< of the histogram, per unit
};

/// The fine bin of each value, nanBin of a NaN. Greater values never have a lower bin.
TENSORVIEW_KERNEL_CLONES
void findBins(const float* values, std::size_t count, const Scale& scale, std::uint16_t* bins)
{
  constexpr float all = static_cast<float>(histogramBins);
  constexpr int last = static_cast<int>(fineBins) - 1;
  const float low = scale.low;
  const float perUnit = scale.bins;
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i)
  {
    const float value = values[i];
    float place = (value - low) * perUnit;
    // Infinity times zero is no number either and goes to the first bin.
    place = place > 0.0F ? place : 0.0F;
    place = place < all ? place : all;
    int bin = static_cast<int>(place * static_cast<float>(finerBy)); // exact: a power of two
    bin = bin < last ? bin : last;
    bins[i] = static_cast<std::uint16_t>(value == value ? bin : static_cast<int>(nanBin));
  }
}

/// Calls `use(values, bins, count)` for one stretch of the values after the other.
template <typename Use>
void forBlocks(const float* values, std::size_t count, const Scale& scale, const Use& use)
{
  std::uint16_t bins[blockSize];
  for (std::size_t begin = 0; begin < count; begin += blockSize)
  {
    const std::size_t size = std::min(blockSize, count - begin);
    findBins(values + begin, size, scale, bins);
    use(values + begin, bins, size);
  }
}

/// Fills counts[0 .. nanBin]; what lies behind is used on the way.
void countBins(
  const float* values, std::size_t count, const Scale& scale, std::vector<std::uint32_t>& counts)
{
  const std::size_t tables = count < manyValues ? 1 : mostTables;
  const std::size_t lastTable = tables - 1; // a mask: tables is a power of two
  counts.assign(tables * binsOfTable, 0);
  std::uint32_t* const table = counts.data();
  forBlocks(values, count, scale,
    [&](const float*, const std::uint16_t* bins, std::size_t size)
    {
      for (std::size_t i = 0; i < size; ++i)
      {
        ++table[(i & lastTable) * binsOfTable + bins[i]];
      }
    });
  for (std::size_t other = 1; other < tables; ++other)
  {
    for (std::size_t bin = 0; bin < binsOfTable; ++bin)
    {
      table[bin] += table[other * binsOfTable + bin];
    }
  }
}

/// Where the quartiles are.
struct Targets
{
  std::array<std::size_t, quartiles> bin{};  ///< fine bins, ascending
  std::array<std::size_t, quartiles> rank{}; ///< among the values of all these bins
  std::size_t among = 0;                     ///< values in these bins
};

/// @param numbers how many of the values are not NaN, at least 1
Targets locateQuartiles(
  const Distribution& distribution, const std::uint32_t* counts, std::size_t numbers)
{
  Targets targets;
  std::size_t next = 0;
  std::size_t before = 0;
  for (std::size_t coarse = 0; coarse < histogramBins && next < quartiles; ++coarse)
  {
    const std::size_t beyond = before + distribution.histogram[coarse];
    if ((next + 1) * (numbers - 1) / 4 >= beyond)
    {
      before = beyond;
      continue;
    }
    for (std::size_t bin = coarse * finerBy; bin < (coarse + 1) * finerBy; ++bin)
    {
      const std::size_t here = counts[bin];
      bool wanted = false;
      while (next < quartiles && (next + 1) * (numbers - 1) / 4 < before + here)
      {
        targets.bin[next] = bin;
        targets.rank[next] = targets.among + (next + 1) * (numbers - 1) / 4 - before;
        wanted = true;
        ++next;
      }
      targets.among += wanted ? here : 0;
      before += here;
    }
  }
  return targets;
}

/// Collects the values in the targets' bins. Every value is written, only those stay: no branch
/// that could be guessed wrong.
void collect(const float* values, std::size_t count, const Scale& scale, const Targets& targets,
  std::vector<float>& candidates)
{
  candidates.resize(targets.among + 1);
  float* const out = candidates.data();
  const std::size_t a = targets.bin[0];
  const std::size_t b = targets.bin[1];
  const std::size_t c = targets.bin[2];
  std::size_t found = 0;
  forBlocks(values, count, scale,
    [&](const float* part, const std::uint16_t* bins, std::size_t size)
    {
      for (std::size_t i = 0; i < size; ++i)
      {
        const std::size_t bin = bins[i];
        out[found] = part[i];
        found += (bin == a) | (bin == b) | (bin == c) ? 1U : 0U;
      }
    });
}
}

Distribution describeDistribution(
  const float* values, std::size_t count, float low, float high, DistributionScratch& scratch)
{
  const float width = high - low;
  const Scale scale{ low,
    width > 0.0F && std::isfinite(width) ? static_cast<float>(histogramBins) / width : 0.0F };
  countBins(values, count, scale, scratch.counts);
  Distribution result;
  const auto fine = scratch.counts.cbegin();
  for (std::size_t bin = 0; bin < histogramBins; ++bin)
  {
    const auto begin = fine + static_cast<std::ptrdiff_t>(bin * finerBy);
    result.histogram[bin] = std::accumulate(begin, begin + finerBy, std::uint32_t(0));
  }
  const std::size_t numbers = count - scratch.counts[nanBin];
  if (numbers == 0)
  {
    result.lowerQuartile = result.median = result.upperQuartile =
      std::numeric_limits<float>::quiet_NaN();
    return result;
  }
  const Targets targets = locateQuartiles(result, scratch.counts.data(), numbers);
  collect(values, count, scale, targets, scratch.candidates);
  float* const results[quartiles] = { &result.lowerQuartile, &result.median,
    &result.upperQuartile };
  const auto begin = scratch.candidates.begin();
  auto sorted = begin; // nothing behind it belongs before it
  for (std::size_t i = 0; i < quartiles; ++i)
  {
    const auto wanted = begin + static_cast<std::ptrdiff_t>(targets.rank[i]);
    std::nth_element(sorted, wanted, scratch.candidates.end() - 1);
    *results[i] = *wanted;
    sorted = wanted;
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
