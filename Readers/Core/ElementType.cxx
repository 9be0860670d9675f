#include "ElementType.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace tensorview
{
namespace
{

struct TypeTraits
{
  const char* name;
  std::size_t size;
};

/// In the order of ElementType.
constexpr TypeTraits typeTraits[] = { { "bool", 1 }, { "uint8", 1 }, { "int8", 1 }, { "uint16", 2 },
  { "int16", 2 }, { "uint32", 4 }, { "int32", 4 }, { "uint64", 8 }, { "int64", 8 },
  { "float8_e4m3fn", 1 }, { "float8_e5m2", 1 }, { "float16", 2 }, { "bfloat16", 2 },
  { "float32", 4 }, { "float64", 8 } };

template <typename To, typename From>
To bitsAs(From from)
{
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

std::uint8_t swapped(std::uint8_t bits)
{
  return bits;
}
std::uint16_t swapped(std::uint16_t bits)
{
  return __builtin_bswap16(bits);
}
std::uint32_t swapped(std::uint32_t bits)
{
  return __builtin_bswap32(bits);
}
std::uint64_t swapped(std::uint64_t bits)
{
  return __builtin_bswap64(bits);
}

/// `convert` takes the element's bits.
template <typename Bits, typename Convert>
void convertEach(
  bool swap, const void* elements, std::size_t count, float* values, const Convert& convert)
{
  const char* const bytes = static_cast<const char*>(elements);
  const auto load = [bytes](std::size_t i)
  {
    Bits bits;
    std::memcpy(&bits, bytes + i * sizeof(Bits), sizeof(Bits));
    return bits;
  };
  if (swap)
  {
    for (std::size_t i = 0; i < count; ++i)
    {
      values[i] = convert(swapped(load(i)));
    }
  }
  else
  {
    for (std::size_t i = 0; i < count; ++i)
    {
      values[i] = convert(load(i));
    }
  }
}

template <typename Number>
void convertNumbers(bool swap, const void* elements, std::size_t count, float* values)
{
  using Bits = std::conditional_t<sizeof(Number) == 1, std::uint8_t,
    std::conditional_t<sizeof(Number) == 2, std::uint16_t,
      std::conditional_t<sizeof(Number) == 4, std::uint32_t, std::uint64_t>>>;
  convertEach<Bits>(swap, elements, count, values,
    [](Bits bits) { return static_cast<float>(bitsAs<Number>(bits)); });
}

/// IEEE binary16 without branches, so that the loop becomes vector code, and without subnormal
/// intermediate values, which a thread may have chosen to flush to zero.
float halfToFloat(std::uint16_t half)
{
  constexpr std::uint32_t exponent = 0x7C00U << 13;
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
  const std::uint32_t shifted = static_cast<std::uint32_t>(half & 0x7FFFU) << 13;
  const std::uint32_t rebiased = shifted + ((127U - 15U) << 23);
  const std::uint32_t special = rebiased + ((128U - 16U) << 23);
  const float subnormal =
    bitsAs<float>(rebiased + (1U << 23)) - bitsAs<float>((127U - 15U + 1U) << 23);
  std::uint32_t bits = (shifted & exponent) == exponent ? special : rebiased;
  bits = (shifted & exponent) == 0 ? bitsAs<std::uint32_t>(subnormal) : bits;
  return bitsAs<float>(bits | sign);
}

/// All values of the 8-bit format with 4 bits of exponent: bias 7, no infinity, NaN = all ones.
std::array<float, 256> float8E4M3Values()
{
  std::array<float, 256> values{};
  for (int bits = 0; bits < 256; ++bits)
  {
    const int exponent = (bits >> 3) & 15;
    const int fraction = bits & 7;
    float value = exponent == 0 ? std::ldexp(static_cast<float>(fraction), -9)
                                : std::ldexp(static_cast<float>(fraction + 8), exponent - 10);
    if ((bits & 0x7F) == 0x7F)
    {
      value = std::numeric_limits<float>::quiet_NaN();
    }
    values[static_cast<std::size_t>(bits)] = (bits & 0x80) != 0 ? -value : value;
  }
  return values;
}

} // namespace

std::size_t elementSize(ElementType type)
{
  return typeTraits[static_cast<std::size_t>(type)].size;
}

const char* elementName(ElementType type)
{
  return typeTraits[static_cast<std::size_t>(type)].name;
}

void convertToFloat(
  ElementType type, bool bigEndian, const void* elements, std::size_t count, float* values)
{
  const bool swap = bigEndian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
  switch (type)
  {
    case ElementType::Bool:
      convertEach<std::uint8_t>(
        false, elements, count, values, [](std::uint8_t bits) { return bits != 0 ? 1.0F : 0.0F; });
      break;
    case ElementType::UInt8:
      convertNumbers<std::uint8_t>(swap, elements, count, values);
      break;
    case ElementType::Int8:
      convertNumbers<std::int8_t>(swap, elements, count, values);
      break;
    case ElementType::UInt16:
      convertNumbers<std::uint16_t>(swap, elements, count, values);
      break;
    case ElementType::Int16:
      convertNumbers<std::int16_t>(swap, elements, count, values);
      break;
    case ElementType::UInt32:
      convertNumbers<std::uint32_t>(swap, elements, count, values);
      break;
    case ElementType::Int32:
      convertNumbers<std::int32_t>(swap, elements, count, values);
      break;
    case ElementType::UInt64:
      convertNumbers<std::uint64_t>(swap, elements, count, values);
      break;
    case ElementType::Int64:
      convertNumbers<std::int64_t>(swap, elements, count, values);
      break;
    case ElementType::Float8E4M3:
    {
      static const std::array<float, 256> table = float8E4M3Values();
      convertEach<std::uint8_t>(
        false, elements, count, values, [](std::uint8_t bits) { return table[bits]; });
      break;
    }
    case ElementType::Float8E5M2: // the upper half of a float16
      convertEach<std::uint8_t>(false, elements, count, values,
        [](std::uint8_t bits) { return halfToFloat(static_cast<std::uint16_t>(bits << 8)); });
      break;
    case ElementType::Float16:
      convertEach<std::uint16_t>(swap, elements, count, values, halfToFloat);
      break;
    case ElementType::BFloat16: // the upper half of a float32
      convertEach<std::uint16_t>(swap, elements, count, values,
        [](std::uint16_t bits) { return bitsAs<float>(static_cast<std::uint32_t>(bits) << 16); });
      break;
    case ElementType::Float32:
      convertNumbers<float>(swap, elements, count, values);
      break;
    case ElementType::Float64:
      convertNumbers<double>(swap, elements, count, values);
      break;
  }
}

} // namespace tensorview
