#ifndef TENSORVIEW_FAULT_TOLERANT_DRIVER_H
#define TENSORVIEW_FAULT_TOLERANT_DRIVER_H

#include <hdf5.h>

namespace tensorview
{

/// Told by the driver of one open file.
struct WriteFault
{
  int errorNumber = 0; ///< errno of the first write that the system refused, 0 = none
};

/// A file access list whose driver turns a refused write (full disk, file size limit, lost device)
/// into silence: from that write on nothing reaches the file, as if the process had been killed at
/// that instant, which SWMR keeps readable, and HDF5 believes that all went well. Without it
/// HDF5 1.10 crashes when such a file is closed.
///
/// Files that this thread opens through the list while the object lives report to `fault`, which
/// must outlive them.
class FaultTolerantAccess
{
public:
  explicit FaultTolerantAccess(WriteFault* fault);
  ~FaultTolerantAccess();
  FaultTolerantAccess(const FaultTolerantAccess&) = delete;
  FaultTolerantAccess& operator=(const FaultTolerantAccess&) = delete;

  hid_t id() const { return this->id_; } ///< negative if HDF5 refuses

private:
  hid_t id_ = H5I_INVALID_HID;
};

} // namespace tensorview

#endif
