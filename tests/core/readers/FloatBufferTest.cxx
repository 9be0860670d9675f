#include "FloatBuffer.h"

#include <gtest/gtest.h>

#include <limits>
#include <new>

namespace tensorview
{
namespace
{

TEST(FloatBufferTest, HoldsWhatIsWritten)
{
  for (const std::size_t count : { std::size_t(1), std::size_t(1000), std::size_t(5'000'001) })
  {
    const std::shared_ptr<float> values = makeFloats(count);
    values.get()[0] = 1.0F;
    values.get()[count - 1] = 2.0F;
    EXPECT_EQ(values.get()[count - 1], 2.0F);
  }
  EXPECT_NE(makeFloats(0), nullptr);
}

TEST(FloatBufferTest, RefusesWhatNoMemoryHolds)
{
  EXPECT_THROW(makeFloats(std::numeric_limits<std::size_t>::max() / 5), std::bad_alloc);
  EXPECT_THROW(makeFloats(std::numeric_limits<std::size_t>::max() / 2), std::bad_alloc);
}

} // namespace
} // namespace tensorview
