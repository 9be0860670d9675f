#include "TensorGeometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace tensorview
{
namespace
{

constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max();

void gathered(const float* from, const std::vector<std::int64_t>& shape,
  const std::vector<std::int64_t>& strides, float* to)
{
  gatherStrided(from, shape, strides, to, contiguousStrides(shape));
}

TEST(TensorGeometryTest, CountsElements)
{
  EXPECT_EQ(elementCount({}), 1U);
  EXPECT_EQ(elementCount({ 2, 3, 4 }), 24U);
  EXPECT_EQ(elementCount({ 2, 0, 4 }), 0U);
  EXPECT_EQ(elementCount({ std::int64_t(1) << 56 }), std::uint64_t(1) << 56);
}

TEST(TensorGeometryTest, RefusesImpossibleShapes)
{
  EXPECT_FALSE(elementCount({ -1 }));
  EXPECT_FALSE(elementCount({ huge }));
  EXPECT_FALSE(elementCount({ std::int64_t(1) << 32, std::int64_t(1) << 32 }));
  EXPECT_FALSE(elementCount({ 0, huge, huge }));
  EXPECT_FALSE(elementCount(std::vector<std::int64_t>(65, 1)));
}

TEST(TensorGeometryTest, MeasuresTheSpanOfStrides)
{
  EXPECT_EQ(elementSpan({}, {}), 1U);
  EXPECT_EQ(elementSpan({ 2, 3 }, { 3, 1 }), 6U);
  EXPECT_EQ(elementSpan({ 2, 3 }, { 1, 2 }), 6U);
  EXPECT_EQ(elementSpan({ 2, 3 }, { 10, 0 }), 11U);
  EXPECT_EQ(elementSpan({ 0, 3 }, { 3, 1 }), 0U);
  EXPECT_EQ(elementSpan({ 1 }, { huge }), 1U);
  EXPECT_FALSE(elementSpan({ 2 }, { -1 }));
  EXPECT_FALSE(elementSpan({ 2 }, { huge }));
  EXPECT_FALSE(elementSpan({ 3, 3 }, { std::int64_t(1) << 55, std::int64_t(1) << 54 }));
}

TEST(TensorGeometryTest, KnowsWhatIsContiguous)
{
  EXPECT_TRUE(isContiguous({}, {}));
  EXPECT_TRUE(isContiguous({ 2, 3 }, { 3, 1 }));
  EXPECT_TRUE(isContiguous({ 2, 1, 3 }, { 3, 77, 1 }));
  EXPECT_FALSE(isContiguous({ 2, 3 }, { 1, 2 }));
  EXPECT_FALSE(isContiguous({ 2, 3 }, { 4, 1 }));
}

TEST(TensorGeometryTest, GathersAnyStrides)
{
  const std::vector<float> memory{ 0, 1, 2, 3, 4, 5 };
  std::vector<float> values(6, -1.0F);
  gathered(memory.data(), { 3, 2 }, { 1, 3 }, values.data());
  EXPECT_EQ(values, (std::vector<float>{ 0, 3, 1, 4, 2, 5 }));
  gathered(memory.data() + 1, { 3 }, { 2 }, values.data());
  EXPECT_EQ(
    std::vector<float>(values.begin(), values.begin() + 3), (std::vector<float>{ 1, 3, 5 }));
  gathered(memory.data() + 2, {}, {}, values.data());
  EXPECT_EQ(values[0], 2.0F);
}

TEST(TensorGeometryTest, GathersMoreThanABlock)
{
  constexpr std::int64_t outer = 3;
  constexpr std::int64_t rows = 70;
  constexpr std::int64_t columns = 45;
  // Fortran order: element (o, r, c) lies at o + outer * (r + rows * c).
  std::vector<float> memory(outer * rows * columns);
  for (std::size_t i = 0; i < memory.size(); ++i)
  {
    memory[i] = static_cast<float>(i);
  }
  std::vector<float> values(memory.size());
  gathered(memory.data(), { outer, rows, columns }, { 1, outer, outer * rows }, values.data());
  std::size_t next = 0;
  for (std::int64_t o = 0; o < outer; ++o)
  {
    for (std::int64_t r = 0; r < rows; ++r)
    {
      for (std::int64_t c = 0; c < columns; ++c)
      {
        ASSERT_EQ(values[next++], static_cast<float>(o + outer * (r + rows * c)));
      }
    }
  }
}

/// Every order of four axes, one of them longer than a block.
TEST(TensorGeometryTest, GathersPermutedAxes)
{
  const std::vector<std::int64_t> stored{ 3, 2, 5, 71 };
  const std::vector<std::int64_t> step{ 710, 355, 71, 1 };
  std::vector<float> memory(3 * 2 * 5 * 71);
  for (std::size_t i = 0; i < memory.size(); ++i)
  {
    memory[i] = static_cast<float>(i);
  }
  std::vector<std::size_t> order{ 0, 1, 2, 3 };
  do
  {
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides;
    for (const std::size_t axis : order)
    {
      shape.push_back(stored[axis]);
      strides.push_back(step[axis]);
    }
    std::vector<float> values(memory.size(), -1.0F);
    gathered(memory.data(), shape, strides, values.data());
    std::size_t next = 0;
    for (std::int64_t a = 0; a < shape[0]; ++a)
    {
      for (std::int64_t b = 0; b < shape[1]; ++b)
      {
        for (std::int64_t c = 0; c < shape[2]; ++c)
        {
          for (std::int64_t d = 0; d < shape[3]; ++d)
          {
            ASSERT_EQ(values[next++], static_cast<float>(a * strides[0] + b * strides[1] +
                                                         c * strides[2] + d * strides[3]));
          }
        }
      }
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(TensorGeometryTest, GathersIntoAPart)
{
  const std::vector<float> memory{ 1, 2, 3, 4 };
  std::vector<float> values(7, 0.0F);
  gatherStrided(memory.data(), { 2, 2 }, { 1, 2 }, values.data() + 1, { 4, 1 });
  EXPECT_EQ(values, (std::vector<float>{ 0, 1, 3, 0, 0, 2, 4 }));
  gatherStrided(memory.data(), { 2, 2 }, { 2, 1 }, values.data(), { 1, 3 });
  EXPECT_EQ(values, (std::vector<float>{ 1, 3, 3, 2, 4, 2, 4 }));
}

TEST(TensorGeometryTest, RepeatsElements)
{
  const std::vector<float> memory{ 1, 2 };
  std::vector<float> values(6);
  gathered(memory.data(), { 3, 2 }, { 0, 1 }, values.data());
  EXPECT_EQ(values, (std::vector<float>{ 1, 2, 1, 2, 1, 2 }));
  gathered(memory.data(), { 2, 3 }, { 1, 0 }, values.data());
  EXPECT_EQ(values, (std::vector<float>{ 1, 1, 1, 2, 2, 2 }));
  gathered(memory.data(), { 0, 3 }, { 1, 0 }, values.data());
}

} // namespace
} // namespace tensorview
