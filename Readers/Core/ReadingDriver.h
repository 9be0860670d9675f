#ifndef TENSORVIEW_READING_DRIVER_H
#define TENSORVIEW_READING_DRIVER_H

#include <hdf5.h>

namespace tensorview
{

/// A file access list for reading run files, `live` if a writer may have the file; negative if HDF5
/// refuses. The caller closes it. Two things differ from HDF5's own driver:
/// - values beyond the end of the file are an error instead of zeros (a copy that was cut off), and
/// - every open is a file of its own. Otherwise two readers in one process would share what HDF5
///   has cached, and one would not see what the other has not refreshed.
hid_t readingAccess(bool live);

} // namespace tensorview

#endif
