#ifndef TENSORVIEW_SEGMENT_FILE_H
#define TENSORVIEW_SEGMENT_FILE_H

#include "Hdf5.h"
#include "RunFormat.h"
#include "RunLayout.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace tensorview
{

/// One file of a run, open for reading: its description, its counters and checked access to its
/// data sets. A file is never trusted: extents are compared with the description and the counters,
/// sizes with that of the file, before anything is read. See SegmentRows for reading.
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

  struct Dataset
  {
    hdf5::Handle id;
    hdf5::Extents extents;
    hdf5::Extents chunk; ///< its extents; 0 where HDF5 does not tell
    bool compressed = false;
    bool real = false;       ///< holds floating-point numbers
    std::size_t refresh = 0; ///< number of the refresh that this is up to date with
  };
  /// A data set, opened once. @throws RunFileError if it is missing, is not chunked, does not hold
  /// numbers, has another rank or fewer than `rows` rows.
  const Dataset& dataset(const std::string& name, int rank, std::int64_t rows);
  bool has(const std::string& name) const;

  /// @throws RunFileError if `dataset` cannot hold `bytes` bytes in a file of this size.
  void checkBytes(const Dataset& dataset, const std::string& name, std::uint64_t bytes) const;

  /// The same for `values` values of `size` bytes that are about to be read at once, as libhdf5
  /// takes memory for each chunk: @throws RunFileError, too, if there are more of them than a file
  /// of this size has.
  void checkBlock(
    const Dataset& dataset, const std::string& name, std::uint64_t values, std::size_t size) const;

  [[noreturn]] void damaged(const std::string& place, const std::string& what) const;

private:
  Dataset openDataset(const std::string& name) const;
  void readLayout();
  void readCounters();

  std::string path_;
  hdf5::Handle file_;
  bool live_ = false;
  RunLayout layout_;
  std::array<std::int64_t, runformat::CounterCount> counts_{};
  std::map<std::string, Dataset> datasets_; ///< closed before the file
  std::size_t refreshes_ = 0;
};

} // namespace tensorview

#endif
