#include "ElementRead.h"

#include "ByteSource.h"
#include "TensorFileFixture.h"
#include "TensorGeometry.h"
#include "ZipArchive.h"

#include <gtest/gtest.h>

namespace tensorview
{
namespace
{

using namespace testing;
using Extents = std::vector<std::int64_t>;

/// Numbers that float32 and the 16-bit integers hold, none like its neighbours.
std::vector<std::int16_t> numbers(std::size_t count)
{
  std::vector<std::int16_t> result(count);
  for (std::size_t i = 0; i < count; ++i)
  {
    result[i] = static_cast<std::int16_t>(i * 7919 % 32749);
  }
  return result;
}

template <typename Number>
std::string bytesAs(const std::vector<std::int16_t>& values)
{
  return bytesOf(std::vector<Number>(values.begin(), values.end()));
}

/// Reads [first, first + count) of an array in a zip archive.
std::vector<float> readFrom(const std::string& bytes, TensorEntry entry, bool deflated,
  std::int64_t first, std::int64_t count)
{
  const std::string file = zipOf({ { "a", bytes, deflated } });
  const ZipArchive archive(memoryBytes(file));
  entry.block = 0;
  Extents shape = entry.shape;
  shape.front() = count;
  std::vector<float> values(static_cast<std::size_t>(elementCount(shape).value()), -1.0F);
  readElements(archive, entry, first, count, values.data());
  return values;
}

/// The same, element by element.
std::vector<float> expectedOf(const std::vector<std::int16_t>& memory, const TensorEntry& entry,
  std::int64_t first, std::int64_t count)
{
  std::vector<float> values;
  Extents at(entry.shape.size(), 0);
  at.front() = first;
  while (at.front() < first + count)
  {
    std::int64_t place = 0;
    for (std::size_t axis = 0; axis < at.size(); ++axis)
    {
      place += at[axis] * entry.strides[axis];
    }
    values.push_back(memory[static_cast<std::size_t>(place)]);
    for (std::size_t axis = at.size(); axis-- > 0;)
    {
      if (++at[axis] < entry.shape[axis] || axis == 0)
      {
        break;
      }
      at[axis] = 0;
    }
  }
  return values;
}

struct StridedCase
{
  const char* name;
  Extents shape;
  Extents strides;
};

/// By name, not by the bytes of its addresses.
[[maybe_unused]] void PrintTo(const StridedCase& one, std::ostream* out)
{
  *out << one.name;
}

class StridedReadTest : public ::testing::TestWithParam<StridedCase>
{
};

TEST_P(StridedReadTest, ReadsEveryElementInItsPlace)
{
  TensorEntry entry;
  entry.shape = GetParam().shape;
  entry.strides = GetParam().strides;
  entry.type = ElementType::Int16;
  const std::vector<std::int16_t> memory =
    numbers(static_cast<std::size_t>(elementSpan(entry.shape, entry.strides).value()));
  const std::string bytes = bytesAs<std::int16_t>(memory);
  const std::int64_t rows = entry.shape.front();
  for (const bool deflated : { false, true })
  {
    EXPECT_EQ(readFrom(bytes, entry, deflated, 0, rows), expectedOf(memory, entry, 0, rows));
    EXPECT_EQ(readFrom(bytes, entry, deflated, rows / 2, rows - rows / 2),
      expectedOf(memory, entry, rows / 2, rows - rows / 2));
  }
}

// Each spans more than is read at once.
INSTANTIATE_TEST_SUITE_P(Large, StridedReadTest,
  ::testing::Values(StridedCase{ "FortranMatrix", { 1100, 1300 }, { 1, 1100 } },
    StridedCase{ "FortranOfFewColumns", { 800'000, 3 }, { 1, 800'000 } },
    StridedCase{ "ChannelsLast", { 3, 40, 110, 120 }, { 528'000, 1, 4800, 40 } },
    StridedCase{ "EveryOther", { 700, 600 }, { 3000, 2 } },
    StridedCase{ "OneColumn", { 2000, 1 }, { 1000, 1 } },
    StridedCase{ "Repeated", { 3, 1'200'000 }, { 0, 1 } },
    StridedCase{ "OverlappingWindows", { 4, 1'100'000 }, { 100'000, 1 } },
    StridedCase{ "Permuted", { 11, 130, 17, 60 }, { 60, 11'220, 660, 1 } }),
  [](const auto& one) { return one.param.name; });

TEST(ElementReadTest, SharesLargeTensorsAmongThreads)
{
  constexpr std::int64_t count = 5'000'003;
  const std::vector<std::int16_t> memory = numbers(count);
  const std::vector<float> expected(memory.begin(), memory.end());
  TensorEntry entry;
  entry.shape = { count };
  entry.type = ElementType::Float32;
  EXPECT_EQ(readFrom(bytesAs<float>(memory), entry, false, 0, count), expected);
  entry.type = ElementType::Int16;
  EXPECT_EQ(readFrom(bytesAs<std::int16_t>(memory), entry, false, 0, count), expected);
  EXPECT_EQ(readFrom(bytesAs<std::int16_t>(memory), entry, true, 0, count), expected);
}

TEST(ElementReadTest, TellsWhatAThreadCouldNotRead)
{
  TensorEntry entry;
  entry.shape = { 4'000'000 };
  const std::string bytes(15'999'999, '\0');
  EXPECT_NE(
    tensorFileErrorOf([&] { readFrom(bytes, entry, false, 0, 4'000'000); }).find("it is not whole"),
    std::string::npos);
}

} // namespace
} // namespace tensorview
