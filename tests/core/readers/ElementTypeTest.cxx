#include "ElementType.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace tensorview
{
namespace
{

template <typename Number>
std::vector<float> converted(ElementType type, const std::vector<Number>& numbers)
{
  std::vector<float> values(numbers.size());
  convertToFloat(type, false, numbers.data(), numbers.size(), values.data());
  return values;
}

/// The value that IEEE 754 gives to a binary format of these widths.
float valueOf(unsigned bits, int exponentBits, int fractionBits)
{
  const int bias = (1 << (exponentBits - 1)) - 1;
  const int exponent = static_cast<int>(bits >> fractionBits) & ((1 << exponentBits) - 1);
  const auto fraction = static_cast<double>(bits & ((1U << fractionBits) - 1));
  double value = 0.0;
  if (exponent == (1 << exponentBits) - 1)
  {
    value = fraction == 0.0 ? std::numeric_limits<double>::infinity()
                            : std::numeric_limits<double>::quiet_NaN();
  }
  else if (exponent == 0)
  {
    value = std::ldexp(fraction, 1 - bias - fractionBits);
  }
  else
  {
    value = std::ldexp(fraction + std::ldexp(1.0, fractionBits), exponent - bias - fractionBits);
  }
  return static_cast<float>((bits >> (exponentBits + fractionBits)) != 0 ? -value : value);
}

void expectSame(float value, float expected, unsigned bits)
{
  if (std::isnan(expected))
  {
    EXPECT_TRUE(std::isnan(value)) << bits;
  }
  else
  {
    EXPECT_EQ(value, expected) << bits;
    EXPECT_EQ(std::signbit(value), std::signbit(expected)) << bits;
  }
}

TEST(ElementTypeTest, ConvertsEveryHalf)
{
  std::vector<std::uint16_t> all(1 << 16);
  for (unsigned bits = 0; bits < all.size(); ++bits)
  {
    all[bits] = static_cast<std::uint16_t>(bits);
  }
  const std::vector<float> halves = converted(ElementType::Float16, all);
  const std::vector<float> brains = converted(ElementType::BFloat16, all);
  for (unsigned bits = 0; bits < all.size(); ++bits)
  {
    expectSame(halves[bits], valueOf(bits, 5, 10), bits);
    expectSame(brains[bits], valueOf(bits, 8, 7), bits);
  }
}

TEST(ElementTypeTest, ConvertsEveryEightBitFloat)
{
  std::vector<std::uint8_t> all(256);
  for (unsigned bits = 0; bits < all.size(); ++bits)
  {
    all[bits] = static_cast<std::uint8_t>(bits);
  }
  const std::vector<float> wide = converted(ElementType::Float8E5M2, all);
  const std::vector<float> narrow = converted(ElementType::Float8E4M3, all);
  for (unsigned bits = 0; bits < all.size(); ++bits)
  {
    expectSame(wide[bits], valueOf(bits, 5, 2), bits);
    // Its largest exponent holds numbers too, up to 448.
    if ((bits & 0x78) != 0x78)
    {
      expectSame(narrow[bits], valueOf(bits, 4, 3), bits);
    }
  }
  EXPECT_EQ(narrow[0x78], 256.0F);
  EXPECT_EQ(narrow[0x7E], 448.0F);
  EXPECT_EQ(narrow[0xFE], -448.0F);
  EXPECT_TRUE(std::isnan(narrow[0x7F]));
  EXPECT_TRUE(std::isnan(narrow[0xFF]));
}

TEST(ElementTypeTest, ConvertsIntegersAndTruth)
{
  EXPECT_EQ(
    converted<std::uint8_t>(ElementType::Bool, { 0, 1, 2 }), (std::vector<float>{ 0, 1, 1 }));
  EXPECT_EQ(
    converted<std::uint8_t>(ElementType::UInt8, { 0, 255 }), (std::vector<float>{ 0, 255 }));
  EXPECT_EQ(
    converted<std::int8_t>(ElementType::Int8, { -128, 127 }), (std::vector<float>{ -128, 127 }));
  EXPECT_EQ(
    converted<std::uint16_t>(ElementType::UInt16, { 65535 }), (std::vector<float>{ 65535 }));
  EXPECT_EQ(
    converted<std::int16_t>(ElementType::Int16, { -32768 }), (std::vector<float>{ -32768 }));
  EXPECT_EQ(converted<std::uint32_t>(ElementType::UInt32, { 4294967295U }),
    (std::vector<float>{ 4294967296.0F }));
  // 2^24 + 1 and 2^24 + 3 lie between two float32; to the even one.
  EXPECT_EQ(converted<std::int32_t>(ElementType::Int32, { 16777217, 16777219, -7 }),
    (std::vector<float>{ 16777216, 16777220, -7 }));
  EXPECT_EQ(converted<std::int64_t>(ElementType::Int64, { -9, std::int64_t(1) << 62 }),
    (std::vector<float>{ -9, 4611686018427387904.0F }));
  EXPECT_EQ(converted<std::uint64_t>(ElementType::UInt64, { ~std::uint64_t(0) }),
    (std::vector<float>{ 18446744073709551616.0F }));
}

TEST(ElementTypeTest, RoundsDoubles)
{
  const double tiny = std::numeric_limits<double>::denorm_min();
  EXPECT_EQ(converted<double>(ElementType::Float64, { 0.1, -2.5, tiny }),
    (std::vector<float>{ 0.1F, -2.5F, 0.0F }));
  EXPECT_TRUE(std::isinf(
    converted<double>(ElementType::Float64, { std::numeric_limits<double>::infinity() })[0]));
}

TEST(ElementTypeTest, ReadsBigEndianAtAnyAlignment)
{
  const unsigned char bytes[] = { 0xFF, 0x3F, 0x80, 0x00, 0x00, 0xC0, 0x20, 0x00, 0x00 };
  float values[2] = {};
  convertToFloat(ElementType::Float32, true, bytes + 1, 2, values);
  EXPECT_EQ(values[0], 1.0F);
  EXPECT_EQ(values[1], -2.5F);
  convertToFloat(ElementType::Int16, true, bytes + 1, 1, values);
  EXPECT_EQ(values[0], 16256.0F);
  const unsigned char number[] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE };
  convertToFloat(ElementType::Int64, true, number, 1, values);
  EXPECT_EQ(values[0], -2.0F);
}

TEST(ElementTypeTest, KnowsSizesAndNames)
{
  EXPECT_EQ(elementSize(ElementType::Bool), 1U);
  EXPECT_EQ(elementSize(ElementType::BFloat16), 2U);
  EXPECT_EQ(elementSize(ElementType::Float64), 8U);
  EXPECT_STREQ(elementName(ElementType::Int64), "int64");
  EXPECT_STREQ(elementName(ElementType::Float64), "float64");
}

} // namespace
} // namespace tensorview
