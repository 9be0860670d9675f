#ifndef TENSORVIEW_GROUPING_H
#define TENSORVIEW_GROUPING_H

#include "Linkage.h"

#include <cstddef>
#include <vector>

namespace tensorview
{

struct GroupingOptions
{
  /// Coefficient from which two filters belong together; 0 = search: begin with 0.99 and lower it
  /// by 0.01 until a pair reaches it, but not below `floor`. Default 0.
  double threshold = 0.0;
  /// Lowest threshold of the search. Default 0.85, the paper's at the end of an epoch (while
  /// training it uses 0.9).
  double floor = 0.85;
  Linkage linkage = Linkage::Single;
};

/// Where the search for a threshold begins, and its step.
inline constexpr double groupingFirstThreshold = 0.99;
inline constexpr double groupingThresholdStep = 0.01;

/// Groups of filters that do the same work.
struct Grouping
{
  std::vector<int> group; ///< of each filter: 0, 1, ... in the order of their survivors; -1 = none
  std::vector<std::size_t> survivor; ///< of each filter: the lowest of its group, itself if in none
  int groups = 0;
  std::vector<std::vector<std::size_t>> members; ///< of each group, ascending
  double threshold = 0.0; ///< that was used; of a search that found no pair: the floor
  /// Largest coefficient of each filter with any other, and with whom (itself if there is none,
  /// with a coefficient that is not a number).
  std::vector<double> nearestCoefficient;
  std::vector<std::size_t> nearest;
  /// Over the pairs of each filter's group; not a number for filters in none.
  std::vector<double> smallestCoefficient;
  std::vector<double> meanCoefficient;
};

/// Joins filters whose coefficients reach the threshold. Not a number never reaches it.
/// @param coefficients [filters, filters], symmetric
/// @throws std::invalid_argument if the size is not filters^2, or threshold or floor are not within
/// [0, 1].
Grouping groupFilters(const std::vector<double>& coefficients, std::size_t filters,
  const GroupingOptions& options = {});

} // namespace tensorview

#endif
