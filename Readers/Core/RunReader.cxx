#include "RunReader.h"

#include "CoordinateRead.h"
#include "GramRead.h"
#include "RunFileOpen.h"
#include "RunJson.h"
#include "RunLayerHistory.h"
#include "RunTables.h"
#include "RunTimeAxis.h"
#include "SegmentRows.h"
#include "TensorRead.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

#include <sys/vfs.h>

namespace tensorview
{
namespace
{

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from)
{
  to.insert(to.end(), from.begin(), from.end());
}

/// The segments of a branch and everything that has to be known of them before anything is read.
struct RunPath
{
  std::vector<PathSegment> segments;
  RunTimeAxis steps;
  RunTimeAxis snapshots;
  std::vector<std::int64_t> snapshotSteps;
  std::vector<double> snapshotEpochs;

  RunPath() = default;
  explicit RunPath(std::vector<PathSegment> path)
    : segments(std::move(path))
    , steps(this->segments, runformat::stepStep, runformat::Steps)
    , snapshots(this->segments, runformat::snapshotStep, runformat::Snapshots)
  {
    for (const RowSlice& slice : this->snapshots.slices())
    {
      append(this->snapshotSteps, this->snapshots.steps(slice));
      append(this->snapshotEpochs,
        readRows<double>(*slice.file, runformat::snapshotEpoch, slice.first, slice.count));
      if (std::adjacent_find(this->snapshotSteps.begin(), this->snapshotSteps.end(),
            std::greater_equal<>()) != this->snapshotSteps.end())
      {
        slice.file->damaged(runformat::snapshotStep, "its steps do not ascend");
      }
    }
  }
};

/// Step of an edit or event; 0 if it names none.
std::int64_t stepOf(const std::string& line)
{
  const auto json = nlohmann::json::parse(line, nullptr, false);
  const auto step = json.is_object() ? json.find("step") : json.end();
  return step != json.end() && step->is_number_integer() ? step->get<std::int64_t>() : 0;
}

} // namespace

struct RunReader::Internals
{
  std::string path;
  std::string branch;
  std::unique_ptr<SegmentTree> tree;
  RunPath run;

  const RunLayout& layout() const { return this->run.segments.back().file->layout(); }

  const TensorDescription& weightsOf(const std::string& layer) const;

  /// The place of a snapshot. @throws RunFileError if there is no such snapshot
  RowSlice at(std::size_t snapshot) const;

  /// `choice` of the newest segment, read from the one that holds `snapshot`.
  TensorValues read(const TensorChoice& choice, std::size_t snapshot, std::int64_t firstFilter,
    std::int64_t filterCount) const;
};

RowSlice RunReader::Internals::at(std::size_t snapshot) const
{
  if (snapshot >= this->run.snapshotSteps.size())
  {
    throw RunFileError("the run " + this->path + " has no snapshot number " +
                       std::to_string(snapshot) + "; ask for one of " +
                       std::to_string(this->run.snapshotSteps.size()));
  }
  return this->run.snapshots.slices(snapshot, 1).front();
}

const TensorDescription& RunReader::Internals::weightsOf(const std::string& layer) const
{
  const ModelDescription& model = this->layout().model;
  const std::ptrdiff_t index = model.find(layer, kinds::weight);
  if (index < 0)
  {
    throw RunFileError("the run " + this->path + " has no weights of a layer '" + layer +
                       "'; choose a layer that it has");
  }
  return model.tensors[static_cast<std::size_t>(index)];
}

TensorValues RunReader::Internals::read(const TensorChoice& choice, std::size_t snapshot,
  std::int64_t firstFilter, std::int64_t filterCount) const
{
  const std::size_t known =
    choice.probe ? this->layout().probe.size() : this->layout().model.tensors.size();
  if (choice.index >= known)
  {
    throw RunFileError("the run " + this->path + " has no tensor number " +
                       std::to_string(choice.index) + "; ask for one of " + std::to_string(known));
  }
  const RowSlice at = this->at(snapshot);
  const std::int64_t step = this->run.snapshotSteps[snapshot];
  const TensorDescription& wanted = choice.in(this->layout());

  // An older segment may have the tensor elsewhere in its list, or not at all.
  const RunLayout& layout = at.file->layout();
  const auto& tensors = choice.probe ? layout.probe : layout.model.tensors;
  const auto found = std::find_if(tensors.begin(), tensors.end(),
    [&](const TensorDescription& t)
    { return t.layerId == wanted.layerId && t.kind == wanted.kind; });
  if (found == tensors.end())
  {
    TensorValues absent;
    absent.description = wanted;
    absent.shape = wanted.shape;
    absent.shape.filters = 0;
    return absent;
  }
  const TensorChoice there{ choice.probe, static_cast<std::size_t>(found - tensors.begin()) };
  return readTensorAt(*at.file, there, at.first, step, firstFilter, filterCount);
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
  p.run = RunPath(p.tree->pathTo(branch));
  return reader;
}

bool RunReader::canRead(const std::string& path)
{
  try
  {
    openRunFile(path);
    return true;
  }
  catch (const RunFileError&)
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
  return this->internals_->layout();
}

std::vector<std::string> RunReader::branches() const
{
  return this->internals_->tree->ends();
}

std::vector<std::string> RunReader::problems() const
{
  return this->internals_->tree->problems();
}

const std::vector<std::int64_t>& RunReader::snapshotSteps() const
{
  return this->internals_->run.snapshotSteps;
}

const std::vector<double>& RunReader::snapshotEpochs() const
{
  return this->internals_->run.snapshotEpochs;
}

std::size_t RunReader::snapshotIndexAt(double step) const
{
  const auto& steps = this->internals_->run.snapshotSteps;
  const auto after = std::upper_bound(steps.begin(), steps.end(), step,
    [](double value, std::int64_t s) { return value < static_cast<double>(s); });
  return after == steps.begin() ? 0 : static_cast<std::size_t>(after - steps.begin()) - 1;
}

TensorValues RunReader::readTensor(std::size_t tensor, std::size_t snapshot,
  std::int64_t firstFilter, std::int64_t filterCount) const
{
  return this->internals_->read({ false, tensor }, snapshot, firstFilter, filterCount);
}

TensorValues RunReader::readProbe(std::size_t probe, std::size_t snapshot) const
{
  return this->internals_->read({ true, probe }, snapshot, 0, -1);
}

GramMatrix RunReader::readGram(const std::string& layer, std::size_t snapshot) const
{
  const Internals& p = *this->internals_;
  const RowSlice at = p.at(snapshot);
  return readGramAt(*at.file, layer, at.first, p.run.snapshotSteps[snapshot]);
}

GramMatrix RunReader::newestGram(const std::string& layer, std::size_t snapshot) const
{
  constexpr std::size_t mostBefore = 64;
  const std::size_t last = snapshot - std::min(snapshot, mostBefore);
  GramMatrix gram = this->readGram(layer, snapshot);
  while (gram.empty() && snapshot > last)
  {
    gram = this->readGram(layer, --snapshot);
  }
  return gram;
}

std::size_t RunReader::stepCount() const
{
  return static_cast<std::size_t>(this->internals_->run.steps.rows());
}

std::vector<std::int64_t> RunReader::steps(std::size_t first, std::ptrdiff_t count) const
{
  const RunTimeAxis& axis = this->internals_->run.steps;
  std::vector<std::int64_t> result;
  for (const RowSlice& slice : axis.slices(first, count))
  {
    append(result, axis.steps(slice));
  }
  return result;
}

StepTable RunReader::metrics(std::size_t firstRow, std::ptrdiff_t rowCount) const
{
  return readMetrics(this->internals_->run.steps.slices(firstRow, rowCount), this->layout());
}

StepTable RunReader::statistics(
  std::size_t index, std::size_t firstRow, std::ptrdiff_t rowCount) const
{
  const auto& described = this->layout().statisticTensors;
  if (index >= described.size())
  {
    throw RunFileError("the run " + this->path() + " has no statistics number " +
                       std::to_string(index) + "; ask for one of " +
                       std::to_string(described.size()));
  }
  return readStatistics(this->internals_->run.steps.slices(firstRow, rowCount), described[index]);
}

RunReader::Histogram RunReader::histogram(std::size_t index, std::size_t row) const
{
  const auto slices = this->internals_->run.steps.slices(row, 1);
  const auto& described = this->layout().statisticTensors;
  if (index >= described.size() || slices.empty())
  {
    throw RunFileError("the run " + this->path() + " has no histogram number " +
                       std::to_string(index) + " in row " + std::to_string(row) +
                       "; ask for one of " + std::to_string(described.size()) + " in one of " +
                       std::to_string(this->stepCount()) + " rows");
  }
  SegmentFile& file = *slices.front().file;
  const auto there = findStatistics(file.layout(), described[index]);
  Histogram result;
  if (!there)
  {
    return result;
  }
  const auto first = static_cast<hsize_t>(slices.front().first);
  const auto counts = readBlock<std::uint32_t>(
    file, runformat::histogram, { first, *there, 0 }, { 1, 1, histogramBins });
  const auto range =
    readBlock<float>(file, runformat::histogramRange, { first, *there, 0 }, { 1, 1, 2 });
  const auto exact = readBlock<std::uint8_t>(file, runformat::exact, { first, *there }, { 1, 1 });
  std::copy(counts.begin(), counts.end(), result.count.begin());
  result.low = range[0];
  result.high = range[1];
  result.exact = exact[0] != 0;
  return result;
}

CoordinateHistory RunReader::coordinates(const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep) const
{
  const Internals& p = *this->internals_;
  const TensorDescription& weights = p.weightsOf(layer);
  const std::int32_t layerId = weights.layerId;

  // Coordinates count in the tensor as it was when it first appeared.
  TensorShape original = weights.shape;
  for (auto segment = p.run.segments.rbegin(); segment != p.run.segments.rend(); ++segment)
  {
    for (const TensorDescription& tensor : segment->file->layout().model.tensors)
    {
      if (tensor.layerId == layerId && tensor.kind == kinds::weight)
      {
        original = tensor.shape;
      }
    }
  }
  for (const std::int64_t coordinate : coordinates)
  {
    if (coordinate < 0 || coordinate >= original.size())
    {
      throw RunFileError("layer '" + layer + "' of the run " + p.path + " has " +
                         std::to_string(original.size()) + " weights; there is no number " +
                         std::to_string(coordinate));
    }
  }
  if (auto tracked = readTracked(p.run.steps, layerId, coordinates, firstStep, lastStep))
  {
    return std::move(*tracked);
  }
  return readFromSnapshots(p.run.snapshots, layerId, original, coordinates, firstStep, lastStep);
}

std::unique_ptr<LayerHistory> RunReader::layerHistory(const std::string& layer) const
{
  return openLayerHistory(this->internals_->run.snapshots, this->internals_->weightsOf(layer));
}

StepTable RunReader::filterSeries(const std::string& name) const
{
  const auto& all = this->layout().filterSeries;
  const auto found = std::find_if(
    all.begin(), all.end(), [&](const FilterSeriesDescription& s) { return s.name == name; });
  if (found == all.end())
  {
    throw RunFileError(
      "the run " + this->path() + " has no filter series '" + name + "'; choose one that it has");
  }
  const RunTimeAxis axis(
    this->internals_->run.segments, runformat::filterStep, runformat::FilterRows);
  return readFilterSeries(axis.slices(), *found);
}

StepTable RunReader::changeBands() const
{
  const RunTimeAxis axis(
    this->internals_->run.segments, runformat::filterStep, runformat::FilterRows);
  return readChangeBands(axis.slices(), this->layout());
}

std::vector<Evaluation> RunReader::evaluations(bool withPredictions) const
{
  const RunTimeAxis axis(
    this->internals_->run.segments, runformat::evaluationStep, runformat::Evaluations);
  return readEvaluations(axis.slices(), withPredictions);
}

std::vector<std::string> RunReader::jsonLines(const std::string& stream) const
{
  const auto known =
    std::find(runformat::textStreams.begin(), runformat::textStreams.end(), stream);
  if (known == runformat::textStreams.end())
  {
    throw RunFileError("the run " + this->path() + " has no text stream '" + stream +
                       "'; there are edits and events");
  }
  const auto counter =
    known == runformat::textStreams.begin() ? runformat::Edits : runformat::Events;
  std::vector<std::string> result;
  for (const PathSegment& segment : this->internals_->run.segments)
  {
    for (std::string& line : readLines(*segment.file, stream, segment.file->count(counter)))
    {
      if (stepOf(line) <= segment.lastStep)
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
  for (const PathSegment& segment : p.run.segments)
  {
    grown = segment.file->refresh() || grown;
  }
  if (grown)
  {
    p.run = RunPath(p.tree->pathTo(p.branch));
  }
  return grown;
}

std::string RunReader::followObstacle() const
{
  constexpr long nfs = 0x6969;
  struct statfs system = {};
  if (::statfs(this->path().c_str(), &system) == 0 && system.f_type == nfs)
  {
    return "the run " + this->path() +
           " lies on NFS, where a file cannot be read while it is written; segments that are "
           "finished are shown. Record to a local disk or a parallel file system to follow";
  }
  return {};
}

} // namespace tensorview
