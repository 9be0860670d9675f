#include "DatasetCheck.h"

#include "GrowingDataset.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tensorview
{
namespace
{

using hdf5::Extents;
using hdf5::Handle;

constexpr std::size_t mostBadChunks = 500;
constexpr const char* tooMuch = "too much of it is damaged to look at the rest";
constexpr std::uint64_t mostChunkBytes = std::uint64_t(1) << 30;
/// Of a data set most of whose rows are left out; it would be looked at for ever otherwise.
constexpr std::uint64_t mostPlacesPerChunk = 1 << 16;

const char* nameOf(Element element)
{
  switch (element)
  {
    case Element::Float32:
      return "float32";
    case Element::Float64:
      return "float64";
    case Element::Int64:
      return "int64";
    case Element::UInt32:
      return "uint32";
    case Element::UInt16:
      return "uint16";
    case Element::UInt8:
      break;
  }
  return "uint8";
}

bool isReal(Element element)
{
  return element == Element::Float32 || element == Element::Float64;
}

const SegmentFile::Dataset& open(SegmentFile& file, const DatasetPlan& plan, std::int64_t rows)
{
  return file.dataset(plan.path, static_cast<int>(plan.row.size()) + 1, rows);
}

std::string fillProblem(hid_t creation, Element element)
{
  H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
  H5Pfill_value_defined(creation, &defined);
  double fill = 0.0;
  if (defined == H5D_FILL_VALUE_USER_DEFINED &&
      H5Pget_fill_value(creation, H5T_NATIVE_DOUBLE, &fill) < 0)
  {
    return "its fill value cannot be read";
  }
  if (isReal(element))
  {
    return std::isnan(fill) ? "" : "its fill value is not NaN";
  }
  return fill == 0.0 ? "" : "its fill value is not 0";
}

/// Chunk extents; empty if HDF5 does not tell, or they are larger than can be read.
Extents chunkOf(const SegmentFile::Dataset& dataset, Element element)
{
  std::uint64_t bytes = sizeOf(element);
  for (const hsize_t extent : dataset.chunk)
  {
    if (extent == 0 || extent > mostChunkBytes / bytes)
    {
      return {};
    }
    bytes *= extent;
  }
  return dataset.chunk;
}

/// How many chunks there would be if all were stored.
std::uint64_t placesOf(const Extents& end, const Extents& chunk)
{
  std::uint64_t places = 1;
  for (std::size_t axis = 0; axis < end.size(); ++axis)
  {
    places *= (end[axis] - 1) / chunk[axis] + 1;
  }
  return places;
}

/// Moves `at` to the next chunk within `end`, the last axis fastest; false after the last one.
bool advance(Extents& at, const Extents& chunk, const Extents& end)
{
  for (std::size_t axis = at.size(); axis-- > 0;)
  {
    at[axis] += chunk[axis];
    if (at[axis] < end[axis])
    {
      return true;
    }
    at[axis] = 0;
  }
  return false;
}

/// Adds rows; such as follow on those before for the same reason join them.
void note(
  std::vector<BadRows>& bad, std::int64_t first, std::int64_t count, const std::string& what)
{
  if (!bad.empty() && bad.back().what == what && bad.back().first <= first &&
      first <= bad.back().first + bad.back().count)
  {
    bad.back().count = std::max(bad.back().count, first + count - bad.back().first);
    return;
  }
  bad.push_back({ first, count, what });
}

/// Of a data set of which nothing is stored.
std::vector<BadRows> rowsThatMiss(
  std::int64_t rows, const std::function<bool(std::int64_t row)>& mustBeStored)
{
  std::vector<BadRows> bad;
  for (std::int64_t row = 0; row < rows; ++row)
  {
    if (mustBeStored(row))
    {
      note(bad, row, 1, "it was never written");
    }
    if (bad.size() > mostBadChunks)
    {
      note(bad, row, rows - row, tooMuch);
      break;
    }
  }
  return bad;
}

} // namespace

std::vector<std::string> formProblems(SegmentFile& file, const DatasetPlan& plan, std::int64_t rows)
{
  const hdf5::Silence silence;
  const SegmentFile::Dataset& dataset = open(file, plan, rows);
  const Handle type(H5Dget_type(dataset.id));
  const Handle space(H5Dget_space(dataset.id));
  const Handle creation(H5Dget_create_plist(dataset.id));
  std::vector<std::string> problems;
  const auto tell = [&](std::string problem)
  {
    if (!problem.empty())
    {
      problems.push_back(std::move(problem));
    }
  };
  if (H5Tequal(type, fileType(plan.element)) <= 0)
  {
    tell(std::string("its values are not stored as little-endian ") + nameOf(plan.element));
  }
  if (!std::equal(plan.row.begin(), plan.row.end(), dataset.extents.begin() + 1))
  {
    tell("its rows are not as described in 'layout'");
  }
  Extents most(dataset.extents.size());
  H5Sget_simple_extent_dims(space, nullptr, most.data());
  for (std::size_t axis = 0; plan.rows != RowKind::Counter && axis < plan.unlimited; ++axis)
  {
    if (most[axis] != H5S_UNLIMITED)
    {
      tell("its extent " + std::to_string(axis) + " is limited");
    }
  }
  tell(fillProblem(creation, plan.element));
  for (int i = 0; i < H5Pget_nfilters(creation); ++i)
  {
    unsigned flags = 0;
    std::size_t values = 0;
    std::array<char, 64> name{};
    const H5Z_filter_t filter = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values,
      nullptr, name.size() - 1, name.data(), nullptr);
    if (filter < 0 || H5Zfilter_avail(filter) <= 0)
    {
      tell("its filter " + std::to_string(filter) + " (" + name.data() + ") is not there");
    }
  }
  return problems;
}

std::vector<BadRows> unreadableRows(SegmentFile& file, const DatasetPlan& plan, std::int64_t rows,
  const std::function<bool(std::int64_t row)>& mustBeStored)
{
  std::vector<BadRows> bad;
  if (rows <= 0)
  {
    return bad;
  }
  const hdf5::Silence silence;
  const SegmentFile::Dataset& dataset = open(file, plan, rows);
  Extents end = dataset.extents;
  end[0] = static_cast<hsize_t>(rows);
  if (std::find(end.begin(), end.end(), hsize_t(0)) != end.end())
  {
    return bad;
  }
  const Extents chunk = chunkOf(dataset, plan.element);
  if (chunk.empty())
  {
    return { { 0, rows, "its chunks have impossible extents" } };
  }
  std::uint64_t values = sizeOf(plan.element);
  for (const hsize_t extent : end)
  {
    if (extent > (std::uint64_t(1) << 62) / values)
    {
      return { { 0, rows, "its extents are impossible" } };
    }
    values *= extent;
  }
  if (mustBeStored(0) && mustBeStored(rows - 1))
  {
    file.checkBytes(dataset, plan.path, values);
  }
  else
  {
    // Rows that may be left out take no place, but each has its step somewhere.
    file.checkBytes(dataset, plan.path, static_cast<std::uint64_t>(rows) * sizeof(std::int64_t));
    const Handle space(H5Dget_space(dataset.id));
    hsize_t stored = 0;
    if (H5Dget_num_chunks(dataset.id, space, &stored) < 0)
    {
      return { { 0, rows, hdf5::reason() } };
    }
    if (stored == 0)
    {
      return rowsThatMiss(rows, mustBeStored);
    }
    if (placesOf(end, chunk) / mostPlacesPerChunk > stored)
    {
      return { { 0, rows,
        "hardly anything of it is stored: it is too large to look for the rest" } };
    }
  }
  std::vector<unsigned char> memory;
  Extents at(end.size(), 0);
  std::size_t badChunks = 0;
  do
  {
    Extents count(end.size());
    std::uint64_t bytes = sizeOf(plan.element);
    for (std::size_t axis = 0; axis < end.size(); ++axis)
    {
      count[axis] = std::min(chunk[axis], end[axis] - at[axis]);
      bytes *= count[axis];
    }
    const auto first = static_cast<std::int64_t>(at[0]);
    const auto bandRows = static_cast<std::int64_t>(count[0]);
    memory.resize(bytes);
    const std::string problem =
      hdf5::readBlock(dataset.id, memoryType(plan.element), at, count, memory.data())
        ? ""
        : hdf5::reason();
    // HDF5 1.10 does not tell the size of a chunk that is not there.
    hsize_t stored = 0;
    const bool there = problem.empty() &&
                       H5Dget_chunk_storage_size(dataset.id, at.data(), &stored) >= 0 && stored > 0;
    for (std::int64_t row = first; problem.empty() && !there && row < first + bandRows; ++row)
    {
      if (mustBeStored(row))
      {
        note(bad, row, 1, "it was never written");
        badChunks += row == first ? 1 : 0;
      }
    }
    if (!problem.empty())
    {
      note(bad, first, bandRows, problem);
      ++badChunks;
    }
    if (badChunks > mostBadChunks)
    {
      note(bad, first, rows - first, tooMuch);
      break;
    }
  } while (advance(at, chunk, end));
  return bad;
}

} // namespace tensorview
