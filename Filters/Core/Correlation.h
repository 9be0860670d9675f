#ifndef TENSORVIEW_CORRELATION_H
#define TENSORVIEW_CORRELATION_H

#include "FilterMoments.h"
#include "ParallelFor.h"

#include <cstddef>
#include <vector>

namespace tensorview
{

/// How alike the filters of a layer are.
struct Correlation
{
  std::size_t filters = 0;
  Measure measure = Measure::Pearson;
  /// [filters, filters], symmetric, exactly 1 on the diagonal. Not a number in the rows and columns
  /// (diagonal included) of filters that have no correlation.
  std::vector<double> coefficients;
  /// Filters whose values are all the same (dead or always on), ascending.
  std::vector<std::size_t> constant;
  /// Filters without a single finite value (in some batch), ascending.
  std::vector<std::size_t> notFinite;
  /// Samples left out because some filter (other than those in `notFinite`) is not finite there.
  std::size_t leftOut = 0;
  std::size_t samples = 0; ///< used

  double at(std::size_t i, std::size_t j) const { return this->coefficients[i * filters + j]; }
};

/// Adds the samples of a batch at which all filters are finite; see FiniteSamples.
/// @param values [filters, samples], row-major
void addFinite(FilterMoments& moments, const float* values, std::size_t samples,
  const ParallelFor& parallel = serialFor);

/// What the sums say.
Correlation correlationOf(const FilterMoments& moments, const ParallelFor& parallel = serialFor);

/// The measure of all pairs of filters over the samples where all filters are finite.
/// @param values [filters, samples], row-major
/// A layer without filters or samples gives an empty result, all constant.
Correlation correlate(const float* values, std::size_t filters, std::size_t samples,
  const ParallelFor& parallel = serialFor, Measure measure = Measure::Pearson);

} // namespace tensorview

#endif
