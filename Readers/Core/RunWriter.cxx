#include "RunWriter.h"

#include "FaultTolerantDriver.h"
#include "Hdf5.h"
#include "RunFormat.h"
#include "RunJson.h"
#include "WriterLock.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <limits>
#include <map>

namespace tensorview
{
namespace
{

using hdf5::Extents;
using hdf5::Handle;

constexpr hsize_t largestChunk = 1 << 20;  ///< bytes, of tensors
constexpr hsize_t rowChunk = 128 << 10;    ///< bytes, of data sets that grow row by row
constexpr hsize_t cacheOfRows = 256 << 10; ///< bytes of chunk cache for those

/// A data set that grows along its first extent.
struct Rows
{
  Handle dataset;
  hid_t memoryType = H5I_INVALID_HID;
  Extents row;       ///< extents of one row
  hsize_t count = 0; ///< rows written

  std::size_t perRow() const
  {
    std::size_t n = 1;
    for (const hsize_t extent : this->row)
    {
      n *= extent;
    }
    return n;
  }
};

struct TextStream
{
  Rows bytes;
  Rows ends;
};

/// Splits `extent` into pieces of equal size so that a piece has at most `most`.
hsize_t evenPiece(hsize_t extent, hsize_t most)
{
  extent = std::max<hsize_t>(1, extent);
  const hsize_t pieces = (extent + most - 1) / std::max<hsize_t>(1, most);
  return (extent + pieces - 1) / pieces;
}

/// Chunk of a tensor [snapshot, slot, channel, row, column]: one snapshot, whole windows, at most
/// about 1 MB.
Extents tensorChunk(const TensorShape& shape)
{
  const hsize_t window = std::max<hsize_t>(1, hsize_t(shape.rows) * hsize_t(shape.columns)) * 4;
  const hsize_t windows = std::max<hsize_t>(1, largestChunk / window);
  const hsize_t channels = evenPiece(hsize_t(shape.channels), windows);
  const hsize_t slots = evenPiece(hsize_t(shape.filters), std::max<hsize_t>(1, windows / channels));
  return { 1, slots, channels, std::max<hsize_t>(1, hsize_t(shape.rows)),
    std::max<hsize_t>(1, hsize_t(shape.columns)) };
}

Extents tensorRow(const TensorShape& shape)
{
  return { hsize_t(shape.filters), hsize_t(shape.channels), hsize_t(shape.rows),
    hsize_t(shape.columns) };
}

hid_t fileType(hid_t memoryType)
{
  static const std::map<hid_t, hid_t> types = { { H5T_NATIVE_FLOAT, H5T_IEEE_F32LE },
    { H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE }, { H5T_NATIVE_INT64, H5T_STD_I64LE },
    { H5T_NATIVE_UINT32, H5T_STD_U32LE }, { H5T_NATIVE_UINT16, H5T_STD_U16LE },
    { H5T_NATIVE_UINT8, H5T_STD_U8LE } };
  return types.at(memoryType);
}

template <typename T>
hid_t memoryTypeOf();
template <>
hid_t memoryTypeOf<std::int64_t>()
{
  return H5T_NATIVE_INT64;
}
template <>
hid_t memoryTypeOf<std::uint16_t>()
{
  return H5T_NATIVE_UINT16;
}

} // namespace

struct RunWriter::Internals
{
  std::string path;
  RunLayout layout;
  std::unique_ptr<WriterLock> lock;
  WriteFault fault;
  std::string error;
  Handle file;

  std::map<std::string, Rows> rows; ///< by path in the file
  std::vector<Rows> tensors;
  std::vector<Rows> probe;
  std::vector<Rows> series;
  std::map<std::string, TextStream> streams;
  Handle counters;
  std::array<std::int64_t, runformat::CounterCount> counts{};
  std::int64_t lastSnapshotStep = std::numeric_limits<std::int64_t>::min();
  bool closed = false;

  [[noreturn]] void refuse(const std::string& what) const
  {
    throw RunFileError("cannot create the run file " + this->path + ": " + what + " (" +
                       hdf5::reason() + "); choose another place");
  }

  void fail(const std::string& what)
  {
    if (this->error.empty())
    {
      this->error = "recording to " + this->path + " stopped: " + what +
                    "; what was recorded until then stays readable";
    }
  }

  /// Looks whether the system refused a write since.
  bool good()
  {
    if (this->fault.errorNumber)
    {
      this->fail(std::strerror(this->fault.errorNumber));
    }
    return this->error.empty() && !this->closed;
  }

  Handle create(const std::string& name, hid_t memoryType, const Extents& size, const Extents& most,
    const Extents& chunk, hsize_t cache)
  {
    const Handle space(H5Screate_simple(static_cast<int>(size.size()), size.data(), most.data()));
    const Handle creation(H5Pcreate(H5P_DATASET_CREATE));
    const Handle access(H5Pcreate(H5P_DATASET_ACCESS));
    const Handle links(H5Pcreate(H5P_LINK_CREATE));
    H5Pset_create_intermediate_group(links, 1);
    H5Pset_char_encoding(links, H5T_CSET_UTF8);
    H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
    H5Pset_obj_track_times(creation, false);
    H5Pset_chunk_cache(access, 101, cache, 1.0);
    if (H5Tget_class(memoryType) == H5T_FLOAT)
    {
      const double nan = std::numeric_limits<double>::quiet_NaN();
      H5Pset_fill_value(creation, H5T_NATIVE_DOUBLE, &nan);
    }
    Handle dataset(
      H5Dcreate2(this->file, name.c_str(), fileType(memoryType), space, links, creation, access));
    if (!dataset)
    {
      this->refuse("data set '" + name + "' cannot be made");
    }
    return dataset;
  }

  Rows createRows(const std::string& name, hid_t memoryType, const Extents& row,
    hsize_t chunkRows = 0, hsize_t chunkColumns = 0)
  {
    Rows result;
    result.memoryType = memoryType;
    result.row = row;
    const hsize_t bytes = std::max<hsize_t>(1, result.perRow()) * H5Tget_size(memoryType);
    Extents size{ 0 };
    Extents most{ H5S_UNLIMITED };
    Extents chunk{ chunkRows ? chunkRows : std::clamp<hsize_t>(rowChunk / bytes, 1, 4096) };
    for (const hsize_t extent : row)
    {
      size.push_back(extent);
      most.push_back(extent);
      chunk.push_back(std::max<hsize_t>(1, extent));
    }
    if (chunkColumns)
    {
      chunk.back() = std::min(chunk.back(), chunkColumns);
    }
    result.dataset = this->create(name, memoryType, size, most, chunk, cacheOfRows);
    return result;
  }

  void addRows(const char* name, hid_t memoryType, const Extents& row = {}, hsize_t chunkRows = 0,
    hsize_t chunkColumns = 0)
  {
    this->rows[name] = this->createRows(name, memoryType, row, chunkRows, chunkColumns);
  }

  /// Tensors may gain slots and channels in later formats' edits: the first three extents are
  /// unlimited.
  Rows createTensor(const char* group, const TensorDescription& tensor)
  {
    Rows result;
    result.memoryType = H5T_NATIVE_FLOAT;
    result.row = tensorRow(tensor.shape);
    Extents size{ 0 };
    size.insert(size.end(), result.row.begin(), result.row.end());
    const Extents most{ H5S_UNLIMITED, H5S_UNLIMITED, H5S_UNLIMITED,
      std::max<hsize_t>(1, result.row[2]), std::max<hsize_t>(1, result.row[3]) };
    result.dataset = this->create(
      tensorPath(group, tensor), H5T_NATIVE_FLOAT, size, most, tensorChunk(tensor.shape), 0);
    return result;
  }

  template <typename T>
  void writeFixed(const std::string& name, const std::vector<T>& values, hsize_t columns = 0)
  {
    Rows fixed =
      this->createRows(name, memoryTypeOf<T>(), columns ? Extents{ columns } : Extents{});
    this->append(fixed, columns ? values.size() / columns : values.size(), values.data());
  }

  void writeText(const std::string& name, const std::string& text)
  {
    Rows bytes = this->createRows(name, H5T_NATIVE_UINT8, {}, 4096);
    this->append(bytes, text.size(), text.data());
  }

  template <typename T>
  void writeAttribute(const char* name, hid_t type, hid_t memoryType, const T* value)
  {
    const Handle space(H5Screate(H5S_SCALAR));
    const Handle attribute(H5Acreate2(this->file, name, type, space, H5P_DEFAULT, H5P_DEFAULT));
    if (!attribute || H5Awrite(attribute, memoryType, value) < 0)
    {
      this->refuse(std::string("attribute '") + name + "' cannot be written");
    }
  }

  void append(Rows& to, hsize_t count, const void* values)
  {
    if (count == 0 || !this->good())
    {
      return;
    }
    Extents size{ to.count + count };
    Extents start{ to.count };
    Extents block{ count };
    for (const hsize_t extent : to.row)
    {
      size.push_back(extent);
      start.push_back(0);
      block.push_back(extent);
    }
    if (H5Dset_extent(to.dataset, size.data()) < 0)
    {
      this->fail("a data set cannot grow (" + hdf5::reason() + ")");
      return;
    }
    to.count += count;
    if (!values || to.perRow() == 0)
    {
      return; // stays at its fill value
    }
    const Handle target(H5Dget_space(to.dataset));
    const Handle memory(H5Screate_simple(static_cast<int>(block.size()), block.data(), nullptr));
    if (H5Sselect_hyperslab(target, H5S_SELECT_SET, start.data(), nullptr, block.data(), nullptr) <
          0 ||
        H5Dwrite(to.dataset, to.memoryType, memory, target, H5P_DEFAULT, values) < 0)
    {
      this->fail("rows cannot be written (" + hdf5::reason() + ")");
    }
  }

  /// Appends `count` rows of `values`; an empty list leaves them at the fill value.
  template <typename T>
  void append(const char* name, std::size_t count, const std::vector<T>& values)
  {
    Rows& to = this->rows.at(name);
    if (!values.empty() && values.size() != count * to.perRow())
    {
      throw RunFileError("the run file " + this->path + " takes " + std::to_string(to.perRow()) +
                         " values a row in '" + name + "', but " + std::to_string(values.size()) +
                         " came for " + std::to_string(count) + " rows");
    }
    this->append(to, count, values.empty() ? nullptr : values.data());
  }

  void createAll();
};

void RunWriter::Internals::createAll()
{
  const FaultTolerantAccess access(&this->fault);
  if (access.id() < 0 || H5Pset_libver_bounds(access.id(), H5F_LIBVER_V110, H5F_LIBVER_V110) < 0)
  {
    this->refuse("HDF5 does not take the settings");
  }
  const Handle creation(H5Pcreate(H5P_FILE_CREATE));
  H5Pset_obj_track_times(creation, false);
  this->file = Handle(H5Fcreate(this->path.c_str(), H5F_ACC_TRUNC, creation, access.id()));
  if (!this->file)
  {
    this->refuse("HDF5 cannot create it");
  }
  const Handle textType(H5Tcopy(H5T_C_S1));
  H5Tset_size(textType, std::strlen(runformat::name) + 1);
  this->writeAttribute(runformat::formatAttribute, textType, textType, runformat::name);
  this->writeAttribute(
    runformat::majorAttribute, H5T_STD_I32LE, H5T_NATIVE_INT, &runformat::versionMajor);
  this->writeAttribute(
    runformat::minorAttribute, H5T_STD_I32LE, H5T_NATIVE_INT, &runformat::versionMinor);

  const auto count = [](const auto& list) { return static_cast<hsize_t>(list.size()); };
  const hsize_t described = count(this->layout.statisticTensors);
  this->writeText(runformat::layout, runLayoutToJson(this->layout));
  this->writeFixed(runformat::validationLabels, this->layout.validationLabels);
  this->writeFixed(runformat::validationIndices, this->layout.validationIndices);
  for (const auto& layer : this->layout.model.layers)
  {
    std::vector<std::int64_t> table;
    for (const auto& entry : layer.slots)
    {
      table.insert(table.end(),
        { entry.slot, entry.bornStep, entry.removedStep, std::int64_t(entry.originSlot) });
    }
    this->writeFixed(slotTablePath(layer), table, 4);
  }

  this->addRows(runformat::stepStep, H5T_NATIVE_INT64);
  this->addRows(runformat::stepEpoch, H5T_NATIVE_DOUBLE);
  this->addRows(runformat::metrics, H5T_NATIVE_FLOAT, { count(this->layout.metricColumns) });
  this->addRows(runformat::statistics, H5T_NATIVE_FLOAT, { described, statisticCount });
  this->addRows(runformat::histogram, H5T_NATIVE_UINT32, { described, histogramBins });
  this->addRows(runformat::histogramRange, H5T_NATIVE_FLOAT, { described, 2 });
  this->addRows(runformat::exact, H5T_NATIVE_UINT8, { described });
  // 16 columns together: the tracked coordinates of one layer are read at once.
  this->addRows(runformat::tracked, H5T_NATIVE_FLOAT, { count(this->layout.tracked) }, 1024, 16);

  this->addRows(runformat::filterStep, H5T_NATIVE_INT64);
  this->addRows(runformat::changeBands, H5T_NATIVE_UINT32,
    { count(this->layout.changeBandLayers), changeBandCount });
  for (const auto& description : this->layout.filterSeries)
  {
    this->series.push_back(this->createRows(
      filterSeriesPath(description), H5T_NATIVE_FLOAT, { hsize_t(description.slots) }));
  }

  this->addRows(runformat::snapshotStep, H5T_NATIVE_INT64);
  this->addRows(runformat::snapshotEpoch, H5T_NATIVE_DOUBLE);
  for (const auto& tensor : this->layout.model.tensors)
  {
    this->tensors.push_back(this->createTensor(runformat::tensorGroup, tensor));
  }
  for (const auto& tensor : this->layout.probe)
  {
    this->probe.push_back(this->createTensor(runformat::probeGroup, tensor));
  }

  this->addRows(runformat::evaluationStep, H5T_NATIVE_INT64);
  this->addRows(runformat::evaluationEpoch, H5T_NATIVE_DOUBLE);
  this->addRows(runformat::evaluationLoss, H5T_NATIVE_FLOAT);
  this->addRows(runformat::evaluationAccuracy, H5T_NATIVE_FLOAT);
  this->addRows(
    runformat::evaluationPredicted, H5T_NATIVE_UINT16, { count(this->layout.validationLabels) });
  for (const char* stream : { "edits", "events" })
  {
    const std::string name = std::string(runformat::textGroup) + '/' + stream;
    TextStream& made = this->streams[stream];
    made.bytes = this->createRows(name, H5T_NATIVE_UINT8, {}, 4096);
    made.ends = this->createRows(name + "_end", H5T_NATIVE_INT64, {}, 512);
  }

  const Extents size{ runformat::CounterCount };
  this->counters = this->create(runformat::counters, H5T_NATIVE_INT64, size, size, size, 4096);
  if (H5Dwrite(
        this->counters, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, this->counts.data()) < 0 ||
      H5Fflush(this->file, H5F_SCOPE_GLOBAL) < 0 || H5Fstart_swmr_write(this->file) < 0)
  {
    this->refuse("it cannot be opened to readers");
  }
  if (!this->good())
  {
    throw RunFileError("cannot create the run file " + this->path + ": " +
                       std::strerror(this->fault.errorNumber) +
                       "; free some space or choose another place");
  }
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
  p.lock = std::make_unique<WriterLock>(path, overwrite);
  if (!p.lock->created() && layout.parentSegment.empty())
  {
    // The run is replaced as a whole: a later segment of the old one must not claim the new one as
    // its parent.
    for (const std::string& segment : existingSegments(path))
    {
      if (segment != rootSegmentPath(path))
      {
        std::remove(segment.c_str());
      }
    }
  }
  try
  {
    p.createAll();
  }
  catch (...)
  {
    if (p.lock->created())
    {
      std::remove(path.c_str());
    }
    throw;
  }
  return writer;
}

void RunWriter::appendSteps(const StepBlock& block)
{
  const hdf5::Silence silence;
  Internals& p = *this->internals_;
  const std::size_t rows = block.rows();
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
  const std::size_t rows = block.rows();
  if (block.series.size() != p.series.size())
  {
    throw RunFileError("the run file " + p.path + " takes " + std::to_string(p.series.size()) +
                       " filter series, but " + std::to_string(block.series.size()) + " came");
  }
  p.append(runformat::filterStep, rows, block.step);
  p.append(runformat::changeBands, rows, block.changeBands);
  for (std::size_t i = 0; i < p.series.size(); ++i)
  {
    if (block.series[i].size() != rows * p.series[i].perRow())
    {
      throw RunFileError("the run file " + p.path +
                         " got a filter series of wrong length: " + p.layout.filterSeries[i].name);
    }
    p.append(p.series[i], rows, block.series[i].data());
  }
  p.counts[runformat::FilterRows] += static_cast<std::int64_t>(rows);
}

void RunWriter::appendSnapshot(std::int64_t step, double epoch,
  const std::vector<const float*>& tensors, const std::vector<const float*>& probe)
{
  const hdf5::Silence silence;
  Internals& p = *this->internals_;
  if (tensors.size() != p.tensors.size() || (!probe.empty() && probe.size() != p.probe.size()))
  {
    throw RunFileError("the run file " + p.path + " takes " + std::to_string(p.tensors.size()) +
                       " tensors a snapshot, but " + std::to_string(tensors.size()) + " came");
  }
  if (step <= p.lastSnapshotStep)
  {
    throw RunFileError("the run file " + p.path + " got a snapshot of step " +
                       std::to_string(step) + " after one of step " +
                       std::to_string(p.lastSnapshotStep) + "; steps must ascend");
  }
  p.lastSnapshotStep = step;
  for (std::size_t i = 0; i < tensors.size(); ++i)
  {
    p.append(p.tensors[i], 1, tensors[i]);
  }
  for (std::size_t i = 0; i < p.probe.size(); ++i)
  {
    p.append(p.probe[i], 1, probe.empty() ? nullptr : probe[i]);
  }
  p.append(p.rows.at(runformat::snapshotStep), 1, &step);
  p.append(p.rows.at(runformat::snapshotEpoch), 1, &epoch);
  ++p.counts[runformat::Snapshots];
}

void RunWriter::appendEvaluation(const Evaluation& evaluation)
{
  const hdf5::Silence silence;
  Internals& p = *this->internals_;
  p.append(runformat::evaluationPredicted, 1, evaluation.predicted);
  p.append(p.rows.at(runformat::evaluationStep), 1, &evaluation.step);
  p.append(p.rows.at(runformat::evaluationEpoch), 1, &evaluation.epoch);
  p.append(p.rows.at(runformat::evaluationLoss), 1, &evaluation.loss);
  p.append(p.rows.at(runformat::evaluationAccuracy), 1, &evaluation.accuracy);
  ++p.counts[runformat::Evaluations];
}

void RunWriter::appendJsonLine(const std::string& stream, const std::string& json)
{
  const hdf5::Silence silence;
  Internals& p = *this->internals_;
  const auto found = p.streams.find(stream);
  if (found == p.streams.end())
  {
    throw RunFileError("the run file " + p.path + " has no text stream '" + stream +
                       "'; there are edits and events");
  }
  TextStream& text = found->second;
  const std::string line = json + '\n';
  p.append(text.bytes, line.size(), line.data());
  const auto end = static_cast<std::int64_t>(text.bytes.count);
  p.append(text.ends, 1, &end);
  ++p.counts[stream == "edits" ? runformat::Edits : runformat::Events];
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
  if (H5Dwrite(p.counters, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, p.counts.data()) < 0 ||
      H5Dflush(p.counters) < 0)
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
  p.closed = true;
  p.rows.clear();
  p.tensors.clear();
  p.probe.clear();
  p.series.clear();
  p.streams.clear();
  p.counters.close();
  p.file.close();
  if (p.fault.errorNumber && p.error.empty())
  {
    p.fail(std::strerror(p.fault.errorNumber));
  }
  p.lock.reset();
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
