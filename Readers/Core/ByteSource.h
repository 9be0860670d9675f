#ifndef TENSORVIEW_BYTE_SOURCE_H
#define TENSORVIEW_BYTE_SOURCE_H

#include "TensorStore.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tensorview
{

/// A sequence of bytes of known length that can be read anywhere, from several threads at once.
class ByteSource
{
public:
  virtual ~ByteSource() = default;

  virtual std::uint64_t size() const = 0;

  /// @throws TensorFileError if [offset, offset + size) is not all there, or cannot be read
  virtual void read(std::uint64_t offset, void* destination, std::size_t size) const = 0;
};

/// A file on disk. It is read where it is asked for and not mapped into memory: reading costs one
/// copy either way, as the values are wanted in memory of their own, but of a mapped file that its
/// writer shortens (torch.save over an open file does) the next access would end the process.
/// @throws TensorFileError if it cannot be opened, or is no regular file
std::shared_ptr<const ByteSource> openFileBytes(const std::string& path);

/// The same for one of many files: it is opened anew for every reading, so that a model in hundreds
/// of files does not use up what a process may have open. If another file has taken its place
/// meanwhile, reading throws.
std::shared_ptr<const ByteSource> reopenedFileBytes(const std::string& path);

/// Bytes that outlive the source.
std::shared_ptr<const ByteSource> memoryBytes(std::string_view bytes);

/// Bytes [offset, end) of a source as a stream.
std::unique_ptr<ByteStream> rangeStream(
  std::shared_ptr<const ByteSource> source, std::uint64_t offset, std::uint64_t end);

/// A store of one block: what a source holds from `start` on.
std::shared_ptr<const TensorStore> rangeStore(
  std::shared_ptr<const ByteSource> source, std::uint64_t start);

} // namespace tensorview

#endif
