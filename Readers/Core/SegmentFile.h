#ifndef TENSORVIEW_SEGMENT_FILE_H
#define TENSORVIEW_SEGMENT_FILE_H

#include "Hdf5.h"
#include "RunFormat.h"
#include "RunLayout.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tensorview
{

/// One file of a run, open for reading: checked access to its data sets. A file is never trusted:
/// extents are compared with the description and the counters before anything is read.
class SegmentFile
{
public:
  /// @throws RunFileError naming the file, the reason and a remedy
  explicit SegmentFile(const std::string& path);

  const std::string& path() const { return this->path_; }
  const RunLayout& layout() const { return this->layout_; }
  std::int64_t count(runformat::Counter counter) const { return this->counts_[counter]; }
  /// True if the file was opened beside a writer, or after one was killed.
  bool live() const { return this->live_; }

  /// Reads the counters anew; true if one has grown.
  bool refresh();

  /// A data set, opened once. @throws RunFileError if it is missing, has another rank or fewer than
  /// `rows` rows.
  hid_t dataset(const std::string& name, int rank, std::int64_t rows);

  /// Rows [first, first + count) of a data set whose rows have `row` values in all. `row` is
  /// checked.
  template <typename T>
  std::vector<T> rows(
    const std::string& name, std::int64_t first, std::int64_t count, const hdf5::Extents& row = {});

  /// Columns `columns` (ascending or not) of rows [first, first + count) of a 2D data set in one
  /// read, [count][columns].
  std::vector<float> columns(const std::string& name, std::int64_t first, std::int64_t count,
    const std::vector<hsize_t>& columns);

  /// Lines of a text stream.
  std::vector<std::string> lines(const std::string& stream);

  /// @throws RunFileError if `bytes` cannot come from this file, however well it is compressed.
  /// Call before taking memory.
  void checkSize(const std::string& place, std::uint64_t bytes) const;

  [[noreturn]] void damaged(const std::string& place, const std::string& what) const;

private:
  void openFile();
  void checkFormat() const;
  void readLayout();
  void readCounters();
  std::string readText(const std::string& name, std::int64_t bytes);

  std::string path_;
  hdf5::Handle file_;
  bool live_ = false;
  RunLayout layout_;
  std::array<std::int64_t, runformat::CounterCount> counts_{};
  struct Opened
  {
    hdf5::Handle handle;
    hdf5::Extents extents;
  };
  std::map<std::string, Opened> datasets_;
};

} // namespace tensorview

#endif
