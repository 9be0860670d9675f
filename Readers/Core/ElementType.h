#ifndef TENSORVIEW_ELEMENT_TYPE_H
#define TENSORVIEW_ELEMENT_TYPE_H

#include <cstddef>
#include <cstdint>

namespace tensorview
{

/// Types of numbers that tensor files hold.
enum class ElementType : std::uint8_t
{
  Bool,
  UInt8,
  Int8,
  UInt16,
  Int16,
  UInt32,
  Int32,
  UInt64,
  Int64,
  Float8E4M3, ///< 4 bits of exponent, no infinity ("fn" in PyTorch's name)
  Float8E5M2,
  Float16,
  BFloat16,
  Float32,
  Float64
};

/// Bytes of one element.
std::size_t elementSize(ElementType type);

/// As NumPy and PyTorch name it, e.g. "bfloat16".
const char* elementName(ElementType type);

/// Converts `count` elements that lie one after the other, at any alignment, to float32: rounded to
/// the nearest, bool to 0 and 1.
void convertToFloat(
  ElementType type, bool bigEndian, const void* elements, std::size_t count, float* values);

} // namespace tensorview

#endif
