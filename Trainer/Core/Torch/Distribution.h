#ifndef TENSORVIEW_DISTRIBUTION_H
#define TENSORVIEW_DISTRIBUTION_H

#include "../../../Readers/Core/TensorTypes.h"
#include "../Network/Moments.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tensorview
{

/// Quartiles and histogram of a set of values.
struct Distribution
{
  /// The values at the places floor(q * (n - 1)) of the sorted values, q = 1/4, 1/2, 3/4; NaN of an
  /// empty set.
  float lowerQuartile = 0.0F;
  float median = 0.0F;
  float upperQuartile = 0.0F;
  /// Equal bins from `low` to `high`, both included; what lies outside counts in the first or last.
  std::array<std::uint32_t, histogramBins> histogram{};
};

/// Memory that describeDistribution() uses, kept between calls.
struct DistributionScratch
{
  std::vector<std::uint32_t> counts;
  std::vector<float> candidates;
};

/// Counts the values in bins finer than the histogram's, then selects among those in a quartile's
/// bin. NaNs take no part.
Distribution describeDistribution(
  const float* values, std::size_t count, float low, float high, DistributionScratch& scratch);

/// The distance at which to pick values, so that at most `most` of `count` are picked. It has no
/// divisor in common with `period` (the values of a filter), so that all places in a filter have
/// their turn.
std::size_t sampleDistance(std::size_t count, std::size_t period, std::size_t most);

/// Writes the 12 statistics in the order of Statistic.
void fillStatistics(
  const Moments& moments, std::size_t count, const Distribution& distribution, float* out);

} // namespace tensorview

#endif
