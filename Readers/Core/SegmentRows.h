#ifndef TENSORVIEW_SEGMENT_ROWS_H
#define TENSORVIEW_SEGMENT_ROWS_H

#include "SegmentFile.h"

#include <string>
#include <vector>

/// Reading the rows of a segment's data sets. Every function throws RunFileError when the data set
/// is not as described.
namespace tensorview
{

/// The block [start, start + count) of a data set, in one read; T is float, double or an integer
/// type of <cstdint>. Reading nothing needs no data set.
template <typename T>
std::vector<T> readBlock(SegmentFile& file, const std::string& name, const hdf5::Extents& start,
  const hdf5::Extents& count);

/// Rows [first, first + count) of a data set whose rows have the extents `row`, which are checked.
template <typename T>
std::vector<T> readRows(SegmentFile& file, const std::string& name, std::int64_t first,
  std::int64_t count, const hdf5::Extents& row = {});

/// Columns `columns` (in any order, with repetitions) of rows [first, first + count) of a data set
/// of `width` columns, in one read: [count][columns].
std::vector<float> readColumns(SegmentFile& file, const std::string& name, std::int64_t first,
  std::int64_t count, std::size_t width, const std::vector<hsize_t>& columns);

/// The first `count` lines of a text stream.
std::vector<std::string> readLines(
  SegmentFile& file, const std::string& stream, std::int64_t count);

/// `values` [rows][order.size()], whose columns are those of `sorted`, in the order of `columns`.
std::vector<float> arrangeColumns(std::vector<float> values, const std::vector<hsize_t>& sorted,
  const std::vector<hsize_t>& columns);

/// Ascending, each once.
std::vector<hsize_t> sortedOnce(std::vector<hsize_t> numbers);

} // namespace tensorview

#endif
