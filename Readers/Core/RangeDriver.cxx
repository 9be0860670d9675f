#include "RangeDriver.h"

#include "PosixDriver.h"

#include <algorithm>
#include <cstring>

namespace tensorview
{
namespace
{

haddr_t rangeOffset = 0;
haddr_t rangeLength = 0;

haddr_t endOfRange(const H5FD_t* /*file*/, H5FD_mem_t /*type*/)
{
  return rangeLength;
}

herr_t readRange(
  H5FD_t* file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void* buffer)
{
  const haddr_t available = address < rangeLength ? rangeLength - address : 0;
  if (type == H5FD_MEM_DRAW && size > available)
  {
    H5Epush2(H5E_DEFAULT, __FILE__, __func__, __LINE__, H5E_ERR_CLS, H5E_IO, H5E_READERROR,
      "the file ends before its values");
    return -1;
  }
  // Descriptions may be read ahead beyond the end: zeros, as HDF5's own driver gives.
  const auto present = static_cast<size_t>(std::min<haddr_t>(size, available));
  std::memset(static_cast<char*>(buffer) + present, 0, size - present);
  return present == 0
           ? 0
           : posixDriver()->read(file, type, transfer, rangeOffset + address, present, buffer);
}

/// HDF5 asks for the real path of what it takes for a file by itself; there may be none any more.
herr_t queryFeatures(const H5FD_t* file, unsigned long* flags)
{
  const herr_t status = posixDriver()->query(file, flags);
  if (flags)
  {
    *flags &= ~static_cast<unsigned long>(H5FD_FEAT_POSIX_COMPAT_HANDLE);
  }
  return status;
}

/// Puts the functions above into a driver.
void takeOver(H5FD_class_t& driver)
{
  driver.cmp = nullptr; // as in readingAccess
  driver.query = queryFeatures;
  driver.get_eof = endOfRange;
  driver.read = readRange;
}

} // namespace

hid_t rangeAccess(haddr_t offset, haddr_t length)
{
  static const hid_t driver = registerPosixVariant("tensorview_range", takeOver);
  rangeOffset = offset;
  rangeLength = length;
  return accessWithDriver(driver);
}

} // namespace tensorview
