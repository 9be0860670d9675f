#include "BlockCache.h"

#include <gtest/gtest.h>

#include <array>

using std::chrono::seconds;
using tensorview::BlockCache;

namespace
{
const BlockCache::Clock::time_point begin = BlockCache::Clock::time_point() + seconds(100);
}

TEST(BlockCache, GivesTheBlockOfThatSizeThatWasKeptLast)
{
  BlockCache cache(100, seconds(10));
  std::array<char, 3> blocks{};
  EXPECT_EQ(cache.take(8), nullptr);
  ASSERT_TRUE(cache.keep({ &blocks[0], 8 }, begin));
  ASSERT_TRUE(cache.keep({ &blocks[1], 8 }, begin));
  ASSERT_TRUE(cache.keep({ &blocks[2], 16 }, begin));
  EXPECT_EQ(cache.kept(), 32u);
  EXPECT_EQ(cache.take(8), &blocks[1]);
  EXPECT_EQ(cache.take(8), &blocks[0]);
  EXPECT_EQ(cache.take(8), nullptr);
  EXPECT_EQ(cache.kept(), 16u);
}

TEST(BlockCache, RefusesWhatWouldBeMoreThanTheMost)
{
  BlockCache cache(20, seconds(10));
  std::array<char, 3> blocks{};
  EXPECT_TRUE(cache.keep({ &blocks[0], 16 }, begin));
  EXPECT_FALSE(cache.keep({ &blocks[1], 8 }, begin));
  EXPECT_TRUE(cache.keep({ &blocks[2], 4 }, begin));
  EXPECT_EQ(cache.kept(), 20u);
}

TEST(BlockCache, ReturnsWhatNobodyHasTakenForAWhile)
{
  BlockCache cache(100, seconds(10));
  std::array<char, 2> blocks{};
  ASSERT_TRUE(
    cache.keep({ &blocks[0], 8 }, begin)); // is never taken again: the other lies above it
  ASSERT_TRUE(cache.keep({ &blocks[1], 8 }, begin));
  for (int i = 1; i < 10; ++i)
  {
    EXPECT_TRUE(cache.takeUnused(begin + seconds(i)).empty()) << i;
    ASSERT_EQ(cache.take(8), &blocks[1]) << i;
    ASSERT_TRUE(cache.keep({ &blocks[1], 8 }, begin + seconds(i)));
  }
  const std::vector<BlockCache::Block> unused = cache.takeUnused(begin + seconds(12));
  ASSERT_EQ(unused.size(), 1u);
  EXPECT_EQ(unused[0].data, &blocks[0]);
  EXPECT_EQ(unused[0].size, 8u);
  EXPECT_EQ(cache.kept(), 8u);
  EXPECT_EQ(cache.take(8), &blocks[1]);
}
