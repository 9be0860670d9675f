#ifndef TENSORVIEW_CORRELATION_H
#define TENSORVIEW_CORRELATION_H

#include "ParallelFor.h"

#include <cstddef>
#include <vector>

namespace tensorview
{

/// Pearson correlation of the filters of a layer.
struct Correlation
{
  std::size_t filters = 0;
  /// [filters, filters], symmetric, within [-1, 1], exactly 1 on the diagonal. Not a number in the
  /// rows and columns (diagonal included) of filters that have no correlation.
  std::vector<double> coefficients;
  /// Filters whose values are all the same (dead or always on), ascending.
  std::vector<std::size_t> constant;
  /// Filters without a single finite value, ascending.
  std::vector<std::size_t> notFinite;
  /// Samples left out because some filter (other than those in `notFinite`) is not finite there.
  std::size_t leftOut = 0;

  double at(std::size_t i, std::size_t j) const { return this->coefficients[i * filters + j]; }
};

/// r_ij = sum_k (a_ik - m_i)(a_jk - m_j) / (|a_i - m_i| |a_j - m_j|) over the samples k where all
/// filters are finite; means and norms in double precision, the products as in symmetricProduct().
/// @param values [filters, samples], row-major
/// A layer without filters or samples gives an empty result, all constant.
Correlation correlate(const float* values, std::size_t filters, std::size_t samples,
  const ParallelFor& parallel = serialFor);

} // namespace tensorview

#endif
