#ifndef TENSORVIEW_POSIX_DRIVER_H
#define TENSORVIEW_POSIX_DRIVER_H

#include <hdf5.h>
#if H5_VERSION_GE(1, 14, 0)
#include <H5FDdevelop.h>
#endif

namespace tensorview
{

/// The functions of HDF5's own driver for ordinary files ("sec2"), on which our drivers build; null
/// if HDF5 does not tell them. Never changes once found.
const H5FD_class_t* posixDriver();

/// Registers a driver that does what HDF5's own does, but for what `change(driver)` replaces; for
/// good, so once for each name. Negative on failure.
template <class Change>
hid_t registerPosixVariant(const char* name, const Change& change)
{
  if (!posixDriver())
  {
    return H5I_INVALID_HID;
  }
  H5FD_class_t driver = *posixDriver();
  driver.name = name;
  change(driver);
  return H5FDregister(&driver); // copies it
}

/// A file access list with driver `driver` (negative is passed on) and with HDF5's own file locks
/// off: they do not hold once SWMR starts, and some file systems refuse them. See NewRunFile for
/// ours. Negative on failure; the caller closes it.
hid_t accessWithDriver(hid_t driver);

} // namespace tensorview

#endif
