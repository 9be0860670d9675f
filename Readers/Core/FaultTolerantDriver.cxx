#include "FaultTolerantDriver.h"

#include "PosixDriver.h"

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
  H5FD_t* const file = posixDriver()->open(name, flags, access, maximum);
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
  return posixDriver()->close(file);
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
  const herr_t result = posixDriver()->write(file, type, transfer, address, size, buffer);
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
  const herr_t result = posixDriver()->truncate(file, transfer, closing);
  if (result < 0 && fault)
  {
    note(fault);
    return 0;
  }
  return result;
}

/// Puts the functions above into a driver.
void takeOver(H5FD_class_t& driver)
{
  driver.open = openFile;
  driver.close = closeFile;
  driver.write = writeFile;
  driver.truncate = truncateFile;
}

} // namespace

FaultTolerantAccess::FaultTolerantAccess(WriteFault* fault)
{
  static const hid_t driver = registerPosixVariant("tensorview_recording", takeOver);
  this->id_ = accessWithDriver(driver);
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
