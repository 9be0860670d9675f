#include "EditPlanner.h"

#include "../../../Filters/Core/FilterRanking.h"
#include "../../../Filters/Core/Grouping.h"
#include "../../../Filters/Core/MergeCoefficients.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>

namespace tensorview
{

namespace
{
const std::string& nameOf(const NetworkGraph& graph, int layer)
{
  return graph.layers[static_cast<std::size_t>(layer)].name;
}

int needLayer(const NetworkGraph& graph, const std::string& name)
{
  const int layer = graph.find(name);
  if (layer < 0)
  {
    std::string known;
    for (const LayerSpec& spec : graph.layers)
    {
      known += spec.hasFilters() ? (known.empty() ? "" : ", ") + spec.name : std::string();
    }
    throw std::invalid_argument(
      "there is no layer '" + name + "'; layers with filters are " + known);
  }
  return layer;
}

/// Place of a slot that is there.
std::int64_t needPlace(
  const SlotTables& slots, int layer, int slot, const std::string& name, const char* role)
{
  const std::vector<std::int64_t> places = slots.places(layer);
  const std::string which = role + std::string(" ") + std::to_string(slot) + " of layer '" + name;
  if (slot < 0 || slot >= static_cast<int>(places.size()))
  {
    throw std::invalid_argument(
      which + "' does not exist: its filters are 0 to " + std::to_string(places.size() - 1));
  }
  const std::int64_t place = places[static_cast<std::size_t>(slot)];
  if (place < 0)
  {
    throw std::invalid_argument(
      which + "' was removed at step " +
      std::to_string(slots.entries(layer)[static_cast<std::size_t>(slot)].removedStep) +
      " already");
  }
  return place;
}

void checkNamed(const EditRequest& request, const EditScope& scope)
{
  const std::set<std::int64_t> different(scope.places.begin(), scope.places.end());
  const std::string layer = "layer '" + request.layer + "'";
  if (different.size() != scope.places.size())
  {
    throw std::invalid_argument("a filter of " + layer + " is named twice");
  }
  if (static_cast<std::int64_t>(different.size()) >= scope.filters)
  {
    throw std::invalid_argument("all " + std::to_string(scope.filters) + " filters of " + layer +
                                " would be removed; one at least must stay");
  }
  if (!request.survivors.empty() && request.survivors.size() != request.slots.size())
  {
    throw std::invalid_argument(std::to_string(request.slots.size()) + " filters of " + layer +
                                " need as many survivors, not " +
                                std::to_string(request.survivors.size()));
  }
  for (std::size_t i = 0; i < scope.survivor.size(); ++i)
  {
    if (different.count(scope.survivor[i]) != 0)
    {
      throw std::invalid_argument("filter " + std::to_string(request.survivors[i]) + " of " +
                                  layer + " cannot be removed and be a survivor");
    }
  }
}

void checkNumber(const EditRequest& request, std::int64_t filters)
{
  const bool groups = request.choice == PruneChoice::Correlated && request.pruneTo == 0;
  if (groups || (request.pruneTo >= 1 && request.pruneTo < filters))
  {
    return;
  }
  const std::string layer = "layer '" + request.layer + "'";
  if (filters < 2)
  {
    throw std::invalid_argument(layer + " has one filter only, which must stay");
  }
  throw std::invalid_argument(layer + " cannot be pruned to " + std::to_string(request.pruneTo) +
                              " filters: it has " + std::to_string(filters) + ", so from 1 to " +
                              std::to_string(filters - 1) + " can remain");
}

/// Filters by place in the order of removal, and what is known of each.
struct Choice
{
  std::vector<std::size_t> order; ///< all that could go
  std::size_t removed = 0;        ///< so many of the first ones do
  std::vector<double> score;      ///< by order
  std::vector<double> error;      ///< by order
  std::map<std::size_t, std::size_t> survivor;
};

std::vector<std::size_t> toSizes(const std::vector<std::int64_t>& places)
{
  return { places.begin(), places.end() };
}

/// All maps with the readers that see them; those that take a constant apart from those that do
/// not.
class SeenByReaders
{
public:
  SeenByReaders(const EditScope& scope, const RemovalStatistics& statistics, double ridge)
  {
    const std::size_t filters = static_cast<std::size_t>(scope.filters);
    std::map<std::pair<int, bool>, std::size_t> index;
    for (std::size_t r = 0; r < scope.removal.readers.size(); ++r)
    {
      const FilterRemoval::Reader& reader = scope.removal.readers[r];
      const bool takes = reader.constant != FilterRemoval::Constant::None;
      const auto [place, isNew] = index.emplace(std::make_pair(reader.maps, takes), seen_.size());
      if (isNew)
      {
        const auto maps = std::find_if(statistics.maps.begin(), statistics.maps.end(),
          [&](const RemovalStatistics::Maps& known) { return known.maps == reader.maps; });
        if (maps == statistics.maps.end())
        {
          throw std::logic_error("the statistics lack maps that a reader sees");
        }
        this->seen_.emplace_back(maps->gram, filters, ridge, takes);
      }
      this->seen_[place->second].addReader(statistics.products.at(r));
      this->ofReader_.push_back(place->second);
    }
  }

  const std::vector<SeenMaps>& all() const { return this->seen_; }
  std::size_t indexOf(std::size_t reader) const { return this->ofReader_[reader]; }

private:
  std::vector<SeenMaps> seen_;
  std::vector<std::size_t> ofReader_;
};

void setErrors(const std::vector<RankedFilter>& ranking, Choice& choice)
{
  for (const RankedFilter& ranked : ranking)
  {
    choice.error.push_back(ranked.total);
  }
}

Choice chooseNamed(const EditScope& scope, const SeenByReaders& seen)
{
  Choice choice;
  choice.order = toSizes(scope.places);
  choice.removed = choice.order.size();
  for (std::size_t i = 0; i < scope.survivor.size(); ++i)
  {
    choice.survivor[choice.order[i]] = static_cast<std::size_t>(scope.survivor[i]);
  }
  const std::vector<RankedFilter> ranking = rankInOrder(seen.all(), choice.order);
  for (const RankedFilter& ranked : ranking)
  {
    choice.score.push_back(ranked.error * ranked.error);
  }
  setErrors(ranking, choice);
  return choice;
}

Choice chooseLeastDamage(const SeenByReaders& seen, std::size_t removed)
{
  Choice choice;
  choice.removed = removed;
  const std::vector<RankedFilter> ranking = rankByLeastDamage(seen.all(), 1);
  for (const RankedFilter& ranked : ranking)
  {
    choice.order.push_back(ranked.filter);
    choice.score.push_back(ranked.error * ranked.error);
  }
  setErrors(ranking, choice);
  return choice;
}

Choice chooseSmallestNorm(
  const RemovalStatistics& statistics, const SeenByReaders& seen, std::size_t removed)
{
  Choice choice;
  choice.removed = removed;
  choice.order = orderBySmallest(statistics.norms, 1);
  for (const std::size_t filter : choice.order)
  {
    choice.score.push_back(statistics.norms[filter]);
  }
  setErrors(rankInOrder(seen.all(), choice.order), choice);
  return choice;
}

Choice chooseCorrelated(const EditRequest& request, const EditScope& scope,
  const RemovalStatistics& statistics, const SeenByReaders& seen)
{
  const std::size_t filters = static_cast<std::size_t>(scope.filters);
  double threshold = request.threshold;
  std::size_t kept = static_cast<std::size_t>(request.pruneTo);
  if (kept == 0 || request.groups)
  {
    GroupingOptions options;
    options.floor = std::max(request.threshold, 0.0);
    threshold = groupFilters(statistics.correlation, filters, options).threshold;
  }
  Choice choice;
  const std::vector<CorrelatedFilter> all =
    tensorview::chooseCorrelated(statistics.correlation, filters, 0, -1.0);
  for (const CorrelatedFilter& chosen : all)
  {
    choice.order.push_back(chosen.filter);
    choice.score.push_back(chosen.coefficient);
    if (chosen.coefficient >= threshold && choice.removed + kept < filters)
    {
      ++choice.removed;
    }
  }
  if (choice.removed == 0)
  {
    throw NothingToMerge("no two filters of layer '" + request.layer + "' have a correlation of " +
                         std::to_string(threshold) +
                         " or more; lower the threshold or choose by least-damage");
  }
  // Survivors of those that go, not of all that could.
  for (const CorrelatedFilter& chosen : tensorview::chooseCorrelated(
         statistics.correlation, filters, filters - choice.removed, threshold))
  {
    choice.survivor[chosen.filter] = chosen.survivor;
  }
  setErrors(rankInOrder(seen.all(), choice.order), choice);
  return choice;
}

Choice choose(const EditRequest& request, const EditScope& scope,
  const RemovalStatistics& statistics, const SeenByReaders& seen)
{
  if (!scope.places.empty())
  {
    return chooseNamed(scope, seen);
  }
  const std::size_t removed = static_cast<std::size_t>(scope.filters - request.pruneTo);
  switch (request.choice)
  {
    case PruneChoice::Correlated:
      return chooseCorrelated(request, scope, statistics, seen);
    case PruneChoice::SmallestNorm:
      return chooseSmallestNorm(statistics, seen, removed);
    case PruneChoice::LeastDamage:
      break;
  }
  return chooseLeastDamage(seen, removed);
}

MergeMethod mergeMethodOf(PruneMethod method)
{
  switch (method)
  {
    case PruneMethod::Scale:
      return MergeMethod::Scale;
    case PruneMethod::Sum:
      return MergeMethod::Sum;
    case PruneMethod::Drop:
      return MergeMethod::Drop;
    case PruneMethod::Reconstruct:
      break;
  }
  return MergeMethod::Reconstruct;
}

/// [removed, left + 1] of [removed, filters + 1].
std::vector<double> ofLeft(const std::vector<double>& coefficients, std::size_t filters,
  const std::vector<std::size_t>& dropped)
{
  const std::set<std::size_t> gone(dropped.begin(), dropped.end());
  std::vector<double> result;
  for (std::size_t d = 0; d < dropped.size(); ++d)
  {
    for (std::size_t k = 0; k <= filters; ++k)
    {
      if (gone.count(k) == 0)
      {
        result.push_back(coefficients[d * (filters + 1) + k]);
      }
    }
  }
  return result;
}

void checkFiniteValues(const std::vector<double>& values, const std::string& layer)
{
  if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
  {
    throw std::runtime_error(
      "the filters of layer '" + layer + "' cannot be merged: the equations have no finite result");
  }
}

/// Survivors of what is dropped (ascending): those that the choice gave, else the most alike.
std::vector<std::size_t> survivorsOf(const Choice& choice, const std::vector<std::size_t>& dropped,
  const std::vector<double>& gram, std::size_t filters)
{
  std::vector<std::size_t> survivors = nearestKept(gram, filters, dropped);
  for (std::size_t d = 0; d < dropped.size(); ++d)
  {
    const auto given = choice.survivor.find(dropped[d]);
    survivors[d] = given != choice.survivor.end() ? given->second : survivors[d];
  }
  return survivors;
}

std::vector<int> slotsOf(const std::vector<int>& present, const std::vector<std::size_t>& places)
{
  std::vector<int> slots;
  for (const std::size_t place : places)
  {
    slots.push_back(place == noSurvivor ? -1 : present[place]);
  }
  return slots;
}

/// Coefficients of all readers, and the error that they predict.
void solve(const NetworkGraph& graph, const EditScope& scope, const EditRequest& request,
  const SeenByReaders& seen, const std::vector<std::size_t>& dropped,
  const std::vector<std::size_t>& survivors, EditPlan& plan)
{
  const std::size_t filters = static_cast<std::size_t>(scope.filters);
  std::vector<std::vector<double>> solved;
  double lost = 0.0;
  std::size_t readers = 0;
  for (const SeenMaps& maps : seen.all())
  {
    solved.push_back(
      mergeCoefficients(mergeMethodOf(request.method), maps.reconstruction, dropped, survivors));
    checkFiniteValues(solved.back(), request.layer);
    if (maps.readers > 0)
    {
      const double error =
        outputError(maps.reconstruction.gram(), maps.outgoing, dropped, solved.back());
      lost += error * error * static_cast<double>(maps.readers);
      readers += maps.readers;
    }
  }
  if (readers > 0)
  {
    plan.predictedError = std::sqrt(lost / static_cast<double>(readers));
  }
  for (std::size_t r = 0; r < scope.removal.readers.size(); ++r)
  {
    plan.readers.push_back({ nameOf(graph, scope.removal.readers[r].layer),
      ofLeft(solved[seen.indexOf(r)], filters, dropped) });
  }
}

[[noreturn]] void refuseStale(const EditPlan& plan)
{
  throw std::invalid_argument("the edit of layer '" + plan.request.layer +
                              "' was planned for other layers or filters than are there now; "
                              "plan it anew");
}
}

EditScope findEditScope(
  const NetworkGraph& graph, const SlotTables& slots, const EditRequest& request)
{
  EditScope scope;
  const int layer = needLayer(graph, request.layer);
  scope.removal = findFilterRemoval(graph, layer);
  scope.filters = graph.layers[static_cast<std::size_t>(layer)].units;
  if (!(request.ridge >= 0.0) || !std::isfinite(request.ridge))
  {
    throw std::invalid_argument("Ridge must be 0 or more");
  }
  if (request.slots.empty())
  {
    if (request.choice == PruneChoice::Correlated &&
        !(request.threshold >= -1.0 && request.threshold <= 1.0))
    {
      throw std::invalid_argument("the threshold of correlations must be from -1 to 1");
    }
    checkNumber(request, scope.filters);
    return scope;
  }
  for (const int slot : request.slots)
  {
    scope.places.push_back(needPlace(slots, layer, slot, request.layer, "filter"));
  }
  for (const int slot : request.survivors)
  {
    scope.survivor.push_back(needPlace(slots, layer, slot, request.layer, "survivor"));
  }
  checkNamed(request, scope);
  return scope;
}

EditPlan planEdit(const NetworkGraph& graph, const SlotTables& slots, const EditRequest& request,
  const RemovalStatistics& statistics, std::int64_t step)
{
  const EditScope scope = findEditScope(graph, slots, request);
  EditPlan plan;
  plan.request = request;
  plan.step = step;
  std::unique_ptr<SeenByReaders> seen;
  try
  {
    seen = std::make_unique<SeenByReaders>(scope, statistics, request.ridge);
  }
  catch (const std::invalid_argument& reason)
  {
    throw std::runtime_error("layer '" + request.layer +
                             "' cannot be pruned: " + std::string(reason.what()) +
                             " (the training diverged, or a weight is not a number)");
  }
  const Choice choice = choose(request, scope, statistics, *seen);

  std::vector<std::size_t> dropped(
    choice.order.begin(), choice.order.begin() + static_cast<std::ptrdiff_t>(choice.removed));
  std::sort(dropped.begin(), dropped.end());
  const std::size_t filters = static_cast<std::size_t>(scope.filters);
  const std::vector<double>& gram = seen->all().front().reconstruction.gram();
  const std::vector<std::size_t> survivors = survivorsOf(choice, dropped, gram, filters);
  for (const int member : scope.removal.members)
  {
    const std::vector<int> present = slots.present(member);
    plan.members.push_back(
      { nameOf(graph, member), present, slotsOf(present, dropped), slotsOf(present, survivors) });
  }
  const std::vector<int>& present = plan.members.front().present;
  for (std::size_t i = 0; i < choice.order.size(); ++i)
  {
    const auto place = std::find(dropped.begin(), dropped.end(), choice.order[i]);
    const bool goes = place != dropped.end();
    EditPlan::Candidate candidate;
    candidate.slot = present[choice.order[i]];
    candidate.survivor =
      goes ? plan.members.front().survivors[static_cast<std::size_t>(place - dropped.begin())] : -1;
    candidate.score = choice.score[i];
    candidate.error = choice.error[i];
    plan.ranking.push_back(candidate);
  }
  solve(graph, scope, request, *seen, dropped, survivors, plan);
  return plan;
}

ResolvedEdit resolveEdit(const NetworkGraph& graph, const SlotTables& slots, const EditPlan& plan)
{
  ResolvedEdit edit;
  const int layer = needLayer(graph, plan.request.layer);
  edit.removal = findFilterRemoval(graph, layer);
  if (plan.members.size() != edit.removal.members.size() ||
      plan.readers.size() != edit.removal.readers.size())
  {
    refuseStale(plan);
  }
  for (std::size_t i = 0; i < plan.members.size(); ++i)
  {
    const EditPlan::Member& member = plan.members[i];
    const int index = edit.removal.members[i];
    if (member.layer != nameOf(graph, index) || member.present != slots.present(index) ||
        member.removed.empty() || member.removed.size() >= member.present.size())
    {
      refuseStale(plan);
    }
    std::vector<std::int64_t> places;
    for (const int slot : member.removed)
    {
      places.push_back(needPlace(slots, index, slot, member.layer, "filter"));
    }
    const bool ascends = std::adjacent_find(places.begin(), places.end(),
                           [](std::int64_t a, std::int64_t b) { return a >= b; }) == places.end();
    if (!ascends || (i > 0 && places != edit.removed))
    {
      refuseStale(plan);
    }
    edit.removed = places;
  }
  edit.left =
    placesLeft(static_cast<std::int64_t>(plan.members.front().present.size()), edit.removed);
  for (std::size_t r = 0; r < plan.readers.size(); ++r)
  {
    const EditPlan::Reader& reader = plan.readers[r];
    if (reader.layer != nameOf(graph, edit.removal.readers[r].layer) ||
        reader.coefficients.size() != edit.removed.size() * (edit.left.size() + 1))
    {
      refuseStale(plan);
    }
    checkFiniteValues(reader.coefficients, plan.request.layer);
    edit.coefficients.push_back(reader.coefficients);
  }
  return edit;
}

EditReport reportOf(const EditPlan& plan, std::int64_t step)
{
  EditReport report;
  report.what = "prune";
  report.step = step;
  for (const EditPlan::Member& member : plan.members)
  {
    const auto before = static_cast<std::int64_t>(member.present.size());
    const auto removed = static_cast<std::int64_t>(member.removed.size());
    report.layers.push_back(
      { member.layer, before, before - removed, member.removed, member.survivors });
  }
  report.choice = plan.request.slots.empty() ? toString(plan.request.choice) : "slots";
  report.method = toString(plan.request.method);
  report.ridge = plan.request.ridge;
  report.predictedError = plan.predictedError;
  report.why = plan.request.why;
  return report;
}

std::vector<int> slotsToFreeze(const NetworkGraph& graph, const SlotTables& slots,
  const std::string& layer, const std::vector<int>& named)
{
  const int index = needLayer(graph, layer);
  if (!graph.layers[static_cast<std::size_t>(index)].hasFilters())
  {
    throw std::invalid_argument("layer '" + layer + "' has no filters that could be frozen");
  }
  if (named.empty())
  {
    return slots.present(index);
  }
  for (const int slot : named)
  {
    needPlace(slots, index, slot, layer, "filter");
  }
  const std::set<int> ascending(named.begin(), named.end());
  return { ascending.begin(), ascending.end() };
}

} // namespace tensorview
