#include "ProtobufWire.h"

#include "TensorFileError.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tensorview
{
namespace
{

constexpr std::uint64_t windowBytes = 16 << 10;
constexpr int longestVarint = 10;

} // namespace

void WireBytes::read(std::uint64_t offset, void* to, std::size_t size)
{
  if (size > windowBytes)
  {
    this->source_->read(offset, to, size);
    return;
  }
  if (offset < this->windowStart_ || offset - this->windowStart_ > this->window_.size() ||
      size > this->window_.size() - (offset - this->windowStart_))
  {
    const std::uint64_t all = this->source_->size();
    const std::uint64_t count =
      std::max<std::uint64_t>(size, std::min(windowBytes, offset < all ? all - offset : 0));
    this->window_.resize(static_cast<std::size_t>(count));
    this->windowStart_ = offset;
    this->source_->read(offset, this->window_.data(), this->window_.size());
  }
  std::memcpy(to, this->window_.data() + (offset - this->windowStart_), size);
}

std::uint64_t WireBytes::varint(std::uint64_t& offset, std::uint64_t end)
{
  std::uint64_t value = 0;
  for (int i = 0; i < longestVarint; ++i)
  {
    if (offset >= end)
    {
      throw TensorFileError("a number at byte " + std::to_string(offset) +
                            " is cut off: it is not whole, take another copy");
    }
    unsigned char byte = 0;
    this->read(offset, &byte, 1);
    ++offset;
    value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
    if ((byte & 0x80) == 0)
    {
      return value;
    }
  }
  throw TensorFileError("there is no number at byte " + std::to_string(offset - longestVarint) +
                        ", where one belongs: it is damaged, take another copy");
}

std::optional<WireField> WireMessage::next()
{
  if (this->offset_ >= this->end_)
  {
    return std::nullopt;
  }
  const std::uint64_t start = this->offset_;
  const std::uint64_t key = this->bytes_.varint(this->offset_, this->end_);
  WireField field;
  field.number = key >> 3;
  field.type = static_cast<WireField::Type>(key & 7);
  switch (field.type)
  {
    case WireField::Type::Varint:
      field.offset = this->offset_;
      field.value = this->bytes_.varint(this->offset_, this->end_);
      field.size = this->offset_ - field.offset;
      return field;
    case WireField::Type::Bytes:
      field.size = this->bytes_.varint(this->offset_, this->end_);
      break;
    case WireField::Type::Fixed64:
      field.size = 8;
      break;
    case WireField::Type::Fixed32:
      field.size = 4;
      break;
    default:
      throw TensorFileError("there is no field at byte " + std::to_string(start) +
                            ", where one belongs: it is damaged, take another copy");
  }
  if (field.size > this->end_ - this->offset_)
  {
    throw TensorFileError("the field at byte " + std::to_string(start) + " is " +
                          std::to_string(field.size) + " bytes long, but there are only " +
                          std::to_string(this->end_ - this->offset_) +
                          ": it is not whole, take another copy");
  }
  field.offset = this->offset_;
  this->offset_ += field.size;
  return field;
}

std::string textOf(WireBytes& bytes, const WireField& field, std::size_t most)
{
  if (field.size > most)
  {
    throw TensorFileError("a text at byte " + std::to_string(field.offset) + " is " +
                          std::to_string(field.size) + " bytes long, more than the " +
                          std::to_string(most) + " that TensorView takes");
  }
  std::string text(static_cast<std::size_t>(field.size), '\0');
  bytes.read(field.offset, text.data(), text.size());
  return text;
}

} // namespace tensorview
