#include "SegmentFile.h"

#include "RunFileOpen.h"
#include "RunJson.h"
#include "RunLayoutCheck.h"
#include "SegmentRows.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <limits>
#include <system_error>

namespace fs = std::filesystem;

namespace tensorview
{
namespace
{

using hdf5::Handle;

constexpr std::uint64_t bestCompression = 1100;  ///< deflate reaches 1032
constexpr std::size_t rowCache = 4 << 20;        ///< bytes of chunk cache of a data set of rows
constexpr std::uint64_t mostChunksAnyway = 4096; ///< of one reading, however small the file is
constexpr std::uint64_t bytesPerChunk = 64; ///< that a file has at least for each chunk of any one

/// No run has more rows; keeps sums from overflowing.
constexpr std::int64_t mostRows = std::int64_t(1) << 48;

bool isTensor(const std::string& name)
{
  const auto below = [&](const char* group)
  {
    const std::size_t length = std::strlen(group);
    return name.compare(0, length, group) == 0 && name.size() > length && name[length] == '/';
  };
  return below(runformat::tensorGroup) || below(runformat::probeGroup);
}

} // namespace

SegmentFile::SegmentFile(const std::string& path)
  : path_(path)
{
  const hdf5::Silence silence;
  OpenRunFile opened = openRunFile(path);
  this->file_ = std::move(opened.file);
  this->live_ = opened.live;
  checkRunVersion(this->file_, path);
  this->readCounters();
  this->readLayout();
}

void SegmentFile::damaged(const std::string& place, const std::string& what) const
{
  throw RunFileError("the run file " + this->path_ + " is damaged at '" + place + "': " + what +
                     "; take another copy, its other parts may still be read");
}

void SegmentFile::checkBytes(
  const Dataset& dataset, const std::string& name, std::uint64_t bytes) const
{
  std::error_code problem;
  const std::uint64_t size = fs::file_size(this->path_, problem);
  const std::uint64_t stored = dataset.compressed ? bytes / bestCompression : bytes;
  if (!problem && stored > size)
  {
    this->damaged(name, "it claims " + std::to_string(bytes) + " bytes, more than the file's " +
                          std::to_string(size) + " can hold");
  }
}

void SegmentFile::checkBlock(
  const Dataset& dataset, const std::string& name, std::uint64_t values, std::size_t size) const
{
  this->checkBytes(dataset, name, values * size);
  std::uint64_t perChunk = 1;
  for (std::size_t axis = 0; axis < dataset.chunk.size(); ++axis)
  {
    perChunk *= std::max<hsize_t>(1, std::min(dataset.chunk[axis], dataset.extents[axis]));
  }
  const std::uint64_t chunks = values / perChunk;
  std::error_code problem;
  if (chunks > mostChunksAnyway && chunks > fs::file_size(this->path_, problem) / bytesPerChunk)
  {
    this->damaged(name, "its chunks of " + std::to_string(perChunk) + " values are too small for " +
                          std::to_string(values) + " values");
  }
}

void SegmentFile::readLayout()
{
  const auto rowsOf = [this](const std::string& name, int rank)
  { return static_cast<std::int64_t>(this->dataset(name, rank, 0).extents[0]); };
  const auto text =
    readRows<std::uint8_t>(*this, runformat::layout, 0, rowsOf(runformat::layout, 1));
  RunLayout layout = runLayoutFromJson(std::string(text.begin(), text.end()), this->path_);

  if (this->has(runformat::validationLabels))
  {
    layout.validationLabels = readRows<std::uint16_t>(
      *this, runformat::validationLabels, 0, rowsOf(runformat::validationLabels, 1));
    layout.validationIndices = readRows<std::int64_t>(
      *this, runformat::validationIndices, 0, rowsOf(runformat::validationIndices, 1));
  }
  for (LayerDescription& layer : layout.model.layers)
  {
    const std::string name = slotTablePath(layer);
    if (!this->has(name))
    {
      continue;
    }
    const auto table =
      readRows<std::int64_t>(*this, name, 0, rowsOf(name, 2), { runformat::slotColumns });
    for (std::size_t i = 0; i < table.size(); i += runformat::slotColumns)
    {
      constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
      if (table[i] < 0 || table[i] > most || table[i + 3] < -1 || table[i + 3] > most)
      {
        this->damaged(name, "row " + std::to_string(i / runformat::slotColumns) + " names no slot");
      }
      layer.slots.push_back({ static_cast<std::int32_t>(table[i]), table[i + 1], table[i + 2],
        static_cast<std::int32_t>(table[i + 3]) });
    }
  }
  const std::string contradiction = contradictionIn(layout);
  if (!contradiction.empty())
  {
    this->damaged(runformat::layout, contradiction);
  }
  this->layout_ = std::move(layout);
}

void SegmentFile::readCounters()
{
  const auto counts =
    readRows<std::int64_t>(*this, runformat::counters, 0, runformat::CounterCount);
  for (const std::int64_t value : counts)
  {
    if (value < 0 || value > mostRows)
    {
      this->damaged(runformat::counters, "a counter says " + std::to_string(value));
    }
  }
  std::copy(counts.begin(), counts.end(), this->counts_.begin());
}

bool SegmentFile::refresh()
{
  if (!this->live_)
  {
    return false;
  }
  const hdf5::Silence silence;
  const auto before = this->counts_;
  const std::size_t known = this->refreshes_++;
  this->readCounters();
  if (this->counts_ == before)
  {
    this->refreshes_ = known; // what is cached of the other data sets is still good
    this->datasets_.at(runformat::counters).refresh = known;
    return false;
  }
  return true;
}

bool SegmentFile::has(const std::string& name) const
{
  const hdf5::Silence silence;
  for (std::size_t slash = name.find('/'); slash != std::string::npos;
       slash = name.find('/', slash + 1))
  {
    if (H5Lexists(this->file_, name.substr(0, slash).c_str(), H5P_DEFAULT) <= 0)
    {
      return false;
    }
  }
  return H5Lexists(this->file_, name.c_str(), H5P_DEFAULT) > 0;
}

SegmentFile::Dataset SegmentFile::openDataset(const std::string& name) const
{
  // Tensors are read whole, once: without a chunk cache their values go straight to where they
  // belong.
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS));
  const bool tensor = isTensor(name);
  H5Pset_chunk_cache(access, tensor ? 0 : 521, tensor ? 0 : rowCache, 1.0);
  Dataset opened;
  opened.refresh = this->refreshes_;
  opened.id = Handle(H5Dopen2(this->file_, name.c_str(), access));
  if (!opened.id)
  {
    this->damaged(name, this->has(name) ? hdf5::reason() : "the data set is missing");
  }
  const Handle creation(H5Dget_create_plist(opened.id));
  const Handle type(H5Dget_type(opened.id));
  const H5T_class_t kind = H5Tget_class(type);
  if (H5Pget_layout(creation) != H5D_CHUNKED)
  {
    this->damaged(name, "the data set is not chunked");
  }
  if (kind != H5T_INTEGER && kind != H5T_FLOAT)
  {
    this->damaged(name, "the data set does not hold numbers");
  }
  opened.real = kind == H5T_FLOAT;
  opened.compressed = H5Pget_nfilters(creation) > 0;
  opened.extents = hdf5::extents(opened.id);
  opened.chunk.resize(opened.extents.size());
  H5Pget_chunk(creation, static_cast<int>(opened.chunk.size()), opened.chunk.data());
  return opened;
}

const SegmentFile::Dataset& SegmentFile::dataset(
  const std::string& name, int rank, std::int64_t rows)
{
  auto found = this->datasets_.find(name);
  if (found == this->datasets_.end())
  {
    found = this->datasets_.emplace(name, this->openDataset(name)).first;
  }
  else if (found->second.refresh != this->refreshes_)
  {
    // What HDF5 has cached of it, extents and rows, may be older than the counters.
    // It is closed before it is opened again: HDF5 would keep its chunk cache otherwise.
    H5Drefresh(found->second.id);
    found->second.id.close();
    found->second = this->openDataset(name);
  }
  const Dataset& dataset = found->second;
  if (static_cast<int>(dataset.extents.size()) != rank)
  {
    this->damaged(name, "it has " + std::to_string(dataset.extents.size()) +
                          " extents instead of " + std::to_string(rank));
  }
  if (rows < 0 || static_cast<hsize_t>(rows) > dataset.extents[0])
  {
    this->damaged(name, "it has " + std::to_string(dataset.extents[0]) +
                          " rows, the counters promise " + std::to_string(rows));
  }
  return dataset;
}

} // namespace tensorview
