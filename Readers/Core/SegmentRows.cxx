#include "SegmentRows.h"

#include "RunJson.h"

#include <algorithm>
#include <type_traits>

namespace tensorview
{
namespace
{

using hdf5::Extents;
using hdf5::Handle;

template <typename T>
hid_t memoryTypeOf()
{
  if constexpr (std::is_same_v<T, float>)
  {
    return H5T_NATIVE_FLOAT;
  }
  else if constexpr (std::is_same_v<T, double>)
  {
    return H5T_NATIVE_DOUBLE;
  }
  else if constexpr (std::is_same_v<T, std::int64_t>)
  {
    return H5T_NATIVE_INT64;
  }
  else if constexpr (std::is_same_v<T, std::uint32_t>)
  {
    return H5T_NATIVE_UINT32;
  }
  else if constexpr (std::is_same_v<T, std::uint16_t>)
  {
    return H5T_NATIVE_UINT16;
  }
  else
  {
    static_assert(std::is_same_v<T, std::uint8_t>);
    return H5T_NATIVE_UINT8;
  }
}

/// Runs of consecutive numbers in an ascending list: [first, count].
std::vector<std::pair<hsize_t, hsize_t>> runsOf(const std::vector<hsize_t>& ascending)
{
  std::vector<std::pair<hsize_t, hsize_t>> runs;
  for (const hsize_t number : ascending)
  {
    if (!runs.empty() && runs.back().first + runs.back().second == number)
    {
      ++runs.back().second;
    }
    else
    {
      runs.emplace_back(number, 1);
    }
  }
  return runs;
}

} // namespace

template <typename T>
std::vector<T> readBlock(
  SegmentFile& file, const std::string& name, const Extents& start, const Extents& count)
{
  std::uint64_t values = 1;
  for (const hsize_t n : count)
  {
    if (n == 0)
    {
      return {};
    }
    if (values > std::numeric_limits<std::uint64_t>::max() / sizeof(T) / n)
    {
      file.damaged(name, "its extents are impossible");
    }
    values *= n;
  }
  const hdf5::Silence silence;
  const SegmentFile::Dataset& dataset = file.dataset(
    name, static_cast<int>(count.size()), static_cast<std::int64_t>(start[0] + count[0]));
  for (std::size_t i = 1; i < count.size(); ++i)
  {
    if (start[i] + count[i] > dataset.extents[i])
    {
      file.damaged(name, "its rows are smaller than described");
    }
  }
  if (dataset.real != std::is_floating_point_v<T>)
  {
    file.damaged(name, "its numbers are of another type than described");
  }
  file.checkBlock(dataset, name, values, sizeof(T));
  std::vector<T> result(values);
  if (!hdf5::readBlock(dataset.id, memoryTypeOf<T>(), start, count, result.data()))
  {
    file.damaged(name, hdf5::reason());
  }
  return result;
}

template <typename T>
std::vector<T> readRows(SegmentFile& file, const std::string& name, std::int64_t first,
  std::int64_t count, const Extents& row)
{
  if (count <= 0 || std::find(row.begin(), row.end(), hsize_t(0)) != row.end())
  {
    return {};
  }
  const hdf5::Silence silence;
  const SegmentFile::Dataset& dataset =
    file.dataset(name, static_cast<int>(row.size()) + 1, first + count);
  if (!std::equal(row.begin(), row.end(), dataset.extents.begin() + 1))
  {
    file.damaged(name, "its rows are not as described");
  }
  Extents start(row.size() + 1, 0);
  start[0] = static_cast<hsize_t>(first);
  Extents block{ static_cast<hsize_t>(count) };
  block.insert(block.end(), row.begin(), row.end());
  return readBlock<T>(file, name, start, block);
}

#define TENSORVIEW_INSTANTIATE(T)                                                                  \
  template std::vector<T> readBlock<T>(                                                            \
    SegmentFile&, const std::string&, const Extents&, const Extents&);                             \
  template std::vector<T> readRows<T>(                                                             \
    SegmentFile&, const std::string&, std::int64_t, std::int64_t, const Extents&)
TENSORVIEW_INSTANTIATE(float);
TENSORVIEW_INSTANTIATE(double);
TENSORVIEW_INSTANTIATE(std::int64_t);
TENSORVIEW_INSTANTIATE(std::uint32_t);
TENSORVIEW_INSTANTIATE(std::uint16_t);
TENSORVIEW_INSTANTIATE(std::uint8_t);
#undef TENSORVIEW_INSTANTIATE

std::vector<hsize_t> sortedOnce(std::vector<hsize_t> numbers)
{
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

std::vector<float> arrangeColumns(std::vector<float> values, const std::vector<hsize_t>& sorted,
  const std::vector<hsize_t>& columns)
{
  if (sorted == columns || sorted.empty())
  {
    return values;
  }
  const std::size_t rows = values.size() / sorted.size();
  std::vector<float> result(rows * columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c)
  {
    const auto from = static_cast<std::size_t>(
      std::lower_bound(sorted.begin(), sorted.end(), columns[c]) - sorted.begin());
    for (std::size_t r = 0; r < rows; ++r)
    {
      result[r * columns.size() + c] = values[r * sorted.size() + from];
    }
  }
  return result;
}

std::vector<float> readColumns(SegmentFile& file, const std::string& name, std::int64_t first,
  std::int64_t count, std::size_t width, const std::vector<hsize_t>& columns)
{
  if (count <= 0 || columns.empty())
  {
    return {};
  }
  const hdf5::Silence silence;
  const SegmentFile::Dataset& dataset = file.dataset(name, 2, first + count);
  // A selection is read in file order, each column once.
  const std::vector<hsize_t> sorted = sortedOnce(columns);
  if (dataset.extents[1] != width || sorted.back() >= width || !dataset.real)
  {
    file.damaged(name, "its rows are not as described");
  }
  const Handle from(H5Dget_space(dataset.id));
  H5Sselect_none(from);
  for (const auto& [column, columnCount] : runsOf(sorted))
  {
    const hsize_t start[2] = { static_cast<hsize_t>(first), column };
    const hsize_t block[2] = { static_cast<hsize_t>(count), columnCount };
    H5Sselect_hyperslab(from, H5S_SELECT_OR, start, nullptr, block, nullptr);
  }
  const hsize_t values = static_cast<hsize_t>(count) * sorted.size();
  file.checkBlock(dataset, name, values, sizeof(float));
  const Handle to(H5Screate_simple(1, &values, nullptr));
  std::vector<float> read(values);
  if (H5Sselect_valid(from) <= 0 ||
      H5Dread(dataset.id, H5T_NATIVE_FLOAT, to, from, H5P_DEFAULT, read.data()) < 0)
  {
    file.damaged(name, hdf5::reason());
  }
  return arrangeColumns(std::move(read), sorted, columns);
}

std::vector<std::string> readLines(SegmentFile& file, const std::string& stream, std::int64_t count)
{
  const auto ends = readRows<std::int64_t>(file, textEndPath(stream), 0, count);
  std::int64_t begin = 0;
  for (const std::int64_t end : ends)
  {
    if (end <= begin)
    {
      file.damaged(textEndPath(stream), "line ends do not ascend");
    }
    begin = end;
  }
  const auto text = readRows<std::uint8_t>(file, textPath(stream), 0, begin);
  std::vector<std::string> lines;
  begin = 0;
  for (const std::int64_t end : ends)
  {
    std::string line(text.begin() + begin, text.begin() + end);
    while (!line.empty() && line.back() == '\n')
    {
      line.pop_back();
    }
    lines.push_back(std::move(line));
    begin = end;
  }
  return lines;
}

} // namespace tensorview
