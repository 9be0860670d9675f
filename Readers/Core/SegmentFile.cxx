#include "SegmentFile.h"

#include "RunJson.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <system_error>

namespace fs = std::filesystem;

namespace tensorview
{
namespace
{

using hdf5::Extents;
using hdf5::Handle;

template <typename T>
hid_t memoryTypeOf();
template <>
hid_t memoryTypeOf<float>()
{
  return H5T_NATIVE_FLOAT;
}
template <>
hid_t memoryTypeOf<double>()
{
  return H5T_NATIVE_DOUBLE;
}
template <>
hid_t memoryTypeOf<std::int64_t>()
{
  return H5T_NATIVE_INT64;
}
template <>
hid_t memoryTypeOf<std::uint32_t>()
{
  return H5T_NATIVE_UINT32;
}
template <>
hid_t memoryTypeOf<std::uint16_t>()
{
  return H5T_NATIVE_UINT16;
}
template <>
hid_t memoryTypeOf<std::uint8_t>()
{
  return H5T_NATIVE_UINT8;
}

/// What is wrong with a path before HDF5 is asked; empty if nothing is.
std::string obstacle(const std::string& path)
{
  std::error_code problem;
  const auto status = fs::status(path, problem);
  if (status.type() == fs::file_type::not_found)
  {
    fs::path parent = fs::path(path).parent_path();
    if (!parent.empty() && !fs::exists(parent, problem))
    {
      return "there is no folder " + parent.string() + "; check the path";
    }
    return "there is no such file; check the name";
  }
  if (status.type() == fs::file_type::directory)
  {
    return "it is a folder; name a .tvr file inside it";
  }
  std::ifstream file(path, std::ios::binary);
  if (!file)
  {
    return std::string(std::strerror(errno)) + "; check your rights to it";
  }
  static constexpr unsigned char signature[8] = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n' };
  char start[8] = {};
  file.read(start, sizeof(start));
  if (file.gcount() == 0)
  {
    return "it is empty; its writer never came to write anything, take another file";
  }
  if (file.gcount() < std::streamsize(sizeof(start)) ||
      std::memcmp(start, signature, sizeof(start)) != 0)
  {
    return "it is not a TensorView run (no HDF5 signature); take a file that a Trainer or "
           "tensorview-train has recorded";
  }
  return {};
}

} // namespace

SegmentFile::SegmentFile(const std::string& path)
  : path_(path)
{
  const hdf5::Silence silence;
  this->openFile();
  this->checkFormat();
  this->readCounters();
  this->readLayout();
}

void SegmentFile::damaged(const std::string& place, const std::string& what) const
{
  throw RunFileError("the run file " + this->path_ + " is damaged at '" + place + "': " + what +
                     "; take another copy, the other parts may still be read");
}

void SegmentFile::checkSize(const std::string& place, std::uint64_t bytes) const
{
  constexpr std::uint64_t harmless = std::uint64_t(64) << 20;
  constexpr std::uint64_t bestCompression = 1100; // deflate reaches 1032
  std::error_code problem;
  const std::uint64_t size = fs::file_size(this->path_, problem);
  if (bytes > harmless && (problem || bytes / bestCompression > size))
  {
    this->damaged(
      place, "it claims " + std::to_string(bytes) + " bytes, more than the file can hold");
  }
}

void SegmentFile::openFile()
{
  const std::string problem = obstacle(this->path_);
  if (!problem.empty())
  {
    throw RunFileError("cannot open the run file " + this->path_ + ": " + problem);
  }
  const Handle access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110);
  this->file_ = Handle(H5Fopen(this->path_.c_str(), H5F_ACC_RDONLY, access));
  if (!this->file_)
  {
    // A writer has it, or was killed.
    this->file_ = Handle(H5Fopen(this->path_.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, access));
    this->live_ = bool(this->file_);
  }
  if (!this->file_)
  {
    throw RunFileError("cannot open the run file " + this->path_ + ": " + hdf5::reason() +
                       "; it is damaged or cut off, take another copy");
  }
}

void SegmentFile::checkFormat() const
{
  const auto notOurs = [this]()
  {
    throw RunFileError(
      "cannot open the run file " + this->path_ +
      ": it is an HDF5 file of another program (no attribute 'format' that says '" +
      runformat::name + "'); take a file that a Trainer or tensorview-train has recorded");
  };
  if (H5Aexists(this->file_, runformat::formatAttribute) <= 0)
  {
    notOurs();
  }
  const Handle attribute(H5Aopen(this->file_, runformat::formatAttribute, H5P_DEFAULT));
  const Handle type(H5Aget_type(attribute));
  const Handle space(H5Aget_space(attribute));
  if (H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1)
  {
    notOurs();
  }
  std::string name;
  if (H5Tis_variable_str(type) > 0)
  {
    char* text = nullptr;
    if (H5Aread(attribute, type, &text) >= 0 && text)
    {
      name = text;
      H5free_memory(text);
    }
  }
  else if (const std::size_t size = H5Tget_size(type); size > 0 && size < 256)
  {
    std::vector<char> text(size + 1, '\0');
    H5Aread(attribute, type, text.data());
    name = text.data();
  }
  if (name != runformat::name)
  {
    notOurs();
  }
  int major = -1;
  const Handle version(H5Aopen(this->file_, runformat::majorAttribute, H5P_DEFAULT));
  const Handle versionSpace(version ? H5Aget_space(version) : H5I_INVALID_HID);
  if (!version || H5Sget_simple_extent_npoints(versionSpace) != 1 ||
      H5Aread(version, H5T_NATIVE_INT, &major) < 0)
  {
    this->damaged(runformat::majorAttribute, "the version is missing");
  }
  if (major != runformat::versionMajor)
  {
    throw RunFileError(
      "cannot open the run file " + this->path_ + ": its format version is " +
      std::to_string(major) + ", this TensorView reads version " +
      std::to_string(runformat::versionMajor) +
      (major > runformat::versionMajor ? "; use a newer TensorView" : "; record the run anew"));
  }
}

std::string SegmentFile::readText(const std::string& name, std::int64_t bytes)
{
  if (bytes < 0 || bytes > runformat::maximumTextBytes)
  {
    this->damaged(name, "it claims to be " + std::to_string(bytes) + " bytes long");
  }
  const std::vector<std::uint8_t> text = this->rows<std::uint8_t>(name, 0, bytes);
  return { text.begin(), text.end() };
}

void SegmentFile::readLayout()
{
  this->dataset(runformat::layout, 1, 0);
  const auto bytes = static_cast<std::int64_t>(this->datasets_.at(runformat::layout).extents[0]);
  this->layout_ = runLayoutFromJson(this->readText(runformat::layout, bytes), this->path_);

  const auto all = [this](const char* name)
  {
    this->dataset(name, 1, 0);
    return static_cast<std::int64_t>(this->datasets_.at(name).extents[0]);
  };
  const std::int64_t images = all(runformat::validationLabels);
  if (images != all(runformat::validationIndices) || images > runformat::maximumTextBytes)
  {
    this->damaged(runformat::validationLabels, "labels and indices differ in number");
  }
  this->layout_.validationLabels =
    this->rows<std::uint16_t>(runformat::validationLabels, 0, images);
  this->layout_.validationIndices =
    this->rows<std::int64_t>(runformat::validationIndices, 0, images);
  for (auto& layer : this->layout_.model.layers)
  {
    const std::string name = slotTablePath(layer);
    this->dataset(name, 2, 0);
    const auto slots = static_cast<std::int64_t>(this->datasets_.at(name).extents[0]);
    if (slots > (std::int64_t(1) << 24))
    {
      this->damaged(name, "it claims " + std::to_string(slots) + " slots");
    }
    const auto table = this->rows<std::int64_t>(name, 0, slots, { 4 });
    for (std::size_t i = 0; i + 3 < table.size(); i += 4)
    {
      layer.slots.push_back({ static_cast<std::int32_t>(table[i]), table[i + 1], table[i + 2],
        static_cast<std::int32_t>(table[i + 3]) });
    }
  }
}

void SegmentFile::readCounters()
{
  const hid_t counters = this->dataset(runformat::counters, 1, runformat::CounterCount);
  std::array<std::int64_t, runformat::CounterCount> counts{};
  if (!hdf5::readBlock(
        counters, H5T_NATIVE_INT64, { 0 }, { runformat::CounterCount }, counts.data()))
  {
    this->damaged(runformat::counters, hdf5::reason());
  }
  for (const std::int64_t value : counts)
  {
    if (value < 0)
    {
      this->damaged(runformat::counters, "a counter is negative");
    }
  }
  this->counts_ = counts;
}

bool SegmentFile::refresh()
{
  const hdf5::Silence silence;
  if (!this->live_)
  {
    return false;
  }
  const auto before = this->counts_;
  const hid_t counters = this->dataset(runformat::counters, 1, runformat::CounterCount);
  if (H5Drefresh(counters) < 0)
  {
    this->damaged(runformat::counters, hdf5::reason());
  }
  this->readCounters();
  return this->counts_ != before;
}

hid_t SegmentFile::dataset(const std::string& name, int rank, std::int64_t rows)
{
  auto found = this->datasets_.find(name);
  if (found == this->datasets_.end())
  {
    const Handle access(H5Pcreate(H5P_DATASET_ACCESS));
    // Tensors are read whole, once: without a chunk cache their values go straight to where they
    // belong.
    const bool tensor =
      name.compare(0, std::strlen(runformat::tensorGroup), runformat::tensorGroup) == 0;
    H5Pset_chunk_cache(access, tensor ? 0 : 521, tensor ? 0 : (4 << 20), 1.0);
    Opened opened;
    opened.handle = Handle(H5Dopen2(this->file_, name.c_str(), access));
    if (!opened.handle)
    {
      this->damaged(name, "the data set is missing");
    }
    opened.extents = hdf5::extents(opened.handle);
    found = this->datasets_.emplace(name, std::move(opened)).first;
  }
  Opened& opened = found->second;
  if (static_cast<int>(opened.extents.size()) != rank)
  {
    this->damaged(name, "it has " + std::to_string(opened.extents.size()) + " extents instead of " +
                          std::to_string(rank));
  }
  if (this->live_ && static_cast<std::int64_t>(opened.extents[0]) < rows)
  {
    H5Drefresh(opened.handle);
    opened.extents = hdf5::extents(opened.handle);
  }
  if (opened.extents.empty() || static_cast<std::int64_t>(opened.extents[0]) < rows)
  {
    this->damaged(name, "it has fewer rows than the counters say");
  }
  return opened.handle;
}

template <typename T>
std::vector<T> SegmentFile::rows(
  const std::string& name, std::int64_t first, std::int64_t count, const Extents& row)
{
  const hdf5::Silence silence;
  const hid_t data = this->dataset(name, static_cast<int>(row.size()) + 1, first + count);
  const Extents& extents = this->datasets_.at(name).extents;
  Extents start{ static_cast<hsize_t>(first) };
  Extents block{ static_cast<hsize_t>(count) };
  std::size_t values = static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < row.size(); ++i)
  {
    if (extents[i + 1] != row[i])
    {
      this->damaged(name, "its rows are not as described");
    }
    start.push_back(0);
    block.push_back(row[i]);
    values *= row[i];
  }
  this->checkSize(name, values * sizeof(T));
  std::vector<T> result(values);
  if (!hdf5::readBlock(data, memoryTypeOf<T>(), start, block, result.data()))
  {
    this->damaged(name, hdf5::reason());
  }
  return result;
}

template std::vector<float> SegmentFile::rows(
  const std::string&, std::int64_t, std::int64_t, const Extents&);
template std::vector<double> SegmentFile::rows(
  const std::string&, std::int64_t, std::int64_t, const Extents&);
template std::vector<std::int64_t> SegmentFile::rows(
  const std::string&, std::int64_t, std::int64_t, const Extents&);
template std::vector<std::uint32_t> SegmentFile::rows(
  const std::string&, std::int64_t, std::int64_t, const Extents&);
template std::vector<std::uint16_t> SegmentFile::rows(
  const std::string&, std::int64_t, std::int64_t, const Extents&);
template std::vector<std::uint8_t> SegmentFile::rows(
  const std::string&, std::int64_t, std::int64_t, const Extents&);

std::vector<float> SegmentFile::columns(const std::string& name, std::int64_t first,
  std::int64_t count, const std::vector<hsize_t>& columns)
{
  const hdf5::Silence silence;
  const hid_t data = this->dataset(name, 2, first + count);
  const hsize_t width = this->datasets_.at(name).extents[1];
  std::vector<hsize_t> order(columns); // a hyperslab comes in file order, each column once
  std::sort(order.begin(), order.end());
  order.erase(std::unique(order.begin(), order.end()), order.end());
  if (count <= 0 || order.empty())
  {
    return {};
  }
  if (order.back() >= width)
  {
    this->damaged(name, "it has fewer columns than described");
  }
  const Handle file(H5Dget_space(data));
  H5Sselect_none(file);
  for (std::size_t i = 0; i < order.size();)
  {
    std::size_t end = i + 1;
    while (end < order.size() && order[end] == order[end - 1] + 1)
    {
      ++end;
    }
    const hsize_t start[2] = { static_cast<hsize_t>(first), order[i] };
    const hsize_t block[2] = { static_cast<hsize_t>(count), static_cast<hsize_t>(end - i) };
    H5Sselect_hyperslab(file, H5S_SELECT_OR, start, nullptr, block, nullptr);
    i = end;
  }
  const hsize_t values = static_cast<hsize_t>(count) * order.size();
  const Handle memory(H5Screate_simple(1, &values, nullptr));
  this->checkSize(name, values * sizeof(float));
  std::vector<float> read(values);
  if (H5Sselect_valid(file) <= 0 ||
      H5Dread(data, H5T_NATIVE_FLOAT, memory, file, H5P_DEFAULT, read.data()) < 0)
  {
    this->damaged(name, hdf5::reason());
  }
  if (order == columns)
  {
    return read;
  }
  std::vector<float> result(static_cast<std::size_t>(count) * columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c)
  {
    const auto from = static_cast<std::size_t>(
      std::lower_bound(order.begin(), order.end(), columns[c]) - order.begin());
    for (std::size_t r = 0; r < static_cast<std::size_t>(count); ++r)
    {
      result[r * columns.size() + c] = read[r * order.size() + from];
    }
  }
  return result;
}

std::vector<std::string> SegmentFile::lines(const std::string& stream)
{
  const hdf5::Silence silence;
  const std::int64_t count = this->count(stream == "edits" ? runformat::Edits : runformat::Events);
  const std::string name = std::string(runformat::textGroup) + '/' + stream;
  const auto ends = this->rows<std::int64_t>(name + "_end", 0, count);
  const std::string text = this->readText(name, ends.empty() ? 0 : ends.back());
  std::vector<std::string> result;
  std::int64_t begin = 0;
  for (const std::int64_t end : ends)
  {
    if (end <= begin || end > static_cast<std::int64_t>(text.size()))
    {
      this->damaged(name + "_end", "line ends do not ascend");
    }
    std::string line =
      text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    while (!line.empty() && line.back() == '\n')
    {
      line.pop_back();
    }
    result.push_back(std::move(line));
    begin = end;
  }
  return result;
}

} // namespace tensorview
