#ifndef TENSORVIEW_HDF5_PROCESS_H
#define TENSORVIEW_HDF5_PROCESS_H

#include "ByteSource.h"
#include "Hdf5Listing.h"

#include <cstddef>
#include <cstdint>
#include <mutex>

#include <sys/types.h>

namespace tensorview
{

/// A process of its own in which the HDF5 library reads a stranger's file, so that what the library
/// makes of a file that was made to harm it ends that process and not this one. It gets the open
/// file and nothing else: it can open no other one, takes a bounded amount of memory and time
/// (Hdf5Protocol.h), and ends with this object.
class Hdf5Process
{
public:
  /// Starts the program tensorview-hdf5-tensors, which lies beside the plugin (or in the folder of
  /// the program that runs, or is named by $TENSORVIEW_HDF5_READER), on bytes [offset, offset +
  /// size) of a source.
  /// @throws TensorFileError if there is no such program
  Hdf5Process(const ByteSource& source, std::uint64_t offset, std::uint64_t size);
  ~Hdf5Process();
  Hdf5Process(const Hdf5Process&) = delete;
  Hdf5Process& operator=(const Hdf5Process&) = delete;

  /// What the file holds; asked for once, first.
  /// @throws TensorFileError if HDF5 refuses the file, or crashes over it
  Hdf5Listing listing();

  /// `size` bytes: elements [first, first + count) of an array of the listing. From several threads
  /// at once they wait for each other.
  /// @throws TensorFileError if HDF5 cannot read them, or crashes over them
  void read(
    std::size_t array, std::uint64_t first, std::uint64_t count, void* to, std::size_t size);

private:
  std::uint64_t receiveStart();
  void receive(void* to, std::size_t size);
  [[noreturn]] void refuseAsGone();

  std::mutex mutex_;
  int socket_ = -1;
  pid_t process_ = -1;
  int status_ = 0; ///< how it ended, once it is gone
};

} // namespace tensorview

#endif
