#ifndef TENSORVIEW_HDF5_H
#define TENSORVIEW_HDF5_H

#include <hdf5.h>

#include <string>
#include <utility>
#include <vector>

/// Thin helpers around the HDF5 C library: owned handles, silence, reasons in words.
namespace tensorview::hdf5
{

/// Owns an HDF5 id of any sort.
class Handle
{
public:
  Handle() = default;
  explicit Handle(hid_t id)
    : id_(id)
  {
  }
  Handle(Handle&& other) noexcept
    : id_(std::exchange(other.id_, H5I_INVALID_HID))
  {
  }
  Handle& operator=(Handle&& other) noexcept
  {
    std::swap(this->id_, other.id_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { this->close(); }

  void close();
  explicit operator bool() const { return this->id_ >= 0; }
  operator hid_t() const { return this->id_; }

private:
  hid_t id_ = H5I_INVALID_HID;
};

/// Keeps HDF5 from printing on the error stream while it lives. Error stacks are per thread, so
/// every public call makes one.
class Silence
{
public:
  Silence();
  ~Silence();
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

/// The innermost reason on this thread's HDF5 error stack, e.g. "unable to read superblock". Ask
/// before any other HDF5 call; closing a Handle does not count.
std::string reason();

using Extents = std::vector<hsize_t>;

/// Current extents; empty if `dataset` is none or is scalar.
Extents extents(hid_t dataset);

/// Reads [start, start + count) converted to `memoryType`; false on failure.
bool readBlock(
  hid_t dataset, hid_t memoryType, const Extents& start, const Extents& count, void* to);

} // namespace tensorview::hdf5

#endif
