#ifndef TENSORVIEW_HDF5_ARRAY_H
#define TENSORVIEW_HDF5_ARRAY_H

#include "Hdf5.h"
#include "Hdf5Listing.h"

#include <cstdint>

namespace tensorview
{

/// Describes a dataset of a file of `fileSize` bytes, all but its path. What cannot be read has a
/// problem: elements that are no numbers, storage outside the file, missing filters, more elements
/// than the bytes can hold.
Hdf5Array describeArray(hid_t dataset, std::uint64_t fileSize);

/// HDF5's name of a type, little endian.
hdf5::Handle memoryType(ElementType type);

} // namespace tensorview

#endif
