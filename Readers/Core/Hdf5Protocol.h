#ifndef TENSORVIEW_HDF5_PROTOCOL_H
#define TENSORVIEW_HDF5_PROTOCOL_H

#include <cstddef>
#include <cstdint>

/// What a process that wants an HDF5 file read and the one that reads it (tensorview-hdf5-tensors)
/// say to each other over a socket. The reading one begins: an answer with its listing. Then an
/// answer for each request. Both are of the same machine and build.
namespace tensorview::hdf5protocol
{

inline constexpr const char* programName = "tensorview-hdf5-tensors";

/// Descriptors that the reading process is started with.
inline constexpr int socketDescriptor = 3;
inline constexpr int fileDescriptor = 4;

/// What it may take, lest a file that was made to harm takes all there is.
inline constexpr std::uint64_t mostMemory = std::uint64_t(4) << 30;
inline constexpr unsigned mostSeconds = 60; ///< for one answer

/// No listing and no piece of values is larger.
inline constexpr std::uint64_t largestAnswer = std::uint64_t(512) << 20;

/// Elements [first, first + count) of an array of the listing.
struct Request
{
  std::uint64_t array;
  std::uint64_t first;
  std::uint64_t count;
};

/// Stands before the bytes of an answer.
struct AnswerStart
{
  std::uint64_t good; ///< 1: the listing or the values follow; 0: what went wrong, in words
  std::uint64_t size;
};

/// Sends all of it; false if the other side is gone.
bool send(int socket, const void* bytes, std::size_t size);

/// Waits for all of it; false if the other side is gone.
bool receive(int socket, void* bytes, std::size_t size);

} // namespace tensorview::hdf5protocol

#endif
