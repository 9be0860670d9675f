#ifndef TENSORVIEW_MERGE_COEFFICIENTS_H
#define TENSORVIEW_MERGE_COEFFICIENTS_H

#include "MergeError.h"

#include <cstddef>
#include <vector>

namespace tensorview
{

/// How the next layer goes on without filters that are removed: what takes the place of the map
/// a_d of a removed filter.
enum class MergeMethod
{
  Reconstruct, ///< sum_k c_k a_k + t over all filters k that remain, by least squares with a ridge
  Scale,       ///< s a_s + t, by least squares, of its survivor s
  Sum,         ///< a_s
  Drop         ///< nothing
};

/// In a list of survivors: the filter has none.
inline constexpr std::size_t noSurvivor = static_cast<std::size_t>(-1);

/// Of each dropped filter the kept one that its map correlates with most (Pearson), of equals the
/// lowest; noSurvivor for constant filters, which correlate with none, or where none is kept.
/// @param gram [filters + 1, filters + 1] of the maps and a constant, see MergeError.h
/// @throws std::invalid_argument if sizes do not fit or there is no such filter
std::vector<std::size_t> nearestKept(
  const std::vector<double>& gram, std::size_t filters, const std::vector<std::size_t>& dropped);

/// Coefficients of what replaces the maps of dropped filters, as outputError() takes them. Where
/// the Gram matrix's constant has no products with the maps (SeenMaps::takesConstant), its
/// coefficients are 0.
/// @param survivors of Scale and Sum, one for each dropped filter; a filter with noSurvivor is
///   dropped by Sum, and replaced by its mean by Scale
/// @return [dropped, filters + 1]; 0 for the dropped filters
/// @throws std::invalid_argument if sizes do not fit, or a filter or survivor is none that is there
///   and stays
std::vector<double> mergeCoefficients(MergeMethod method, const Reconstruction& reconstruction,
  const std::vector<std::size_t>& dropped, const std::vector<std::size_t>& survivors);

} // namespace tensorview

#endif
