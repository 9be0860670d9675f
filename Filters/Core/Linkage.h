#ifndef TENSORVIEW_LINKAGE_H
#define TENSORVIEW_LINKAGE_H

#include <cstddef>
#include <vector>

namespace tensorview
{

/// When two groups of filters become one.
enum class Linkage : int
{
  /// A pair of them reaches the threshold: filters are joined transitively (the paper's).
  Single,
  /// All pairs of them reach it. The two groups whose weakest pair is strongest are joined first;
  /// of equal ones those with the lowest filters.
  Complete
};

/// Coefficients this far below a threshold still reach it: rounding of the coefficients.
inline constexpr double groupingTolerance = 1e-6;

/// Not a number reaches nothing.
inline bool reachesThreshold(double coefficient, double threshold)
{
  return coefficient >= threshold - groupingTolerance;
}

/// Of each filter the lowest of its group, itself if it is alone.
/// @param coefficients [filters, filters], symmetric
std::vector<std::size_t> linkFilters(
  const std::vector<double>& coefficients, std::size_t filters, double threshold, Linkage linkage);

} // namespace tensorview

#endif
