#include "FaultTolerantDriver.h"

#include "Hdf5.h"

#if H5_VERSION_GE(1, 14, 0)
#include <H5FDdevelop.h>
#endif

#include <cerrno>
#include <mutex>
#include <unordered_map>

namespace tensorview
{
namespace
{

std::mutex faultsMutex;

std::unordered_map<const H5FD_t*, WriteFault*>& faults()
{
  static auto* const map =
    new std::unordered_map<const H5FD_t*, WriteFault*>; // outlives HDF5's exit handler
  return *map;
}

thread_local WriteFault* currentFault = nullptr;

H5FD_class_t posixClass; // the library's own sec2 driver
H5FD_class_t tolerantClass;

WriteFault* faultOf(const H5FD_t* file)
{
  const std::lock_guard<std::mutex> guard(faultsMutex);
  const auto found = faults().find(file);
  return found != faults().end() ? found->second : nullptr;
}

void note(WriteFault* fault)
{
  fault->errorNumber = errno ? errno : EIO;
  H5Eclear2(H5E_DEFAULT);
}

H5FD_t* openFile(const char* name, unsigned flags, hid_t access, haddr_t maximum)
{
  H5FD_t* const file = posixClass.open(name, flags, access, maximum);
  if (file && currentFault)
  {
    const std::lock_guard<std::mutex> guard(faultsMutex);
    faults()[file] = currentFault; // HDF5 may open a file twice
  }
  return file;
}

herr_t closeFile(H5FD_t* file)
{
  {
    const std::lock_guard<std::mutex> guard(faultsMutex);
    faults().erase(file);
  }
  return posixClass.close(file);
}

herr_t writeFile(
  H5FD_t* file, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, const void* buffer)
{
  WriteFault* const fault = faultOf(file);
  if (fault && fault->errorNumber)
  {
    return 0;
  }
  errno = 0;
  const herr_t result = posixClass.write(file, type, transfer, address, size, buffer);
  if (result < 0 && fault)
  {
    note(fault);
    return 0;
  }
  return result;
}

herr_t truncateFile(H5FD_t* file, hid_t transfer, hbool_t closing)
{
  WriteFault* const fault = faultOf(file);
  if (fault && fault->errorNumber)
  {
    return 0;
  }
  errno = 0;
  const herr_t result = posixClass.truncate(file, transfer, closing);
  if (result < 0 && fault)
  {
    note(fault);
    return 0;
  }
  return result;
}

/// HDF5 publishes a driver's functions only through an open file.
const H5FD_class_t* findPosixClass()
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

hid_t registerDriver()
{
  const H5FD_class_t* const found = findPosixClass();
  if (!found)
  {
    return H5I_INVALID_HID;
  }
  posixClass = *found;
  tolerantClass = posixClass;
  tolerantClass.name = "tensorview_sec2";
  tolerantClass.open = openFile;
  tolerantClass.close = closeFile;
  tolerantClass.write = writeFile;
  tolerantClass.truncate = truncateFile;
  return H5FDregister(&tolerantClass);
}

} // namespace

FaultTolerantAccess::FaultTolerantAccess(WriteFault* fault)
{
  static const hid_t driver = registerDriver();
  this->id_ = driver < 0 ? H5I_INVALID_HID : H5Pcreate(H5P_FILE_ACCESS);
  if (this->id_ >= 0 && H5Pset_driver(this->id_, driver, nullptr) < 0)
  {
    H5Pclose(this->id_);
    this->id_ = H5I_INVALID_HID;
  }
  currentFault = fault;
}

FaultTolerantAccess::~FaultTolerantAccess()
{
  currentFault = nullptr;
  if (this->id_ >= 0)
  {
    H5Pclose(this->id_);
  }
}

} // namespace tensorview
