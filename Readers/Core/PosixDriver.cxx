#include "PosixDriver.h"

#include "Hdf5.h"

namespace tensorview
{
namespace
{

/// HDF5 publishes a driver's functions only through an open file.
const H5FD_class_t* findPosixDriver()
{
  const hdf5::Handle access(H5Pcreate(H5P_FILE_ACCESS));
  if (!access || H5Pset_fapl_sec2(access) < 0)
  {
    return nullptr;
  }
  H5FD_t* const probe = H5FDopen("/dev/null", H5F_ACC_RDONLY, access, HADDR_UNDEF);
  if (!probe)
  {
    return nullptr;
  }
  const H5FD_class_t* const found = probe->cls;
  H5FDclose(probe);
  return found;
}

} // namespace

const H5FD_class_t* posixDriver()
{
  static const H5FD_class_t* const found = findPosixDriver();
  return found;
}

hid_t accessWithDriver(hid_t driver)
{
  if (driver < 0)
  {
    return H5I_INVALID_HID;
  }
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (access >= 0 &&
      (H5Pset_driver(access, driver, nullptr) < 0 || H5Pset_file_locking(access, false, true) < 0 ||
        H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) < 0))
  {
    H5Pclose(access);
    return H5I_INVALID_HID;
  }
  return access;
}

} // namespace tensorview
