#ifndef TENSORVIEW_FILTER_RANKING_H
#define TENSORVIEW_FILTER_RANKING_H

#include "MergeError.h"

#include <cstddef>
#include <vector>

namespace tensorview
{

// Which filters of a layer to remove.

/// The maps of a layer's filters as some next layers see them. A layer whose filters are seen
/// several times (through residual sums) has several.
struct SeenMaps
{
  /// @param gram [filters + 1, filters + 1] of the maps and a constant, see MergeError.h
  /// @param takesConstant whether those layers can take a constant in place of a filter; if not,
  ///   filters are rebuilt without one
  /// @throws std::invalid_argument if a value is not finite or the size does not fit
  SeenMaps(std::vector<double> gram, std::size_t filters, double ridge = defaultRidge,
    bool takesConstant = true);

  /// Adds a layer that sees these maps, in units of the energy sum_ij G_ij O_ij of what it gets, so
  /// that all readers count alike. One that gets nothing does not count.
  /// @param products [filters, filters], see OutgoingWeights.h
  /// @throws std::invalid_argument if a value is not finite or the size does not fit
  void addReader(const std::vector<double>& products);

  Reconstruction reconstruction;
  std::vector<double> outgoing; ///< [filters, filters], sum over the readers
  std::size_t readers = 0;      ///< that count
};

/// A filter to be removed, in the order of removal. Errors are relative changes of what the next
/// layers get (root mean square over these layers), if the filter is rebuilt from all that are
/// left and a constant.
struct RankedFilter
{
  std::size_t filter = 0;
  double error = 0.0; ///< by this removal alone, those before being done
  double total = 0.0; ///< by this and all before
};

/// Removes, one by one, the filter whose removal does the least damage: smallest residual of the
/// regression on all that are left, times the squared norm of its outgoing weights, into which
/// those removed before are folded. Removing one updates P by -p_d p_d^T / P_dd, so that no system
/// is solved anew; a block of updates is applied at once. Of equals the lowest filter goes first.
/// @param seen at least one, all of the same filters
/// @param kept how many filters remain
/// @throws std::invalid_argument if there are fewer filters than that, or `seen` do not fit
std::vector<RankedFilter> rankByLeastDamage(const std::vector<SeenMaps>& seen, std::size_t kept);

/// Errors of removing given filters in a given order.
/// @throws std::invalid_argument if there is no such filter, or one is named twice
std::vector<RankedFilter> rankInOrder(
  const std::vector<SeenMaps>& seen, const std::vector<std::size_t>& order);

/// The filters with the smallest values, smallest first, of equals the lowest: `norms` are those
/// of the weights that come in (L1: Li et al., Pruning Filters for Efficient ConvNets, 2017).
/// @throws std::invalid_argument if a norm is not a number or there are fewer filters than kept
std::vector<std::size_t> orderBySmallest(const std::vector<double>& norms, std::size_t kept);

/// A filter that is removed because another does the same.
struct CorrelatedFilter
{
  std::size_t filter = 0;
  std::size_t survivor = 0; ///< the lowest filter of its group in the end
  double coefficient = 0.0; ///< that joined it to the group
};

/// Joins filters by the highest coefficient first, as groups do (Grouping.h, single linkage): of
/// two groups that are joined the higher survivor is removed. Fewer are removed than wanted if no
/// pairs are left, as those of constant filters have no coefficient.
/// @param coefficients [filters, filters], symmetric; not a number: no pair
/// @param kept how many filters remain
/// @param threshold pairs below are not joined; -1: all are
/// @throws std::invalid_argument if sizes do not fit
std::vector<CorrelatedFilter> chooseCorrelated(
  const std::vector<double>& coefficients, std::size_t filters, std::size_t kept, double threshold);

} // namespace tensorview

#endif
