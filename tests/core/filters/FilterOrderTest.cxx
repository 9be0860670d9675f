#include "FilterOrder.h"

#include <gtest/gtest.h>

using namespace tensorview;

using Places = std::vector<std::int32_t>;

TEST(FilterOrder, LargestKeyFirstAndRemovedLast)
{
  EXPECT_EQ(placesByDescending({ 1.0, std::nullopt, 3.0, 1.0 }), (Places{ 1, 3, 0, 2 }));
  EXPECT_TRUE(placesByDescending({}).empty());
}

TEST(FilterOrder, GroupsThenTheRestThenRemoved)
{
  EXPECT_EQ(placesByGroup({ -1, 1, 0, std::nullopt, 0, -1 }), (Places{ 3, 2, 0, 5, 1, 4 }));
}
