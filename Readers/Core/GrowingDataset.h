#ifndef TENSORVIEW_GROWING_DATASET_H
#define TENSORVIEW_GROWING_DATASET_H

#include "Hdf5.h"
#include "RunFilePlan.h"

namespace tensorview
{

/// A data set being written, row by row. No HDF5 problem throws: failures are told as false, with
/// the reason in hdf5::reason().
class GrowingDataset
{
public:
  /// Makes the data set, and the groups it lies in, without rows; ok() tells whether that worked.
  GrowingDataset(hid_t file, DatasetPlan plan);

  bool ok() const { return bool(this->dataset_); }
  const DatasetPlan& plan() const { return this->plan_; }
  std::uint64_t rows() const { return this->rows_; }
  std::size_t valuesPerRow() const { return this->valuesPerRow_; }
  hid_t id() const { return this->dataset_; }

  /// SWMR forgets the chunk caches of open data sets: close all before it starts, then reopen.
  void close() { this->dataset_.close(); }
  bool reopen(hid_t file);

  /// Appends `count` rows in one write. Values are in memory as the plan's element says; null
  /// leaves the rows at the fill value (NaN, 0).
  bool append(std::uint64_t count, const void* values);

  /// Overwrites the first `count` rows.
  bool rewrite(std::uint64_t count, const void* values);

private:
  bool write(std::uint64_t first, std::uint64_t count, const void* values);

  DatasetPlan plan_;
  std::size_t valuesPerRow_ = 1;
  std::uint64_t rows_ = 0;
  hdf5::Handle dataset_;
};

/// HDF5's type of an element in the file (little-endian) and in memory.
hid_t fileType(Element element);
hid_t memoryType(Element element);

} // namespace tensorview

#endif
