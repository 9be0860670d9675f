#include "HistoryProjection.h"

#include "Core/PrincipalComponents.h"
#include "HistoryBlocks.h"
#include "SmpParallelFor.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <iterator>

using tensorview::LayerHistory;
using tensorview::LayerHistoryDescription;
using tensorview::TensorBox;
using tensorview::TensorShape;

namespace HistoryProjection
{
namespace
{

constexpr std::size_t fittedVectors = 1000; ///< of single filters
constexpr std::int64_t wholeFilter = 4096;  ///< values: as fast to read as three of them

/// The snapshots of a run that take part.
struct Run
{
  LayerHistory* history;
  std::vector<std::size_t> snapshots;
};

/// @param together values that must be at hand for every snapshot at once
std::vector<Run> ChooseSnapshots(const std::vector<LayerHistory*>& histories,
  const Options& options, std::int64_t together, Result& result)
{
  const std::size_t fitting = options.blockBytes / sizeof(float) /
                              static_cast<std::size_t>(std::max<std::int64_t>(1, together));
  const std::size_t most =
    std::max<std::size_t>(2, std::min(options.maximumSnapshots, fitting) / histories.size());
  std::vector<Run> runs;
  for (LayerHistory* history : histories)
  {
    const std::size_t all = history->description().step.size();
    runs.push_back({ history, SpreadIndices(all, most) });
    result.snapshots += runs.back().snapshots.size();
    result.allSnapshots += all;
  }
  return runs;
}

Path StepsOf(const Run& run)
{
  Path path;
  for (const std::size_t snapshot : run.snapshots)
  {
    path.step.push_back(run.history->description().step[snapshot]);
  }
  path.values.reserve(path.step.size() * dimensions);
  return path;
}

/// Slots (or channels) that all runs have at all times.
std::vector<std::int32_t> Common(
  const std::vector<Run>& runs, std::vector<std::int32_t> LayerHistoryDescription::*slots)
{
  std::vector<std::int32_t> common = runs.front().history->description().*slots;
  for (const Run& run : runs)
  {
    const std::vector<std::int32_t>& others = run.history->description().*slots;
    std::vector<std::int32_t> both;
    std::set_intersection(
      common.begin(), common.end(), others.begin(), others.end(), std::back_inserter(both));
    common = std::move(both);
  }
  return common;
}

/// Extents that hold all common slots, the rest of them as the runs have them.
TensorShape CommonShape(const std::vector<Run>& runs)
{
  TensorShape shape = runs.front().history->description().shape;
  for (const Run& run : runs)
  {
    shape.filters = std::min(shape.filters, run.history->description().shape.filters);
    shape.channels = std::min(shape.channels, run.history->description().shape.channels);
  }
  return shape;
}

bool Contains(const std::vector<std::int32_t>& ascending, std::int64_t slot)
{
  return std::binary_search(ascending.begin(), ascending.end(), static_cast<std::int32_t>(slot));
}

/// Which values of a box belong to slots and channels that count; empty: all.
std::vector<char> CountedValues(const TensorBox& box, const std::vector<std::int32_t>& slots,
  const std::vector<std::int32_t>& channels)
{
  std::vector<char> counted;
  counted.reserve(static_cast<std::size_t>(box.size()));
  const auto window = static_cast<std::size_t>(box.count[2] * box.count[3]);
  for (std::int64_t slot = box.start[0]; slot < box.start[0] + box.count[0]; ++slot)
  {
    for (std::int64_t channel = box.start[1]; channel < box.start[1] + box.count[1]; ++channel)
    {
      counted.insert(
        counted.end(), window, Contains(slots, slot) && Contains(channels, channel) ? 1 : 0);
    }
  }
  const bool all =
    std::all_of(counted.begin(), counted.end(), [](char value) { return value != 0; });
  return all ? std::vector<char>() : counted;
}

void ClearOthers(std::vector<float>& values, const std::vector<char>& counted)
{
  for (std::size_t row = 0; !counted.empty() && row < values.size(); row += counted.size())
  {
    for (std::size_t i = 0; i < counted.size(); ++i)
    {
      values[row + i] = counted[i] != 0 ? values[row + i] : 0.0F;
    }
  }
}

/// A box at all chosen snapshots of all runs, [snapshots][box.size()].
std::vector<float> ReadBox(
  const std::vector<Run>& runs, const TensorBox& box, std::vector<float> values)
{
  std::size_t rows = 0;
  for (const Run& run : runs)
  {
    rows += run.snapshots.size();
  }
  const auto size = static_cast<std::size_t>(box.size());
  values.resize(rows * size);
  float* to = values.data();
  for (const Run& run : runs)
  {
    run.history->read(box, run.snapshots, to);
    to += run.snapshots.size() * size;
  }
  return values;
}

/// Calls work(i, values) for the values of box i, reading the next box meanwhile. False: given up.
bool ForEachBox(const std::vector<Run>& runs, const std::vector<TensorBox>& boxes,
  const Progress& progress, const std::function<void(std::size_t, std::vector<float>&)>& work)
{
  if (boxes.empty())
  {
    return true;
  }
  std::vector<float> spare;
  std::vector<float> values = ReadBox(runs, boxes.front(), {});
  for (std::size_t i = 0; i < boxes.size(); ++i)
  {
    std::future<std::vector<float>> next;
    if (i + 1 < boxes.size())
    {
      next = std::async(std::launch::async, [&runs, &boxes, i, buffer = std::move(spare)]() mutable
        { return ReadBox(runs, boxes[i + 1], std::move(buffer)); });
    }
    work(i, values);
    if (!progress(static_cast<double>(i + 1) / static_cast<double>(boxes.size())))
    {
      return false; // what is being read is waited for
    }
    spare = std::move(values);
    values = next.valid() ? next.get() : std::vector<float>();
  }
  return true;
}

/// A filter at a snapshot of a run.
struct Vector
{
  std::size_t run;
  std::size_t snapshot; ///< index into Run::snapshots
  std::int32_t slot;
};

/// At most fittedVectors vectors; over the filters they spread by the golden ratio, so that no
/// filter is preferred.
std::vector<Vector> ChooseVectors(
  const std::vector<Run>& runs, const std::vector<std::int32_t>& slots, std::size_t most)
{
  std::vector<Vector> all;
  for (std::size_t run = 0; run < runs.size(); ++run)
  {
    const std::size_t snapshots = runs[run].snapshots.size();
    const std::size_t share = most / runs.size();
    const bool every = snapshots * slots.size() <= share;
    const std::size_t count = every ? snapshots * slots.size() : share;
    for (std::size_t i = 0; i < count; ++i)
    {
      const double turn = 0.6180339887498949 * static_cast<double>(i);
      const std::size_t slot =
        every
          ? i % slots.size()
          : static_cast<std::size_t>((turn - std::floor(turn)) * static_cast<double>(slots.size()));
      all.push_back({ run, i * snapshots / count, slots[std::min(slot, slots.size() - 1)] });
    }
  }
  return all;
}

TensorBox FilterBox(const TensorShape& shape, std::int64_t slot, std::int64_t count)
{
  TensorBox box;
  box.start = { slot, 0, 0, 0 };
  box.count = { count, shape.channels, shape.rows, shape.columns };
  return box;
}

/// Axes through the mean of some vectors.
struct Axes
{
  std::vector<float> mean;
  std::array<std::vector<float>, dimensions> direction; ///< of length 1
};

/// Fits axes to `vectors` [count][length].
Axes FitAxes(const std::vector<float>& vectors, std::size_t count)
{
  const std::size_t length = vectors.size() / count;
  std::vector<float> spent = vectors;
  tensorview::SnapshotGram gram(count);
  gram.add(spent.data(), length, SmpParallelFor(vectors.size()));
  const tensorview::PrincipalComponents found =
    tensorview::findPrincipalComponents(gram, dimensions);
  const auto members = static_cast<double>(std::max<std::size_t>(1, count - found.leftOut));

  std::vector<double> mean(length, 0.0);
  std::array<std::vector<double>, dimensions> direction;
  direction.fill(mean);
  for (std::size_t i = 0; i < count; ++i)
  {
    for (std::size_t k = 0; gram.isFinite(i) && k < length; ++k)
    {
      mean[k] += static_cast<double>(vectors[i * length + k]) / members;
    }
  }
  for (std::size_t i = 0; i < count; ++i)
  {
    for (std::size_t c = 0; gram.isFinite(i) && c < dimensions; ++c)
    {
      const double square = found.explained[c] * found.variance * members;
      const double share = square > 0.0 ? found.scores[i * dimensions + c] / square : 0.0;
      for (std::size_t k = 0; k < length; ++k)
      {
        direction[c][k] += share * (static_cast<double>(vectors[i * length + k]) - mean[k]);
      }
    }
  }
  Axes axes;
  axes.mean.assign(mean.begin(), mean.end());
  for (std::size_t c = 0; c < dimensions; ++c)
  {
    axes.direction[c].assign(direction[c].begin(), direction[c].end());
  }
  return axes;
}

/// Places a vector; NaN if it is not finite. Returns its squared distance from the mean.
double PlaceVector(
  const Axes& axes, const float* values, const std::vector<char>& counted, float* to)
{
  double scores[dimensions] = {};
  double square = 0.0;
  for (std::size_t k = 0; k < axes.mean.size(); ++k)
  {
    const double value =
      counted.empty() || counted[k] != 0 ? static_cast<double>(values[k] - axes.mean[k]) : 0.0;
    square += value * value;
    for (std::size_t c = 0; c < dimensions; ++c)
    {
      scores[c] += value * static_cast<double>(axes.direction[c][k]);
    }
  }
  const bool finite = std::isfinite(square);
  for (std::size_t c = 0; c < dimensions; ++c)
  {
    to[c] = finite ? static_cast<float>(scores[c]) : std::numeric_limits<float>::quiet_NaN();
  }
  return finite ? square : std::numeric_limits<double>::quiet_NaN();
}

/// Boxes of whole filters that hold `slots`, and of few enough that all snapshots fit.
std::vector<TensorBox> FilterBoxes(
  const TensorShape& shape, const std::vector<std::int32_t>& slots, std::int64_t values)
{
  const std::int64_t most =
    std::max<std::int64_t>(1, values / std::max<std::int64_t>(1, shape.perFilter()));
  std::vector<TensorBox> boxes;
  for (const std::int32_t slot : slots)
  {
    TensorBox* last = boxes.empty() ? nullptr : &boxes.back();
    if (last && last->start[0] + last->count[0] == slot && last->count[0] < most)
    {
      ++last->count[0];
    }
    else
    {
      boxes.push_back(FilterBox(shape, slot, 1));
    }
  }
  return boxes;
}

/// Paths of filters without points, and the way through their values: calls
/// place(values of one filter, where its point goes) for every snapshot, by several threads, for
/// every box. False: given up.
bool PlaceFilters(const std::vector<Run>& runs, const std::vector<std::int32_t>& slots,
  const std::vector<TensorBox>& boxes, const Progress& progress,
  const std::function<void(const TensorBox&, std::size_t vector, const float*, float*)>& place,
  std::vector<std::vector<Path>>& paths)
{
  std::vector<std::pair<std::size_t, std::size_t>> rows; // run and snapshot
  for (std::size_t run = 0; run < runs.size(); ++run)
  {
    Path empty = StepsOf(runs[run]);
    empty.values.resize(empty.step.size() * dimensions);
    paths.emplace_back(slots.size(), empty);
    for (std::size_t snapshot = 0; snapshot < runs[run].snapshots.size(); ++snapshot)
    {
      rows.emplace_back(run, snapshot);
    }
  }
  std::size_t firstPath = 0;
  return ForEachBox(runs, boxes, progress,
    [&](std::size_t i, std::vector<float>& values)
    {
      const auto filters = static_cast<std::size_t>(boxes[i].count[0]);
      const auto length = static_cast<std::size_t>(boxes[i].size()) / filters;
      SmpParallelFor(values.size())(rows.size(),
        [&](std::size_t begin, std::size_t end)
        {
          for (std::size_t row = begin; row < end; ++row)
          {
            const auto [run, snapshot] = rows[row];
            for (std::size_t filter = 0; filter < filters; ++filter)
            {
              place(boxes[i], row * slots.size() + firstPath + filter,
                values.data() + (row * filters + filter) * length,
                paths[run][firstPath + filter].values.data() + snapshot * dimensions);
            }
          }
        });
      firstPath += filters;
    });
}

std::int64_t BlockValues(const Options& options, const Result& result)
{
  return static_cast<std::int64_t>(
    options.blockBytes / sizeof(float) / std::max<std::size_t>(1, result.snapshots));
}
}

Result ProjectLayer(
  const std::vector<LayerHistory*>& histories, const Options& options, const Progress& progress)
{
  Result result;
  const std::vector<Run> runs = ChooseSnapshots(histories, options, 1, result);
  const std::vector<std::int32_t> slots = Common(runs, &LayerHistoryDescription::slot);
  const std::vector<std::int32_t> channels = Common(runs, &LayerHistoryDescription::channelSlot);
  const TensorShape shape = CommonShape(runs);
  result.weights =
    static_cast<std::int64_t>(slots.size() * channels.size()) * shape.rows * shape.columns;
  const std::vector<TensorBox> boxes =
    SplitTensor(shape, runs.front().history->description().piece, BlockValues(options, result));

  tensorview::SnapshotGram gram(result.snapshots);
  result.finished = ForEachBox(runs, boxes, progress,
    [&](std::size_t i, std::vector<float>& values)
    {
      ClearOthers(values, CountedValues(boxes[i], slots, channels));
      gram.add(values.data(), static_cast<std::size_t>(boxes[i].size()),
        SmpParallelFor(values.size() * result.snapshots));
    });
  if (!result.finished)
  {
    return result;
  }

  const tensorview::PrincipalComponents found =
    tensorview::findPrincipalComponents(gram, dimensions);
  std::copy(found.explained.begin(), found.explained.end(), result.explained.begin());
  result.leftOut = found.leftOut;
  auto scores = found.scores.begin();
  for (const Run& run : runs)
  {
    Path path = StepsOf(run);
    const auto end = scores + static_cast<std::ptrdiff_t>(path.step.size() * dimensions);
    std::transform(scores, end, std::back_inserter(path.values),
      [](double score) { return static_cast<float>(score); });
    scores = end;
    result.paths.push_back({ std::move(path) });
  }
  return result;
}

Result ProjectFilters(const std::vector<LayerHistory*>& histories,
  const std::vector<std::int32_t>& slots, const Options& options, const Progress& progress)
{
  Result result;
  const std::vector<Run> runs =
    ChooseSnapshots(histories, options, histories.front()->description().shape.perFilter(), result);
  const std::vector<std::int32_t> channels = Common(runs, &LayerHistoryDescription::channelSlot);
  const TensorShape shape = CommonShape(runs);
  const auto length = static_cast<std::size_t>(shape.perFilter());
  result.weights = static_cast<std::int64_t>(channels.size()) * shape.rows * shape.columns;
  const std::vector<char> counted = CountedValues(FilterBox(shape, 0, 1), { 0 }, channels);

  const std::size_t most = std::clamp<std::size_t>(
    options.blockBytes / sizeof(float) / std::max<std::size_t>(1, length), 4, fittedVectors);
  const std::vector<Vector> chosen = ChooseVectors(runs, slots, most);
  std::vector<float> vectors(chosen.size() * length);
  for (std::size_t i = 0; i < chosen.size(); ++i)
  {
    const Run& run = runs[chosen[i].run];
    run.history->read(FilterBox(shape, chosen[i].slot, 1), { run.snapshots[chosen[i].snapshot] },
      vectors.data() + i * length);
  }
  ClearOthers(vectors, counted);
  if (chosen.empty() || length == 0)
  {
    return result;
  }
  const Axes axes = FitAxes(vectors, chosen.size());

  std::vector<double> squares(result.snapshots * slots.size(), 0.0);
  result.finished = PlaceFilters(
    runs, slots, FilterBoxes(shape, slots, BlockValues(options, result)), progress,
    [&](const TensorBox&, std::size_t vector, const float* values, float* to)
    { squares[vector] = PlaceVector(axes, values, counted, to); },
    result.paths);

  double all = 0.0;
  for (const double square : squares)
  {
    result.leftOut += std::isfinite(square) ? 0 : 1;
    all += std::isfinite(square) ? square : 0.0;
  }
  for (const std::vector<Path>& paths : result.paths)
  {
    for (const Path& path : paths)
    {
      for (std::size_t i = 0; i < path.values.size() && all > 0.0; ++i)
      {
        const double score = static_cast<double>(path.values[i]);
        result.explained[i % dimensions] += std::isfinite(score) ? score * score / all : 0.0;
      }
    }
  }
  return result;
}

Result ReadFilters(const std::vector<LayerHistory*>& histories,
  const std::vector<std::int32_t>& slots, const std::array<std::int64_t, dimensions>& coordinates,
  const Options& options, const Progress& progress)
{
  Result result;
  const std::vector<Run> runs =
    ChooseSnapshots(histories, options, histories.front()->description().shape.perFilter(), result);
  const TensorShape shape = CommonShape(runs);
  result.weights = dimensions;
  std::vector<TensorBox> boxes = FilterBoxes(shape, slots, BlockValues(options, result));
  if (shape.perFilter() > wholeFilter)
  {
    // Channels from the first to the last that is asked for.
    const std::int64_t window = shape.rows * shape.columns;
    const auto [low, high] = std::minmax_element(coordinates.begin(), coordinates.end());
    for (TensorBox& box : boxes)
    {
      box.start[1] = *low / window;
      box.count[1] = *high / window - box.start[1] + 1;
    }
  }
  result.finished = PlaceFilters(
    runs, slots, boxes, progress,
    [&](const TensorBox& box, std::size_t, const float* values, float* to)
    {
      for (std::size_t c = 0; c < dimensions; ++c)
      {
        to[c] = values[coordinates[c] - box.start[1] * shape.rows * shape.columns];
      }
    },
    result.paths);
  return result;
}

}
