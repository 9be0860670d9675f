#include "TensorTypes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace tensorview
{
namespace
{

constexpr float infinity = std::numeric_limits<float>::infinity();

TEST(ValueRange, FindsTheEndsAtEveryPlaceOfEveryLength)
{
  for (std::size_t count = 1; count < 40; ++count)
  {
    for (std::size_t place = 0; place < count; ++place)
    {
      std::vector<float> values(count, 2.0F);
      values[place] = 5.0F;
      EXPECT_EQ(computeRange(values.data(), count).max, 5.0F) << place << " of " << count;
      values[place] = -5.0F;
      const ValueRange range = computeRange(values.data(), count);
      EXPECT_EQ(range.min, -5.0F) << place << " of " << count;
      EXPECT_EQ(range.finiteMin, -5.0F) << place << " of " << count;
      EXPECT_EQ(range.finiteMax, count > 1 ? 2.0F : -5.0F) << place << " of " << count;
    }
  }
}

TEST(ValueRange, InfinityIsApartAndNotANumberIsLeftOut)
{
  for (std::size_t place = 0; place < 35; ++place)
  {
    std::vector<float> values(35, 1.0F);
    values[place] = std::nanf("");
    values[(place + 7) % 35] = -infinity;
    values[(place + 20) % 35] = 3.0F;
    const ValueRange range = computeRange(values.data(), values.size());
    EXPECT_EQ(range.min, -infinity);
    EXPECT_EQ(range.max, 3.0F);
    EXPECT_EQ(range.finiteMin, 1.0F);
    EXPECT_EQ(range.finiteMax, 3.0F);
  }
}

TEST(ValueRange, NothingToSeeIsAnEmptyRange)
{
  const std::vector<float> none(20, std::nanf(""));
  for (const std::size_t count : { std::size_t(0), none.size() })
  {
    const ValueRange range = computeRange(none.data(), count);
    EXPECT_GT(range.min, range.max);
    EXPECT_GT(range.finiteMin, range.finiteMax);
  }
}

} // namespace
} // namespace tensorview
