#include "RunWriter.h"

#include "FaultTolerantDriver.h"
#include "GrowingDataset.h"
#include "NewRunFile.h"
#include "RunFormat.h"
#include "RunJson.h"
#include "RunLayoutCheck.h"
#include "RunReader.h"
#include "RunSegments.h"

#include <array>
#include <cstdio>
#include <cstring>
#include <limits>
#include <map>

namespace tensorview
{
namespace
{

using hdf5::Handle;

RunFileError cannotCreate(const std::string& path, const std::string& why)
{
  return RunFileError("cannot create the run file " + path + ": " + why);
}

/// The later segments of the run whose root is `path`.
std::vector<std::string> laterSegments(const std::string& path)
{
  std::vector<std::string> later;
  for (const std::string& segment : existingSegments(path))
  {
    if (segment != path && RunReader::canRead(segment))
    {
      later.push_back(segment);
    }
  }
  return later;
}

/// Slot table of a layer as the file holds it.
std::vector<std::int64_t> slotTable(const LayerDescription& layer)
{
  std::vector<std::int64_t> table;
  for (const SlotEntry& entry : layer.slots)
  {
    table.insert(table.end(),
      { entry.slot, entry.bornStep, entry.removedStep, std::int64_t(entry.originSlot) });
  }
  return table;
}

} // namespace

struct RunWriter::Internals
{
  std::string path;
  RunLayout layout;
  std::unique_ptr<NewRunFile> newFile; ///< outlives `file`
  WriteFault fault;                    ///< outlives `file`
  Handle file;
  std::map<std::string, GrowingDataset> datasets;
  std::array<std::int64_t, runformat::CounterCount> counts{};
  std::int64_t lastSnapshotStep = std::numeric_limits<std::int64_t>::min();
  std::int64_t lastRowStep = std::numeric_limits<std::int64_t>::min();
  std::string error;
  bool closed = false;

  void createAll();
  void writeAttributes();
  void writeFixed();
  void publish(bool overwrite);

  [[noreturn]] void refuse(const std::string& what) const
  {
    throw cannotCreate(this->path, this->fault.errorNumber
                                     ? std::string(std::strerror(this->fault.errorNumber)) +
                                         "; free some space or choose another place"
                                     : what + " (" + hdf5::reason() + "); choose another place");
  }

  [[noreturn]] void misuse(const std::string& what) const
  {
    throw RunFileError("the run file " + this->path + " got " + what);
  }

  /// From now on nothing reaches the file.
  void fail(const std::string& what)
  {
    if (!this->fault.errorNumber)
    {
      this->fault.errorNumber = EIO;
    }
    if (this->error.empty())
    {
      this->error = "recording to " + this->path + " stopped: " + what +
                    "; what was recorded until then can be read. Free some space or choose "
                    "another disk, and record to a new file";
    }
  }

  /// True while rows are taken; looks whether the system refused a write since.
  bool good()
  {
    if (this->fault.errorNumber)
    {
      this->fail(std::strerror(this->fault.errorNumber));
    }
    return this->error.empty() && !this->closed;
  }

  GrowingDataset* find(const std::string& name)
  {
    const auto found = this->datasets.find(name);
    return found != this->datasets.end() ? &found->second : nullptr;
  }

  /// Appends rows to a data set; one that holds no values does not exist.
  void append(const std::string& name, std::size_t rows, const void* values)
  {
    GrowingDataset* const dataset = this->find(name);
    if (dataset && this->good() && !dataset->append(rows, values))
    {
      this->fail("'" + name + "' cannot be written (" + hdf5::reason() + ")");
    }
  }

  /// The same after check(); no values = not known, stored as NaN or 0.
  template <typename T>
  void append(const std::string& name, std::size_t rows, const std::vector<T>& values)
  {
    if (!values.empty())
    {
      this->append(name, rows, values.data());
    }
    else if (const GrowingDataset* const dataset = this->find(name))
    {
      const T unknown =
        std::numeric_limits<T>::has_quiet_NaN ? std::numeric_limits<T>::quiet_NaN() : T(0);
      const std::vector<T> filler(rows * dataset->valuesPerRow(), unknown);
      this->append(name, rows, filler.data());
    }
  }

  /// @throws RunFileError if `values` are not `rows` rows of data set `name`.
  template <typename T>
  void check(
    const std::string& name, std::size_t rows, const std::vector<T>& values, bool mayBeEmpty = true)
  {
    const GrowingDataset* const dataset = this->find(name);
    const std::size_t perRow = dataset ? dataset->valuesPerRow() : 0;
    if (values.size() != rows * perRow && !(mayBeEmpty && values.empty()))
    {
      this->misuse(std::to_string(values.size()) + " values for " + std::to_string(rows) +
                   " rows of '" + name + "', which take " + std::to_string(perRow) + " each");
    }
  }
};

void RunWriter::Internals::writeAttributes()
{
  const auto write = [this](const char* name, hid_t type, hid_t memory, const void* value)
  {
    const Handle space(H5Screate(H5S_SCALAR));
    const Handle attribute(H5Acreate2(this->file, name, type, space, H5P_DEFAULT, H5P_DEFAULT));
    if (!attribute || H5Awrite(attribute, memory, value) < 0)
    {
      this->refuse(std::string("attribute '") + name + "' cannot be written");
    }
  };
  const Handle text(H5Tcopy(H5T_C_S1));
  H5Tset_size(text, std::strlen(runformat::name) + 1);
  write(runformat::formatAttribute, text, text, runformat::name);
  write(runformat::majorAttribute, H5T_STD_I32LE, H5T_NATIVE_INT, &runformat::versionMajor);
  write(runformat::minorAttribute, H5T_STD_I32LE, H5T_NATIVE_INT, &runformat::versionMinor);
}

void RunWriter::Internals::writeFixed()
{
  const std::string text = runLayoutToJson(this->layout);
  this->append(runformat::layout, text.size(), text.data());
  this->append(runformat::validationLabels, this->layout.validationLabels.size(),
    this->layout.validationLabels.data());
  this->append(runformat::validationIndices, this->layout.validationIndices.size(),
    this->layout.validationIndices.data());
  for (const LayerDescription& layer : this->layout.model.layers)
  {
    this->append(slotTablePath(layer), layer.slots.size(), slotTable(layer).data());
  }
  this->append(runformat::counters, this->counts.size(), this->counts.data());
}

void RunWriter::Internals::createAll()
{
  const FaultTolerantAccess access(&this->fault);
  const Handle creation(H5Pcreate(H5P_FILE_CREATE));
  H5Pset_obj_track_times(creation, false);
  this->file =
    Handle(H5Fcreate(this->newFile->temporaryPath().c_str(), H5F_ACC_TRUNC, creation, access.id()));
  if (!this->file)
  {
    this->refuse("HDF5 cannot create it");
  }
  this->writeAttributes();
  for (DatasetPlan& plan : planRunFile(this->layout))
  {
    const std::string name = plan.path;
    if (!this->datasets.emplace(name, GrowingDataset(this->file, std::move(plan)))
           .first->second.ok())
    {
      this->refuse("data set '" + name + "' cannot be made");
    }
  }
  this->writeFixed();
  for (auto& entry : this->datasets)
  {
    entry.second.close();
  }
  if (H5Fflush(this->file, H5F_SCOPE_GLOBAL) < 0 || H5Fstart_swmr_write(this->file) < 0)
  {
    this->refuse("it cannot be opened to readers");
  }
  for (auto& entry : this->datasets)
  {
    if (!entry.second.reopen(this->file))
    {
      this->refuse("data set '" + entry.first + "' cannot be opened");
    }
  }
  if (!this->good())
  {
    this->refuse("it cannot be written");
  }
}

void RunWriter::Internals::publish(bool overwrite)
{
  if (overwrite && this->layout.parentSegment.empty())
  {
    // The run is replaced as a whole: a later segment of the old one must not take the new one for
    // its parent.
    const std::vector<std::string> later = laterSegments(this->path);
    for (const std::string& segment : later)
    {
      if (isBeingWritten(segment))
      {
        throw RunFileError("another training is recording to " + segment + ", which belongs to " +
                           this->path + "; choose another name, or stop it first");
      }
    }
    for (const std::string& segment : later)
    {
      std::remove(segment.c_str());
    }
  }
  this->newFile->publish();
}

RunWriter::RunWriter()
  : internals_(new Internals)
{
}

RunWriter::~RunWriter()
{
  this->close();
}

std::unique_ptr<RunWriter> RunWriter::create(
  const std::string& path, const RunLayout& layout, bool overwrite)
{
  const hdf5::Silence silence;
  std::unique_ptr<RunWriter> writer(new RunWriter);
  Internals& p = *writer->internals_;
  p.path = path;
  p.layout = layout;
  const std::string contradiction = contradictionIn(layout);
  if (!contradiction.empty())
  {
    throw cannotCreate(path, contradiction + "; correct what is to be recorded");
  }
  p.newFile = std::make_unique<NewRunFile>(path, overwrite);
  p.createAll();
  p.publish(overwrite);
  return writer;
}

void RunWriter::appendSteps(const StepBlock& block)
{
  const hdf5::Silence silence;
  Internals& p = *this->internals_;
  if (p.closed)
  {
    return;
  }
  const std::size_t rows = block.rows();
  p.check(runformat::stepEpoch, rows, block.epoch, false);
  p.check(runformat::metrics, rows, block.metrics);
  p.check(runformat::statistics, rows, block.statistics);
  p.check(runformat::histogram, rows, block.histogram);
  p.check(runformat::histogramRange, rows, block.histogramRange);
  p.check(runformat::exact, rows, block.exact);
  p.check(runformat::tracked, rows, block.tracked);
  std::int64_t last = p.lastRowStep;
  for (const std::int64_t step : block.step)
  {
    if (step <= last)
    {
      p.misuse("a row of step " + std::to_string(step) + " after one of step " +
               std::to_string(last) + "; steps must ascend");
    }
    last = step;
  }
  p.lastRowStep = last;

  p.append(runformat::stepStep, rows, block.step);
  p.append(runformat::stepEpoch, rows, block.epoch);
  p.append(runformat::metrics, rows, block.metrics);
  p.append(runformat::statistics, rows, block.statistics);
  p.append(runformat::histogram, rows, block.histogram);
  p.append(runformat::histogramRange, rows, block.histogramRange);
  p.append(runformat::exact, rows, block.exact);
  p.append(runformat::tracked, rows, block.tracked);
  p.counts[runformat::Steps] += static_cast<std::int64_t>(rows);
}

void RunWriter::appendFilters(const FilterBlock& block)
{
  const hdf5::Silence silence;
  Internals& p = *this->internals_;
  if (p.closed)
  {
    return;
  }
  const std::size_t rows = block.rows();
  const auto& series = p.layout.filterSeries;
  if (block.series.size() != series.size())
  {
    p.misuse(std::to_string(block.series.size()) + " filter series instead of " +
             std::to_string(series.size()));
  }
  for (std::size_t i = 0; i < series.size(); ++i)
  {
    p.check(filterSeriesPath(series[i]), rows, block.series[i]);
  }
  p.check(runformat::changeBands, rows, block.changeBands);

  p.append(runformat::filterStep, rows, block.step);
  p.append(runformat::changeBands, rows, block.changeBands);
  for (std::size_t i = 0; i < series.size(); ++i)
  {
    p.append(filterSeriesPath(series[i]), rows, block.series[i]);
  }
  p.counts[runformat::FilterRows] += static_cast<std::int64_t>(rows);
}

void RunWriter::appendSnapshot(std::int64_t step, double epoch,
  const std::vector<const float*>& tensors, const std::vector<const float*>& probe,
  const std::vector<const double*>& gram)
{
  const hdf5::Silence silence;
  Internals& p = *this->internals_;
  if (p.closed)
  {
    return;
  }
  const auto& model = p.layout.model.tensors;
  if (tensors.size() != model.size() || (!probe.empty() && probe.size() != p.layout.probe.size()))
  {
    p.misuse("a snapshot of " + std::to_string(tensors.size()) + " tensors and " +
             std::to_string(probe.size()) + " of the probe instead of " +
             std::to_string(model.size()) + " and " + std::to_string(p.layout.probe.size()));
  }
  if (!gram.empty() && gram.size() != p.layout.gram.size())
  {
    p.misuse("a snapshot of " + std::to_string(gram.size()) + " Gram matrices instead of " +
             std::to_string(p.layout.gram.size()));
  }
  if (step <= p.lastSnapshotStep)
  {
    p.misuse("a snapshot of step " + std::to_string(step) + " after one of step " +
             std::to_string(p.lastSnapshotStep) + "; steps must ascend");
  }
  p.lastSnapshotStep = step;

  std::vector<std::uint8_t> recorded;
  for (std::size_t i = 0; i < model.size(); ++i)
  {
    const bool again = model[i].constant && p.counts[runformat::Snapshots] > 0;
    const float* const values = again ? nullptr : tensors[i];
    p.append(tensorPath(runformat::tensorGroup, model[i]), 1, values);
    recorded.push_back(values ? 1 : 0);
  }
  for (std::size_t i = 0; i < p.layout.probe.size(); ++i)
  {
    const float* const values = probe.empty() ? nullptr : probe[i];
    p.append(tensorPath(runformat::probeGroup, p.layout.probe[i]), 1, values);
    recorded.push_back(values ? 1 : 0);
  }
  for (std::size_t i = 0; i < p.layout.gram.size(); ++i)
  {
    p.append(gramPath(p.layout.gram[i]), 1, gram.empty() ? nullptr : gram[i]);
  }
  p.append(runformat::snapshotStep, 1, &step);
  p.append(runformat::snapshotEpoch, 1, &epoch);
  p.append(runformat::snapshotRecorded, 1, recorded.data());
  ++p.counts[runformat::Snapshots];
}

void RunWriter::appendEvaluation(const Evaluation& evaluation)
{
  const hdf5::Silence silence;
  Internals& p = *this->internals_;
  if (p.closed)
  {
    return;
  }
  p.check(runformat::evaluationPredicted, 1, evaluation.predicted);
  const std::vector<std::uint16_t> unknown(
    p.layout.validationLabels.size(), runformat::notPredicted);
  p.append(runformat::evaluationStep, 1, &evaluation.step);
  p.append(runformat::evaluationEpoch, 1, &evaluation.epoch);
  p.append(runformat::evaluationLoss, 1, &evaluation.loss);
  p.append(runformat::evaluationAccuracy, 1, &evaluation.accuracy);
  p.append(runformat::evaluationPredicted, 1,
    evaluation.predicted.empty() ? unknown.data() : evaluation.predicted.data());
  ++p.counts[runformat::Evaluations];
}

void RunWriter::appendJsonLine(const std::string& stream, const std::string& json)
{
  const hdf5::Silence silence;
  Internals& p = *this->internals_;
  if (p.closed)
  {
    return;
  }
  GrowingDataset* const bytes = p.find(textPath(stream));
  if (!bytes || bytes->plan().rows != RowKind::Text)
  {
    p.misuse("a line for the text stream '" + stream + "'; there are edits and events");
  }
  if (json.find('\n') != std::string::npos)
  {
    p.misuse("a line with a line break for '" + stream + "'; write JSON without line breaks");
  }
  const std::string line = json + '\n';
  p.append(textPath(stream), line.size(), line.data());
  const auto end = static_cast<std::int64_t>(bytes->rows());
  p.append(textEndPath(stream), 1, &end);
  ++p.counts[stream == runformat::textStreams[0] ? runformat::Edits : runformat::Events];
}

void RunWriter::flush()
{
  const hdf5::Silence silence;
  Internals& p = *this->internals_;
  if (!p.good())
  {
    return;
  }
  if (H5Fflush(p.file, H5F_SCOPE_LOCAL) < 0)
  {
    p.fail("it cannot be flushed (" + hdf5::reason() + ")");
  }
  if (!p.good())
  {
    return; // the counters must not promise rows that did not reach the file
  }
  GrowingDataset& counters = p.datasets.at(runformat::counters);
  if (!counters.rewrite(p.counts.size(), p.counts.data()) || H5Dflush(counters.id()) < 0)
  {
    p.fail("its counters cannot be written (" + hdf5::reason() + ")");
  }
  p.good();
}

void RunWriter::close()
{
  const hdf5::Silence silence;
  Internals& p = *this->internals_;
  if (p.closed)
  {
    return;
  }
  if (p.file)
  {
    this->flush();
  }
  p.datasets.clear();
  p.file.close();
  p.good();
  p.closed = true;
  p.newFile.reset();
}

const std::string& RunWriter::error() const
{
  return this->internals_->error;
}

const std::string& RunWriter::path() const
{
  return this->internals_->path;
}

} // namespace tensorview
