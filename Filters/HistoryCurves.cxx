#include "HistoryCurves.h"

#include "Core/GridLayout.h"
#include "RankExchange.h"

#include "vtkModelProvider.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <stdexcept>

namespace
{
using HistoryProjection::dimensions;
using tensorview::LayerHistory;

/// Fitting what is not more than this takes little: it is done whenever there is something new.
constexpr double quickBytes = 64.0 * 1024 * 1024;
constexpr std::size_t quickSnapshots = 300;
/// Else when one in so many snapshots is new.
constexpr std::size_t refitShare = 10;

std::string Percent(double part)
{
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f %%", 100.0 * part);
  return text;
}

std::size_t CountSnapshots(const std::vector<LayerHistory*>& histories)
{
  std::size_t snapshots = 0;
  for (const LayerHistory* history : histories)
  {
    snapshots += history->description().step.size();
  }
  return snapshots;
}

std::vector<std::int32_t> ChooseSlots(const std::vector<LayerHistory*>& histories,
  const std::vector<int>& asked, std::vector<std::string>& notes)
{
  std::int64_t slots = std::numeric_limits<std::int32_t>::max();
  for (const LayerHistory* history : histories)
  {
    slots = std::min(slots, history->description().shape.filters);
  }
  std::vector<std::int32_t> chosen;
  std::string leftOut;
  for (const int slot : asked)
  {
    if (slot >= 0 && slot < slots)
    {
      chosen.push_back(slot);
    }
    else
    {
      leftOut += " " + std::to_string(slot);
    }
  }
  if (!leftOut.empty())
  {
    notes.push_back(
      "Left out of Slots:" + leftOut + "; slots go from 0 to " + std::to_string(slots - 1) + ".");
  }
  for (std::int32_t slot = 0; asked.empty() && slot < slots; ++slot)
  {
    chosen.push_back(slot);
  }
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

HistoryProjection::Result Project(const std::vector<LayerHistory*>& histories,
  const std::vector<std::int32_t>& slots, const HistoryCurves::Options& asked,
  const HistoryProjection::Progress& progress)
{
  HistoryProjection::Options options;
  options.maximumSnapshots = asked.maximumSnapshots;
  if (!asked.ofFilters)
  {
    return HistoryProjection::ProjectLayer(histories, options, progress);
  }
  const auto curves = std::max<std::size_t>(1, slots.size());
  options.maximumSnapshots =
    std::min(options.maximumSnapshots, std::max<std::size_t>(2, asked.maximumPoints / curves));
  if (asked.principalComponents)
  {
    return HistoryProjection::ProjectFilters(histories, slots, options, progress);
  }
  const tensorview::TensorShape& shape = histories.front()->description().shape;
  for (const std::int64_t coordinate : asked.filterCoordinates)
  {
    if (coordinate < 0 || coordinate >= shape.perFilter())
    {
      throw std::runtime_error(
        "FilterCoordinates names weight " + std::to_string(coordinate) +
        " of a filter, but the filters of this layer have " + std::to_string(shape.perFilter()) +
        (shape.perFilter() < 3 ? "; principal components need no three" : ", numbered from 0"));
    }
  }
  return HistoryProjection::ReadFilters(
    histories, slots, asked.filterCoordinates, options, progress);
}

void Describe(const HistoryProjection::Result& result, const std::vector<TrajectoryRun>& runs,
  const HistoryCurves::Options& options, MadeCurves& fitted)
{
  const std::string layer = "layer '" + runs.front().shape.layer + "'";
  const bool ofFilters = options.ofFilters;
  if (options.principalComponents)
  {
    fitted.explained.assign(result.explained.begin(), result.explained.end());
    fitted.notes.push_back("Axes: the first three principal components of the " +
                           std::to_string(result.weights) + " weights of " +
                           (ofFilters ? "a filter of " : "") + layer + ", which explain " +
                           Percent(result.explained[0]) + ", " + Percent(result.explained[1]) +
                           " and " + Percent(result.explained[2]) + " of the variance over " +
                           std::to_string(result.snapshots) + " snapshots.");
    if (result.snapshots == 1)
    {
      fitted.notes.emplace_back("One snapshot has no direction: it lies at the origin.");
    }
    const std::int64_t all = runs.front().shape.filter.channels * runs.front().shape.filter.rows *
                             runs.front().shape.filter.columns *
                             (ofFilters ? 1 : runs.front().shape.slots);
    if (result.weights < all)
    {
      fitted.notes.push_back("Weights that do not exist at every snapshot are left out: " +
                             std::to_string(all - result.weights) + ".");
    }
    if (result.leftOut > 0)
    {
      fitted.notes.push_back(std::string(ofFilters ? "Points of filters" : "Snapshots") +
                             " with weights that are not finite or not there, left out: " +
                             std::to_string(result.leftOut) + ".");
    }
  }
  else
  {
    const auto& axes = options.filterCoordinates;
    fitted.notes.push_back("Axes: weights " + std::to_string(axes[0]) + " " +
                           std::to_string(axes[1]) + " " + std::to_string(axes[2]) +
                           " of each filter of " + layer + ". The points are the snapshots.");
  }
  if (result.snapshots < result.allSnapshots)
  {
    fitted.notes.push_back(
      std::to_string(result.snapshots) + " of " + std::to_string(result.allSnapshots) +
      " snapshots take part, evenly spread (MaximumSnapshots, MaximumPoints).");
  }
}

std::vector<TrajectoryCurve> CurvesOf(const HistoryProjection::Result& result,
  const std::vector<TrajectoryRun>& runs, const std::vector<std::int32_t>& slots,
  const HistoryCurves::Options& options)
{
  std::vector<TrajectoryCurve> curves;
  const auto columns =
    static_cast<std::int32_t>(tensorview::gridColumns(runs.front().shape.firstFilters));
  for (std::size_t r = 0; r < result.paths.size(); ++r)
  {
    for (std::size_t c = 0; c < result.paths[r].size(); ++c)
    {
      const HistoryProjection::Path& path = result.paths[r][c];
      TrajectoryCurve curve;
      curve.run = runs[r].number;
      if (options.ofFilters)
      {
        curve.slot = slots[c];
        curve.filterId = FilterId(runs[r].shape.layerId, curve.slot);
        curve.cube = { curve.slot % columns, curve.slot / columns };
      }
      for (std::size_t row = 0; row < path.step.size(); ++row)
      {
        if (path.step[row] >= options.firstStep && path.step[row] <= options.lastStep)
        {
          const auto point = path.values.begin() + static_cast<std::ptrdiff_t>(row * dimensions);
          curve.step.push_back(path.step[row]);
          curve.values.insert(curve.values.end(), point, point + dimensions);
        }
      }
      curves.push_back(std::move(curve));
    }
  }
  return curves;
}
}

void OnRootRank(const std::function<void()>& work)
{
  std::string problem;
  try
  {
    if (RankExchange::IsRoot())
    {
      work();
    }
  }
  catch (const std::exception& error)
  {
    problem = error.what();
  }
  if (RankExchange::Maximum(problem.empty() ? 0.0 : 1.0) > 0.0)
  {
    throw std::runtime_error(
      problem.empty() ? "rank 0 could not read the history of the weights" : problem);
  }
}

LayerHistory* HistoryCurves::Open(
  const TrajectoryRun& run, std::vector<std::unique_ptr<LayerHistory>>& opened)
{
  std::unique_ptr<LayerHistory> history;
  OnRootRank(
    [&] { history = run.provider ? run.provider->OpenHistory(run.shape.layer) : nullptr; });
  if (RankExchange::Maximum(history ? 1.0 : 0.0) > 0.0)
  {
    opened.push_back(std::move(history));
    return opened.back().get();
  }

  Seen& seen = this->SeenOfRun[run.number];
  const std::optional<LayerTensor> tensor = PickCurrent(run);
  const tensorview::TensorShape shape{ run.shape.slots, run.shape.filter.channels,
    run.shape.filter.rows, run.shape.filter.columns };
  const bool again = tensor && IsLive(run) && seen.weights &&
                     static_cast<std::int64_t>(tensor->step) < seen.weights->lastStep();
  if (again || !seen.weights || seen.layer != run.shape.layer || seen.shape != shape)
  {
    seen = { run.shape.layer, shape, std::make_unique<SeenWeights>(shape) };
  }
  if (!seen.weights->isPossible())
  {
    throw std::runtime_error("the source keeps no history, and the weights of layer '" +
                             run.shape.layer +
                             "' are too many to keep those that were shown; record the training "
                             "to a file and open it with a TensorRunReader");
  }
  if (tensor)
  {
    const vtkTensorCollection::Part all = RankExchange::Gather(tensor->parts, false);
    if (RankExchange::IsRoot())
    {
      seen.weights->add(static_cast<std::int64_t>(tensor->step), all.values);
    }
  }
  return seen.weights.get();
}

bool HistoryCurves::IsRecentEnough(
  const std::string& identity, const std::vector<LayerHistory*>& histories, MadeCurves& made) const
{
  const auto weights = static_cast<std::size_t>(histories.front()->description().shape.size());
  const std::size_t snapshots = CountSnapshots(histories);
  const bool quick = static_cast<double>(snapshots * weights * sizeof(float)) <= quickBytes &&
                     snapshots <= quickSnapshots;
  const bool same = this->Last.identity == identity && snapshots >= this->Last.snapshots &&
                    (snapshots - this->Last.snapshots) * refitShare < this->Last.snapshots;
  if (!quick && same)
  {
    const std::size_t newer = snapshots - this->Last.snapshots;
    const std::string prefix = "Newer snapshots that are not shown yet: ";
    auto& notes = made.notes;
    notes.erase(std::remove_if(notes.begin(), notes.end(),
                  [&](const std::string& note) { return note.rfind(prefix, 0) == 0; }),
      notes.end());
    if (newer > 0)
    {
      notes.push_back(
        prefix + std::to_string(newer) + "; the curves are made anew when a tenth of all is new.");
    }
    return true;
  }
  return false;
}

bool HistoryCurves::Update(const std::vector<TrajectoryRun>& allRuns, const std::string& identity,
  const Options& options, const HistoryProjection::Progress& progress, MadeCurves& made)
{
  MadeCurves fitted;
  std::vector<std::unique_ptr<LayerHistory>> opened;
  std::vector<LayerHistory*> histories;
  std::vector<TrajectoryRun> runs;
  bool withoutHistory = false;
  for (const TrajectoryRun& run : allRuns)
  {
    const std::size_t before = opened.size();
    LayerHistory* history = this->Open(run, opened);
    withoutHistory = withoutHistory || opened.size() == before;
    if (!RankExchange::IsRoot())
    {
      continue;
    }
    if (history->description().step.empty())
    {
      fitted.notes.push_back("Run " + std::to_string(run.number) + " has no snapshots of layer '" +
                             run.shape.layer + "'.");
      continue;
    }
    histories.push_back(history);
    runs.push_back(run);
  }
  if (withoutHistory)
  {
    fitted.notes.emplace_back("The source keeps no weights of earlier steps: the curves consist of "
                              "the steps that were shown, at most 256 MB of weights.");
  }
  if (histories.empty()) // other ranks, or nothing recorded
  {
    made = std::move(fitted);
    return true;
  }
  if (this->IsRecentEnough(identity, histories, made))
  {
    return true;
  }

  const std::vector<std::int32_t> slots = ChooseSlots(histories, options.slots, fitted.notes);
  const HistoryProjection::Result result = Project(histories, slots, options, progress);
  ++this->Fits;
  this->Last = { identity, CountSnapshots(histories) };
  if (!result.finished)
  {
    this->Last = {};
    fitted.notes = { "Reading was stopped before its end; change a property to begin again." };
    made = std::move(fitted);
    return false;
  }
  fitted.curves = CurvesOf(result, runs, slots, options);
  Describe(result, runs, options, fitted);
  made = std::move(fitted);
  return true;
}
