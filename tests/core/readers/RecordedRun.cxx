#include "RecordedRun.h"

#include "RunReader.h"
#include "RunWriter.h"

#include <algorithm>

namespace tensorview::testing
{
namespace
{

constexpr std::size_t largeTensor = 5;

/// One large buffer for all portions: only its first value tells the step.
std::vector<float>& largeBuffer(const RunLayout& layout, std::int64_t step)
{
  static std::vector<float> values(
    static_cast<std::size_t>(layout.model.tensors[largeTensor].shape.size()));
  std::fill(values.begin(), values.end(), static_cast<float>(step));
  return values;
}

template <typename T>
std::string differs(const std::string& what, std::size_t row, const T& found, const T& expected)
{
  return what + " in row " + std::to_string(row) + ": " + std::to_string(found) + " instead of " +
         std::to_string(expected);
}

std::string problemInRows(const RunReader& reader)
{
  const RunLayout& layout = reader.layout();
  const StepTable metrics = reader.metrics();
  const StepTable statistics = reader.statistics(1);
  const CoordinateHistory tracked = reader.coordinates("fc1", { 47 });
  for (std::size_t row = 0; row < metrics.step.size(); ++row)
  {
    const auto step = static_cast<std::int64_t>(row) + 1;
    const StepBlock expected = stepsOf(layout, step, 1);
    if (metrics.step[row] != step)
    {
      return differs("step", row, metrics.step[row], step);
    }
    for (std::size_t c = 0; c < metrics.columns.size(); ++c)
    {
      if (metrics.values[row * metrics.columns.size() + c] != expected.metrics[c])
      {
        return differs(
          "metric", row, metrics.values[row * metrics.columns.size() + c], expected.metrics[c]);
      }
    }
    if (statistics.values[row * statisticCount + 5] != expected.statistics[statisticCount + 5])
    {
      return differs("statistic", row, statistics.values[row * statisticCount + 5],
        expected.statistics[statisticCount + 5]);
    }
    if (tracked.values[row] != trackedValue(step, 4))
    {
      return differs("tracked", row, tracked.values[row], trackedValue(step, 4));
    }
    if (row % 29 == 0 && reader.histogram(1, row).count[7] != expected.histogram[64 + 7])
    {
      return differs("histogram", row, reader.histogram(1, row).count[7], expected.histogram[71]);
    }
  }
  return {};
}

std::string problemInSnapshots(const RunReader& reader)
{
  for (std::size_t snapshot = 0; snapshot < reader.snapshotSteps().size(); ++snapshot)
  {
    const std::int64_t step = (static_cast<std::int64_t>(snapshot) + 1) * rowsPerPortion;
    if (reader.snapshotSteps()[snapshot] != step)
    {
      return differs("snapshot step", snapshot, reader.snapshotSteps()[snapshot], step);
    }
    const TensorValues small = reader.readTensor(4, snapshot);
    for (std::int64_t i = 0; i < small.shape.size(); ++i)
    {
      if (small.data.get()[i] != tensorValue(step, 4, i))
      {
        return differs("fc1/weight", snapshot, small.data.get()[i], tensorValue(step, 4, i));
      }
    }
    const TensorValues large = reader.readTensor(largeTensor, snapshot);
    if (large.range.min != float(step) || large.range.max != float(step))
    {
      return differs("large tensor", snapshot, large.range.max, float(step));
    }
    if (reader.readProbe(0, snapshot).data.get()[20] != tensorValue(step, 6, 20))
    {
      return "probe in row " + std::to_string(snapshot);
    }
  }
  return {};
}

} // namespace

RunLayout endlessLayout()
{
  RunLayout layout = smallLayout();
  layout.model.tensors.push_back({ 2, "fc1", kinds::momentum, { 100, 4, 30, 30 }, -1 }); // 1.4 MB
  return layout;
}

void appendPortion(RunWriter& writer, const RunLayout& layout, std::int64_t number)
{
  const std::int64_t last = (number + 1) * rowsPerPortion;
  writer.appendSteps(stepsOf(layout, number * rowsPerPortion + 1, rowsPerPortion));
  writer.appendFilters(filtersOf(layout, last));
  SnapshotBuffers buffers = snapshotOf(smallLayout(), last);
  auto tensors = buffers.tensorPointers();
  tensors.push_back(largeBuffer(layout, last).data());
  for (std::size_t i = 0; i < buffers.probe[0].size(); ++i)
  {
    buffers.probe[0][i] = tensorValue(last, 6, static_cast<std::int64_t>(i));
  }
  writer.appendSnapshot(last, 0.5, tensors, buffers.probePointers());
  writer.appendEvaluation({ last, 0.5, float(last), 0.5F,
    std::vector<std::uint16_t>(6, static_cast<std::uint16_t>(number % 1000)) });
  writer.appendJsonLine("events", "{\"step\":" + std::to_string(last) + "}");
}

std::string problemIn(const RunReader& reader, std::int64_t portions)
{
  const auto rows = static_cast<std::int64_t>(reader.stepCount());
  if (rows % rowsPerPortion != 0 || rows < portions * rowsPerPortion)
  {
    return std::to_string(rows) + " rows instead of " + std::to_string(portions * rowsPerPortion);
  }
  const auto found = static_cast<std::size_t>(rows / rowsPerPortion);
  if (reader.snapshotSteps().size() != found)
  {
    return std::to_string(reader.snapshotSteps().size()) + " snapshots for " +
           std::to_string(found) + " portions";
  }
  for (std::string problem : { problemInRows(reader), problemInSnapshots(reader) })
  {
    if (!problem.empty())
    {
      return problem;
    }
  }
  const auto evaluations = reader.evaluations(true);
  const auto events = reader.jsonLines("events");
  const StepTable series = reader.filterSeries("fc1/weight_norm");
  if (evaluations.size() != found || events.size() != found || series.step.size() != found)
  {
    return "evaluations, events or filter rows are missing";
  }
  for (std::size_t i = 0; i < found; ++i)
  {
    const std::int64_t step = (static_cast<std::int64_t>(i) + 1) * rowsPerPortion;
    if (evaluations[i].loss != float(step) ||
        evaluations[i].predicted != std::vector<std::uint16_t>(6, std::uint16_t(i % 1000)) ||
        events[i] != "{\"step\":" + std::to_string(step) + "}" ||
        series.values[3 * i + 2] != float(step * 10 + 2))
    {
      return "evaluation, event or filter row " + std::to_string(i) + " is wrong";
    }
  }
  return {};
}

std::string recordUntilStopped(
  const std::string& path, const std::string& reason, const std::function<void()>& begun)
{
  const RunLayout layout = endlessLayout();
  auto writer = RunWriter::create(path, layout);
  begun();
  std::int64_t flushed = 0;
  for (std::int64_t portion = 0; writer->error().empty(); ++portion)
  {
    if (portion > 1000)
    {
      return "the disk never refuses";
    }
    appendPortion(*writer, layout, portion);
    writer->flush();
    flushed += writer->error().empty() ? 1 : 0;
  }
  const std::string error = writer->error();
  appendPortion(*writer, layout, 2000); // ignored
  writer->flush();
  writer->close();
  writer.reset();
  if (error.find(path) == std::string::npos || error.find(reason) == std::string::npos)
  {
    return "unclear message: " + error;
  }
  return problemIn(*RunReader::open(path), flushed);
}

} // namespace tensorview::testing
