#include "ReadingDriver.h"

#include "Hdf5.h"
#include "PosixDriver.h"

#include <sys/stat.h>

namespace tensorview
{
namespace
{

/// Size of the file now: a writer may have made it grow since it was opened.
haddr_t currentSize(H5FD_t* file)
{
  void* descriptor = nullptr;
  struct stat state = {};
  if (posixDriver()->get_handle(file, H5P_DEFAULT, &descriptor) < 0 ||
      ::fstat(*static_cast<int*>(descriptor), &state) != 0)
  {
    return HADDR_MAX;
  }
  return static_cast<haddr_t>(state.st_size);
}

herr_t readFile(
  H5FD_t* file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void* buffer)
{
  // Descriptions may be read ahead beyond the end; they carry checksums.
  if (type == H5FD_MEM_DRAW && address + size > currentSize(file))
  {
    H5Epush2(H5E_DEFAULT, __FILE__, __func__, __LINE__, H5E_ERR_CLS, H5E_IO, H5E_READERROR,
      "the file ends before its values");
    return -1;
  }
  return posixDriver()->read(file, type, transfer, address, size, buffer);
}

/// How often HDF5 reads a description whose checksum is wrong because a writer is just changing it.
/// It sleeps 1 ns, 2 ns, 4 ns, ... in between: 0.13 s in all. (Its own default, 100, never ends on
/// a damaged file.)
constexpr unsigned readAttempts = 27;

/// Puts the functions above into a driver.
void takeOver(H5FD_class_t& driver)
{
  driver.cmp = nullptr; // files are then compared by their addresses in memory: never the same
  driver.read = readFile;
}

} // namespace

hid_t readingAccess(bool live)
{
  static const hid_t driver = registerPosixVariant("tensorview_reading", takeOver);
  const hid_t access = accessWithDriver(driver);
  if (access >= 0 && live)
  {
    H5Pset_metadata_read_attempts(access, readAttempts);
  }
  return access;
}

} // namespace tensorview
