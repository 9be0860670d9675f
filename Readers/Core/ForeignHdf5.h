#ifndef TENSORVIEW_FOREIGN_HDF5_H
#define TENSORVIEW_FOREIGN_HDF5_H

#include "Hdf5.h"
#include "Hdf5Listing.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// An HDF5 file of a stranger, read by the HDF5 library itself: for a process that may crash
/// (Hdf5TensorsProgram), as the library trusts what files say of themselves.
///
/// Every dataset that a chain of groups leads to is listed, once, under the first of its paths.
/// Nothing outside the file is opened: soft and external links are listed with a problem, as are
/// virtual datasets, external storage, filters that are not there, and arrays of what is no number.
/// One at a time (RangeDriver).
class ForeignHdf5
{
public:
  /// Opens bytes [offset, offset + length) of a file.
  /// @throws TensorFileError if HDF5 refuses them
  ForeignHdf5(const std::string& path, std::uint64_t offset, std::uint64_t length);

  /// What the file holds; once, before anything is read.
  /// @throws TensorFileError if HDF5 cannot read its groups, or there is too much
  const Hdf5Listing& list();

  /// Elements [first, first + count) in C order, as the listing's type, little endian.
  /// @throws TensorFileError if they are not there, or cannot be read
  std::vector<char> read(std::size_t array, std::uint64_t first, std::uint64_t count);

private:
  void open(std::size_t array);

  std::uint64_t length_;
  hdf5::Handle file_;
  Hdf5Listing listing_;
  std::vector<std::string> rawPaths_; ///< of the arrays, byte by byte as the file has them
  std::size_t opened_ = 0;
  hdf5::Handle dataset_; ///< of array `opened_`; kept for what HDF5 has inflated of it
};

} // namespace tensorview

#endif
