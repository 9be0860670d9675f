#include "RunTables.h"

#include "RunJson.h"
#include "SegmentRows.h"

#include <algorithm>
#include <limits>

namespace tensorview
{
namespace
{

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from)
{
  to.insert(to.end(), from.begin(), from.end());
}

/// Appends `rows` (of `width` values each) as rows whose value i is that at from[i]; NaN if from[i]
/// is negative.
void appendColumns(std::vector<float>& to, const std::vector<float>& rows, std::size_t width,
  const std::vector<std::ptrdiff_t>& from, std::int64_t count)
{
  bool same = from.size() == width;
  for (std::size_t i = 0; same && i < width; ++i)
  {
    same = from[i] == static_cast<std::ptrdiff_t>(i);
  }
  if (same)
  {
    append(to, rows);
    return;
  }
  for (std::size_t row = 0; row < static_cast<std::size_t>(count); ++row)
  {
    for (const std::ptrdiff_t column : from)
    {
      to.push_back(column < 0 ? nan : rows[row * width + static_cast<std::size_t>(column)]);
    }
  }
}

/// Where each of `names` stands in `there`, -1 = nowhere.
std::vector<std::ptrdiff_t> positionsIn(
  const std::vector<std::string>& there, const std::vector<std::string>& names)
{
  std::vector<std::ptrdiff_t> positions;
  for (const std::string& name : names)
  {
    const auto found = std::find(there.begin(), there.end(), name);
    positions.push_back(found != there.end() ? found - there.begin() : -1);
  }
  return positions;
}

void appendTime(StepTable& table, const RowSlice& slice)
{
  append(
    table.step, readRows<std::int64_t>(*slice.file, runformat::stepStep, slice.first, slice.count));
  append(
    table.epoch, readRows<double>(*slice.file, runformat::stepEpoch, slice.first, slice.count));
}

/// Rows of filters have no epoch of their own: it follows from the step.
void appendFilterTime(StepTable& table, const RowSlice& slice)
{
  const auto steps =
    readRows<std::int64_t>(*slice.file, runformat::filterStep, slice.first, slice.count);
  const EpochClock& clock = slice.file->layout().clock;
  for (const std::int64_t step : steps)
  {
    table.epoch.push_back(clock.epochOf(step));
  }
  append(table.step, steps);
}

} // namespace

StepTable readMetrics(const std::vector<RowSlice>& slices, const RunLayout& newest)
{
  StepTable table;
  table.columns = newest.metricColumns;
  for (const RowSlice& slice : slices)
  {
    appendTime(table, slice);
    const auto& columns = slice.file->layout().metricColumns;
    const auto values = readRows<float>(
      *slice.file, runformat::metrics, slice.first, slice.count, { columns.size() });
    appendColumns(
      table.values, values, columns.size(), positionsIn(columns, table.columns), slice.count);
  }
  return table;
}

std::optional<std::size_t> findStatistics(
  const RunLayout& layout, const RunLayout::StatisticTensor& tensor)
{
  const auto& all = layout.statisticTensors;
  const auto found = std::find_if(all.begin(), all.end(),
    [&](const auto& t) { return t.layer == tensor.layer && t.kind == tensor.kind; });
  if (found == all.end())
  {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - all.begin());
}

StepTable readStatistics(
  const std::vector<RowSlice>& slices, const RunLayout::StatisticTensor& tensor)
{
  StepTable table;
  table.columns.assign(statisticNames.begin(), statisticNames.end());
  for (const RowSlice& slice : slices)
  {
    appendTime(table, slice);
    if (const auto index = findStatistics(slice.file->layout(), tensor))
    {
      append(table.values, readBlock<float>(*slice.file, runformat::statistics,
                             { static_cast<hsize_t>(slice.first), *index, 0 },
                             { static_cast<hsize_t>(slice.count), 1, statisticCount }));
    }
    else
    {
      table.values.resize(table.step.size() * statisticCount, nan);
    }
  }
  return table;
}

StepTable readFilterSeries(
  const std::vector<RowSlice>& slices, const FilterSeriesDescription& series)
{
  StepTable table;
  for (std::int64_t slot = 0; slot < series.slots; ++slot)
  {
    table.columns.push_back(std::to_string(slot));
  }
  for (const RowSlice& slice : slices)
  {
    appendFilterTime(table, slice);
    const auto& all = slice.file->layout().filterSeries;
    const auto found = std::find_if(all.begin(), all.end(),
      [&](const FilterSeriesDescription& s) { return s.name == series.name; });
    const std::size_t width =
      found != all.end() ? static_cast<std::size_t>(found->slots) : std::size_t(0);
    const auto values = readRows<float>(
      *slice.file, filterSeriesPath(series), slice.first, width ? slice.count : 0, { width });
    std::vector<std::ptrdiff_t> from(table.columns.size(), -1);
    for (std::size_t slot = 0; slot < std::min(width, from.size()); ++slot)
    {
      from[slot] = static_cast<std::ptrdiff_t>(slot);
    }
    appendColumns(table.values, values, width, from, slice.count);
  }
  return table;
}

StepTable readChangeBands(const std::vector<RowSlice>& slices, const RunLayout& newest)
{
  const auto columnsOf = [](const std::vector<std::string>& layers)
  {
    std::vector<std::string> columns;
    for (const std::string& layer : layers)
    {
      for (std::size_t band = 0; band < changeBandCount; ++band)
      {
        columns.push_back(layer + "/" + std::to_string(band));
      }
    }
    return columns;
  };
  StepTable table;
  table.columns = columnsOf(newest.changeBandLayers);
  for (const RowSlice& slice : slices)
  {
    appendFilterTime(table, slice);
    const auto& layers = slice.file->layout().changeBandLayers;
    const auto counts = readRows<std::uint32_t>(*slice.file, runformat::changeBands, slice.first,
      slice.count, { layers.size(), changeBandCount });
    const std::vector<float> values(counts.begin(), counts.end());
    const auto columns = columnsOf(layers);
    appendColumns(
      table.values, values, columns.size(), positionsIn(columns, table.columns), slice.count);
  }
  return table;
}

std::vector<Evaluation> readEvaluations(const std::vector<RowSlice>& slices, bool withPredictions)
{
  std::vector<Evaluation> result;
  for (const RowSlice& slice : slices)
  {
    SegmentFile& file = *slice.file;
    const auto steps =
      readRows<std::int64_t>(file, runformat::evaluationStep, slice.first, slice.count);
    const auto epochs =
      readRows<double>(file, runformat::evaluationEpoch, slice.first, slice.count);
    const auto losses = readRows<float>(file, runformat::evaluationLoss, slice.first, slice.count);
    const auto accuracies =
      readRows<float>(file, runformat::evaluationAccuracy, slice.first, slice.count);
    const std::size_t images = file.layout().validationLabels.size();
    for (std::size_t i = 0; i < steps.size(); ++i)
    {
      Evaluation evaluation{ steps[i], epochs[i], losses[i], accuracies[i], {} };
      if (withPredictions)
      {
        auto predicted = readRows<std::uint16_t>(file, runformat::evaluationPredicted,
          slice.first + static_cast<std::int64_t>(i), 1, { images });
        const bool known = std::any_of(predicted.begin(), predicted.end(),
          [](std::uint16_t value) { return value != runformat::notPredicted; });
        if (known)
        {
          evaluation.predicted = std::move(predicted);
        }
      }
      result.push_back(std::move(evaluation));
    }
  }
  return result;
}

} // namespace tensorview
