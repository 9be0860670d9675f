#include "RunReader.h"

#include "RunJson.h"
#include "SegmentTree.h"
#include "TensorRead.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>

#include <sys/vfs.h>

namespace tensorview
{
namespace
{

/// Rows of one segment that belong to the path.
struct Part
{
  std::shared_ptr<SegmentFile> file;
  std::int64_t lastStep = 0;
  std::int64_t first = 0; ///< number of the first row in the whole run
  std::int64_t rows = 0;
};

/// Number of leading rows whose step is at most `lastStep`; steps ascend.
std::int64_t rowsUpTo(SegmentFile& file, const char* name, std::int64_t rows, std::int64_t lastStep)
{
  if (rows == 0 || lastStep == std::numeric_limits<std::int64_t>::max())
  {
    return rows;
  }
  const auto steps = file.rows<std::int64_t>(name, 0, rows);
  return std::upper_bound(steps.begin(), steps.end(), lastStep) - steps.begin();
}

/// The parts of `all` that rows [first, first + count) touch.
struct Slice
{
  SegmentFile& file;
  std::int64_t first; ///< in the segment
  std::int64_t count;
};

std::vector<Slice> slices(const std::vector<Part>& all, std::int64_t first, std::int64_t count)
{
  std::vector<Slice> result;
  for (const Part& part : all)
  {
    const std::int64_t begin = std::max(first, part.first);
    const std::int64_t end = std::min(first + count, part.first + part.rows);
    if (begin < end)
    {
      result.push_back({ *part.file, begin - part.first, end - begin });
    }
  }
  return result;
}

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from)
{
  to.insert(to.end(), from.begin(), from.end());
}

} // namespace

struct RunReader::Internals
{
  std::string path;
  std::string branch;
  std::unique_ptr<SegmentTree> tree;
  std::vector<PathSegment> segments;
  std::vector<Part> stepParts;
  std::vector<Part> snapshotParts;
  std::vector<std::int64_t> snapshotSteps;
  std::vector<double> snapshotEpochs;

  std::int64_t stepRows() const
  {
    return this->stepParts.empty() ? 0 : this->stepParts.back().first + this->stepParts.back().rows;
  }

  /// Clamps [first, first + count) to the recorded rows; count < 0 = all that follow.
  std::vector<Slice> stepSlices(std::size_t first, std::ptrdiff_t count) const
  {
    const std::int64_t rows = this->stepRows();
    const auto begin = std::min(static_cast<std::int64_t>(first), rows);
    const std::int64_t wanted =
      count < 0 ? rows - begin : std::min<std::int64_t>(count, rows - begin);
    return slices(this->stepParts, begin, wanted);
  }

  void index();
  std::pair<SegmentFile*, std::int64_t> snapshotAt(std::size_t snapshot) const;
  CoordinateHistory fromTracked(
    const std::vector<hsize_t>& columns, std::int64_t firstStep, std::int64_t lastStep) const;
};

void RunReader::Internals::index()
{
  this->segments = this->tree->pathTo(this->branch);
  this->stepParts.clear();
  this->snapshotParts.clear();
  std::int64_t steps = 0;
  std::int64_t snapshots = 0;
  std::vector<std::int64_t> snapshotSteps_;
  std::vector<double> snapshotEpochs_;
  for (const PathSegment& segment : this->segments)
  {
    SegmentFile& file = *segment.file;
    const std::int64_t stepRows_ =
      rowsUpTo(file, runformat::stepStep, file.count(runformat::Steps), segment.lastStep);
    this->stepParts.push_back({ segment.file, segment.lastStep, steps, stepRows_ });
    steps += stepRows_;

    const std::int64_t rows =
      rowsUpTo(file, runformat::snapshotStep, file.count(runformat::Snapshots), segment.lastStep);
    this->snapshotParts.push_back({ segment.file, segment.lastStep, snapshots, rows });
    snapshots += rows;
    append(snapshotSteps_, file.rows<std::int64_t>(runformat::snapshotStep, 0, rows));
    append(snapshotEpochs_, file.rows<double>(runformat::snapshotEpoch, 0, rows));
  }
  if (!std::is_sorted(snapshotSteps_.begin(), snapshotSteps_.end()))
  {
    this->segments.back().file->damaged(runformat::snapshotStep, "steps do not ascend");
  }
  this->snapshotSteps = std::move(snapshotSteps_);
  this->snapshotEpochs = std::move(snapshotEpochs_);
}

std::pair<SegmentFile*, std::int64_t> RunReader::Internals::snapshotAt(std::size_t snapshot) const
{
  for (const Slice& slice : slices(this->snapshotParts, static_cast<std::int64_t>(snapshot), 1))
  {
    return { &slice.file, slice.first };
  }
  throw RunFileError("the run " + this->path + " has no snapshot number " +
                     std::to_string(snapshot) + "; it has " +
                     std::to_string(this->snapshotSteps.size()));
}

RunReader::RunReader()
  : internals_(new Internals)
{
}

RunReader::~RunReader() = default;

std::unique_ptr<RunReader> RunReader::open(const std::string& path, const std::string& branch)
{
  std::unique_ptr<RunReader> reader(new RunReader);
  Internals& p = *reader->internals_;
  p.path = path;
  p.branch = branch;
  p.tree = std::make_unique<SegmentTree>(path);
  p.index();
  return reader;
}

bool RunReader::canRead(const std::string& path)
{
  try
  {
    const SegmentFile file(path);
    return true;
  }
  catch (const std::exception&)
  {
    return false;
  }
}

const std::string& RunReader::path() const
{
  return this->internals_->path;
}

const RunLayout& RunReader::layout() const
{
  return this->internals_->segments.back().file->layout();
}

std::vector<std::string> RunReader::branches() const
{
  return this->internals_->tree->leaves();
}

const std::vector<std::int64_t>& RunReader::snapshotSteps() const
{
  return this->internals_->snapshotSteps;
}

const std::vector<double>& RunReader::snapshotEpochs() const
{
  return this->internals_->snapshotEpochs;
}

std::size_t RunReader::snapshotIndexAt(double step) const
{
  const auto& steps = this->internals_->snapshotSteps;
  const auto after = std::upper_bound(steps.begin(), steps.end(), step,
    [](double value, std::int64_t s) { return value < static_cast<double>(s); });
  return after == steps.begin() ? 0 : static_cast<std::size_t>(after - steps.begin()) - 1;
}

TensorValues RunReader::readTensor(std::size_t tensor, std::size_t snapshot,
  std::int64_t firstFilter, std::int64_t filterCount) const
{
  const auto [file, row] = this->internals_->snapshotAt(snapshot);
  const TensorDescription& description = this->model().tensors.at(tensor);
  return readSnapshotTensor(*file, runformat::tensorGroup, description, row,
    this->snapshotSteps()[snapshot], firstFilter, filterCount);
}

TensorValues RunReader::readProbe(std::size_t probe, std::size_t snapshot) const
{
  const auto [file, row] = this->internals_->snapshotAt(snapshot);
  return readSnapshotTensor(*file, runformat::probeGroup, this->layout().probe.at(probe), row,
    this->snapshotSteps()[snapshot], 0, -1);
}

std::size_t RunReader::stepCount() const
{
  return static_cast<std::size_t>(this->internals_->stepRows());
}

std::vector<std::int64_t> RunReader::steps(std::size_t first, std::ptrdiff_t count) const
{
  std::vector<std::int64_t> result;
  for (const Slice& slice : this->internals_->stepSlices(first, count))
  {
    append(result, slice.file.rows<std::int64_t>(runformat::stepStep, slice.first, slice.count));
  }
  return result;
}

StepTable RunReader::metrics(std::size_t firstRow, std::ptrdiff_t rowCount) const
{
  StepTable table;
  table.columns = this->layout().metricColumns;
  for (const Slice& slice : this->internals_->stepSlices(firstRow, rowCount))
  {
    append(
      table.step, slice.file.rows<std::int64_t>(runformat::stepStep, slice.first, slice.count));
    append(table.epoch, slice.file.rows<double>(runformat::stepEpoch, slice.first, slice.count));
    append(table.values, slice.file.rows<float>(
                           runformat::metrics, slice.first, slice.count, { table.columns.size() }));
  }
  return table;
}

StepTable RunReader::statistics(
  std::size_t index, std::size_t firstRow, std::ptrdiff_t rowCount) const
{
  const std::size_t described = this->layout().statisticTensors.size();
  if (index >= described)
  {
    throw RunFileError("the run " + this->path() + " has statistics of " +
                       std::to_string(described) + " tensors, number " + std::to_string(index) +
                       " is asked for");
  }
  StepTable table;
  table.columns.assign(statisticNames.begin(), statisticNames.end());
  for (const Slice& slice : this->internals_->stepSlices(firstRow, rowCount))
  {
    append(
      table.step, slice.file.rows<std::int64_t>(runformat::stepStep, slice.first, slice.count));
    append(table.epoch, slice.file.rows<double>(runformat::stepEpoch, slice.first, slice.count));
    const auto all = slice.file.rows<float>(
      runformat::statistics, slice.first, slice.count, { described, statisticCount });
    for (std::int64_t row = 0; row < slice.count; ++row)
    {
      const auto begin = all.begin() + (row * static_cast<std::int64_t>(described) +
                                         static_cast<std::int64_t>(index)) *
                                         static_cast<std::int64_t>(statisticCount);
      table.values.insert(table.values.end(), begin, begin + statisticCount);
    }
  }
  return table;
}

RunReader::Histogram RunReader::histogram(std::size_t index, std::size_t row) const
{
  const std::size_t described = this->layout().statisticTensors.size();
  const auto found = this->internals_->stepSlices(row, 1);
  if (index >= described || found.empty())
  {
    throw RunFileError("the run " + this->path() + " has no histogram of tensor " +
                       std::to_string(index) + " in row " + std::to_string(row));
  }
  const Slice& slice = found.front();
  const auto counts = slice.file.rows<std::uint32_t>(
    runformat::histogram, slice.first, 1, { described, histogramBins });
  const auto range =
    slice.file.rows<float>(runformat::histogramRange, slice.first, 1, { described, 2 });
  const auto exact = slice.file.rows<std::uint8_t>(runformat::exact, slice.first, 1, { described });
  Histogram result;
  std::copy_n(counts.begin() + static_cast<std::ptrdiff_t>(index * histogramBins), histogramBins,
    result.count.begin());
  result.low = range[index * 2];
  result.high = range[index * 2 + 1];
  result.exact = exact[index] != 0;
  return result;
}

CoordinateHistory RunReader::Internals::fromTracked(
  const std::vector<hsize_t>& columns, std::int64_t firstStep, std::int64_t lastStep) const
{
  CoordinateHistory history;
  history.everyStep = true;
  for (const Slice& slice : slices(this->stepParts, 0, this->stepRows()))
  {
    auto steps = slice.file.rows<std::int64_t>(runformat::stepStep, slice.first, slice.count);
    const auto begin = std::lower_bound(steps.begin(), steps.end(), firstStep);
    const auto end = std::upper_bound(begin, steps.end(), lastStep);
    append(history.values, slice.file.columns(runformat::tracked,
                             slice.first + (begin - steps.begin()), end - begin, columns));
    history.step.insert(history.step.end(), begin, end);
  }
  return history;
}

CoordinateHistory RunReader::coordinates(const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep) const
{
  const Internals& p = *this->internals_;
  const std::ptrdiff_t tensor = this->model().find(layer, kinds::weight);
  if (tensor < 0)
  {
    throw RunFileError("the run " + p.path + " has no weights of a layer '" + layer + "'");
  }
  const TensorDescription& description = this->model().tensors[static_cast<std::size_t>(tensor)];
  for (const std::int64_t index : coordinates)
  {
    if (index < 0 || index >= description.shape.size())
    {
      throw RunFileError("layer '" + layer + "' of the run " + p.path + " has " +
                         std::to_string(description.shape.size()) +
                         " weights; there is no number " + std::to_string(index));
    }
  }
  std::vector<hsize_t> columns;
  const auto& tracked = this->layout().tracked;
  for (const std::int64_t index : coordinates)
  {
    const auto found = std::find_if(tracked.begin(), tracked.end(),
      [&](const TrackedCoordinate& t)
      { return t.layerId == description.layerId && t.index == index; });
    if (found == tracked.end())
    {
      break;
    }
    columns.push_back(static_cast<hsize_t>(found - tracked.begin()));
  }
  if (columns.size() == coordinates.size())
  {
    return p.fromTracked(columns, firstStep, lastStep);
  }

  CoordinateHistory history;
  const std::int64_t perFilter = std::max<std::int64_t>(1, description.shape.perFilter());
  const std::int64_t window =
    std::max<std::int64_t>(1, description.shape.rows * description.shape.columns);
  for (std::size_t snapshot = 0; snapshot < p.snapshotSteps.size(); ++snapshot)
  {
    const std::int64_t step = p.snapshotSteps[snapshot];
    if (step < firstStep || step > lastStep)
    {
      continue;
    }
    history.step.push_back(step);
    const auto [file, row] = p.snapshotAt(snapshot);
    const std::string name = tensorPath(runformat::tensorGroup, description);
    const hid_t dataset = file->dataset(name, 5, row + 1);
    for (const std::int64_t index : coordinates)
    {
      const std::int64_t inFilter = index % perFilter;
      const std::int64_t inWindow = inFilter % window;
      const hdf5::Extents at = { static_cast<hsize_t>(row), static_cast<hsize_t>(index / perFilter),
        static_cast<hsize_t>(inFilter / window),
        static_cast<hsize_t>(inWindow / description.shape.columns),
        static_cast<hsize_t>(inWindow % description.shape.columns) };
      float value = std::numeric_limits<float>::quiet_NaN();
      const hdf5::Silence silence;
      if (!hdf5::readBlock(dataset, H5T_NATIVE_FLOAT, at, { 1, 1, 1, 1, 1 }, &value))
      {
        file->damaged(name, hdf5::reason());
      }
      history.values.push_back(value);
    }
  }
  return history;
}

StepTable RunReader::filterSeries(const std::string& name) const
{
  StepTable table;
  for (const PathSegment& segment : this->internals_->segments)
  {
    SegmentFile& file = *segment.file;
    const auto& all = file.layout().filterSeries;
    const auto found = std::find_if(
      all.begin(), all.end(), [&](const FilterSeriesDescription& s) { return s.name == name; });
    if (found == all.end())
    {
      throw RunFileError("the run file " + file.path() + " has no filter series '" + name + "'");
    }
    if (found->slots < 0 || found->slots > (std::int64_t(1) << 24))
    {
      file.damaged(
        filterSeriesPath(*found), "it claims " + std::to_string(found->slots) + " slots");
    }
    const std::int64_t rows =
      rowsUpTo(file, runformat::filterStep, file.count(runformat::FilterRows), segment.lastStep);
    append(table.step, file.rows<std::int64_t>(runformat::filterStep, 0, rows));
    append(table.values,
      file.rows<float>(filterSeriesPath(*found), 0, rows, { static_cast<hsize_t>(found->slots) }));
    table.columns.clear();
    for (std::int64_t slot = 0; slot < found->slots; ++slot)
    {
      table.columns.push_back(std::to_string(slot));
    }
  }
  return table;
}

StepTable RunReader::changeBands() const
{
  StepTable table;
  for (const std::string& layer : this->layout().changeBandLayers)
  {
    for (std::size_t band = 0; band < changeBandCount; ++band)
    {
      table.columns.push_back(layer + "/" + std::to_string(band));
    }
  }
  for (const PathSegment& segment : this->internals_->segments)
  {
    SegmentFile& file = *segment.file;
    const std::int64_t rows =
      rowsUpTo(file, runformat::filterStep, file.count(runformat::FilterRows), segment.lastStep);
    append(table.step, file.rows<std::int64_t>(runformat::filterStep, 0, rows));
    for (const std::uint32_t count : file.rows<std::uint32_t>(runformat::changeBands, 0, rows,
           { file.layout().changeBandLayers.size(), changeBandCount }))
    {
      table.values.push_back(static_cast<float>(count));
    }
  }
  return table;
}

std::vector<Evaluation> RunReader::evaluations(bool withPredictions) const
{
  std::vector<Evaluation> result;
  for (const PathSegment& segment : this->internals_->segments)
  {
    SegmentFile& file = *segment.file;
    const std::int64_t rows = rowsUpTo(
      file, runformat::evaluationStep, file.count(runformat::Evaluations), segment.lastStep);
    const auto steps = file.rows<std::int64_t>(runformat::evaluationStep, 0, rows);
    const auto epochs = file.rows<double>(runformat::evaluationEpoch, 0, rows);
    const auto losses = file.rows<float>(runformat::evaluationLoss, 0, rows);
    const auto accuracies = file.rows<float>(runformat::evaluationAccuracy, 0, rows);
    const std::size_t images = file.layout().validationLabels.size();
    for (std::size_t i = 0; i < steps.size(); ++i)
    {
      Evaluation evaluation;
      evaluation.step = steps[i];
      evaluation.epoch = epochs[i];
      evaluation.loss = losses[i];
      evaluation.accuracy = accuracies[i];
      if (withPredictions)
      {
        evaluation.predicted = file.rows<std::uint16_t>(
          runformat::evaluationPredicted, static_cast<std::int64_t>(i), 1, { images });
      }
      result.push_back(std::move(evaluation));
    }
  }
  return result;
}

std::vector<std::string> RunReader::jsonLines(const std::string& stream) const
{
  std::vector<std::string> result;
  for (const PathSegment& segment : this->internals_->segments)
  {
    for (std::string& line : segment.file->lines(stream))
    {
      const auto json = nlohmann::json::parse(line, nullptr, false);
      const std::int64_t step =
        json.is_object() && json.contains("step") && json["step"].is_number()
          ? json["step"].get<std::int64_t>()
          : 0;
      if (step <= segment.lastStep)
      {
        result.push_back(std::move(line));
      }
    }
  }
  return result;
}

bool RunReader::refresh()
{
  Internals& p = *this->internals_;
  bool grown = p.tree->refresh();
  for (const PathSegment& segment : p.segments)
  {
    grown = segment.file->refresh() || grown;
  }
  if (grown)
  {
    p.index();
  }
  return grown;
}

std::string RunReader::followObstacle() const
{
  struct statfs system = {};
  constexpr auto nfs = 0x6969;
  if (statfs(this->path().c_str(), &system) == 0 && system.f_type == nfs)
  {
    return "the run " + this->path() +
           " lies on NFS, where a file cannot be read while it is written; closed segments are "
           "shown, "
           "record to a local disk or a parallel file system to follow";
  }
  return {};
}

} // namespace tensorview
