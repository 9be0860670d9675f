#ifndef TENSORVIEW_TENSOR_STORE_H
#define TENSORVIEW_TENSOR_STORE_H

#include <cstddef>
#include <cstdint>
#include <memory>

namespace tensorview
{

/// Bytes of a block from some offset on, one piece after the other.
class ByteStream
{
public:
  virtual ~ByteStream() = default;

  /// The next `size` bytes.
  /// @throws TensorFileError if the block ends before, or the file cannot be read
  virtual void read(void* destination, std::size_t size) = 0;

  /// Leaves out the next `size` bytes.
  /// @throws TensorFileError at the latest when the next ones are read, if the block ends before
  virtual void skip(std::uint64_t size);
};

/// Where the elements of a catalogue's tensors lie: numbered blocks of bytes, each the range of a
/// file, an entry of an archive, or whatever a format has.
class TensorStore
{
public:
  virtual ~TensorStore() = default;

  /// From `offset` on. May be called from several threads at once; each has its own stream.
  virtual std::unique_ptr<ByteStream> open(std::size_t block, std::uint64_t offset) const = 0;

  /// True if opening a block in its middle costs no more than at its start, so that several threads
  /// may share the reading of it.
  virtual bool startsAnywhere(std::size_t /*block*/) const { return false; }
};

} // namespace tensorview

#endif
