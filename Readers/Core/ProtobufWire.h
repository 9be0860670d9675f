#ifndef TENSORVIEW_PROTOBUF_WIRE_H
#define TENSORVIEW_PROTOBUF_WIRE_H

#include "ByteSource.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tensorview
{

/// Numbers out of a source, near each other: reads ahead a little.
class WireBytes
{
public:
  explicit WireBytes(std::shared_ptr<const ByteSource> source)
    : source_(std::move(source))
  {
  }

  const std::shared_ptr<const ByteSource>& source() const { return this->source_; }

  /// The bytes [offset, offset + size).
  /// @throws TensorFileError if they are not there
  void read(std::uint64_t offset, void* to, std::size_t size);

  /// The number of 7 bits a byte at `offset`, which is moved behind it.
  /// @throws TensorFileError if it is not at an end before `end`, or longer than 10 bytes
  std::uint64_t varint(std::uint64_t& offset, std::uint64_t end);

private:
  std::shared_ptr<const ByteSource> source_;
  std::uint64_t windowStart_ = 0;
  std::vector<char> window_;
};

/// A field of a protobuf message.
struct WireField
{
  enum class Type : std::uint8_t
  {
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2, ///< text, bytes, a message, or packed numbers
    Fixed32 = 5
  };
  std::uint64_t number = 0;
  Type type = Type::Varint;
  std::uint64_t value = 0;  ///< of a Varint
  std::uint64_t offset = 0; ///< where the content lies: the number, or what follows the length
  std::uint64_t size = 0;
};

/// The fields of a message in bytes [offset, end) of a source, one by one. What is inside a field
/// is passed over without reading it, so that walking a file of any size reads little. The encoding
/// (protobuf.dev/programming-guides/encoding) is read here and not by the protobuf library: torch
/// exports that library's symbols in another version, and the library's own reader counts bytes in
/// 31 bits.
class WireMessage
{
public:
  WireMessage(WireBytes& bytes, std::uint64_t offset, std::uint64_t end)
    : bytes_(bytes)
    , offset_(offset)
    , end_(end)
  {
  }

  /// The next one; nothing at the end.
  /// @throws TensorFileError if there is no valid field, or it goes beyond the end
  std::optional<WireField> next();

private:
  WireBytes& bytes_;
  std::uint64_t offset_;
  std::uint64_t end_;
};

/// The content of a field as text.
/// @throws TensorFileError if it is longer than `most` bytes
std::string textOf(WireBytes& bytes, const WireField& field, std::size_t most);

} // namespace tensorview

#endif
