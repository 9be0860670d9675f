#ifndef TENSORVIEW_RANGE_DRIVER_H
#define TENSORVIEW_RANGE_DRIVER_H

#include <hdf5.h>

namespace tensorview
{

/// A file access list by which HDF5 takes bytes [offset, offset + length) of the file that is
/// opened next as the whole of it: an entry of a zip archive. Values beyond the end are an error
/// instead of zeros. The range counts for all files of the process that are opened with such a
/// list, so there is one at a time. Negative if HDF5 refuses; the caller closes it.
hid_t rangeAccess(haddr_t offset, haddr_t length);

} // namespace tensorview

#endif
