#ifndef TENSORVIEW_EDIT_PLANNER_H
#define TENSORVIEW_EDIT_PLANNER_H

#include "../Edit.h"
#include "FilterRemoval.h"
#include "NetworkGraph.h"
#include "SlotTables.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// Where the filters of a request lie, after all that can be checked without statistics.
struct EditScope
{
  FilterRemoval removal;
  std::int64_t filters = 0;           ///< of each member, now
  std::vector<std::int64_t> places;   ///< of the request's slots, in its order; empty: to be chosen
  std::vector<std::int64_t> survivor; ///< places, one for each of `places`, or empty
};

/// @throws std::invalid_argument, NetworkError naming layer, slot and reason
EditScope findEditScope(
  const NetworkGraph& graph, const SlotTables& slots, const EditRequest& request);

/// What a choice and its cost are worked out from. Filters are by place.
struct RemovalStatistics
{
  /// [filters + 1, filters + 1] of the maps of layer `maps` and a constant, see MergeError.h.
  struct Maps
  {
    int maps = 0;
    std::vector<double> gram;
  };
  std::vector<Maps> maps; ///< of all that FilterRemoval::readers see
  /// [filters, filters], see OutgoingWeights.h; one for each of FilterRemoval::readers.
  std::vector<std::vector<double>> products;
  std::vector<double> correlation; ///< [filters, filters]; PruneChoice::Correlated only
  std::vector<double> norms;       ///< PruneChoice::SmallestNorm only
};

/// Chooses and solves.
/// @throws std::invalid_argument if nothing can be chosen, std::runtime_error if the statistics are
/// not finite
EditPlan planEdit(const NetworkGraph& graph, const SlotTables& slots, const EditRequest& request,
  const RemovalStatistics& statistics, std::int64_t step);

/// A plan as it fits a network: by place, and by index of layer.
struct ResolvedEdit
{
  FilterRemoval removal;
  std::vector<std::int64_t> removed; ///< places, ascending
  std::vector<std::int64_t> left;    ///< places, ascending
  /// [removed, left + 1] for each of removal.readers.
  std::vector<std::vector<double>> coefficients;
};

/// @throws std::invalid_argument if the plan was made for other layers or filters than are there
ResolvedEdit resolveEdit(const NetworkGraph& graph, const SlotTables& slots, const EditPlan& plan);

/// What a plan did at a step; accuracies are left to the caller.
EditReport reportOf(const EditPlan& plan, std::int64_t step);

/// Slots of a layer that can be frozen, ascending: those named, or all that are there.
/// @throws std::invalid_argument naming layer, slot and reason
std::vector<int> slotsToFreeze(const NetworkGraph& graph, const SlotTables& slots,
  const std::string& layer, const std::vector<int>& named);

} // namespace tensorview

#endif
