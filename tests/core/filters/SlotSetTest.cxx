#include "SlotSet.h"

#include <gtest/gtest.h>

#include <stdexcept>

using namespace tensorview;

TEST(SlotSet, ReadsNumbersAndRanges)
{
  const SlotSet slots("0 3, 8-10;9-12");
  for (const std::int64_t slot : { 0, 3, 8, 9, 10, 11, 12 })
  {
    EXPECT_TRUE(slots.contains(slot)) << slot;
  }
  for (const std::int64_t slot : { -1, 1, 2, 4, 7, 13 })
  {
    EXPECT_FALSE(slots.contains(slot)) << slot;
  }
  EXPECT_TRUE(SlotSet("").empty());
  EXPECT_TRUE(SlotSet(" , ").empty());
  EXPECT_TRUE(SlotSet("16777215").contains((1 << 24) - 1));
}

TEST(SlotSet, RefusesWhatIsNoListOfSlots)
{
  for (const char* text :
    { "a", "-1", "1-", "3-1", "1.5", "1-2-3", "16777216", "99999999999999999999", "1 x" })
  {
    EXPECT_THROW(SlotSet{ text }, std::invalid_argument) << text;
  }
  try
  {
    SlotSet slots("3-1");
    FAIL();
  }
  catch (const std::invalid_argument& problem)
  {
    EXPECT_NE(std::string(problem.what()).find("0 3 8-15"), std::string::npos);
  }
}

TEST(SlotSet, TellsWhatIsMissing)
{
  const std::vector<std::int32_t> present{ 0, 1, 2, 4, 6, 7 };
  EXPECT_EQ(SlotSet("0-2").missing(present), "");
  EXPECT_EQ(SlotSet("0-9").missing(present), "3 5 8-9");
  EXPECT_EQ(SlotSet("3 5 20").missing(present), "3 5 20");
  EXPECT_EQ(SlotSet("").missing({}), "");
}

TEST(SlotSet, DescribesNeighboursAsRanges)
{
  EXPECT_EQ(describeSlots({ 0, 1, 2, 4, 6, 7 }), "0-2 4 6-7");
  EXPECT_EQ(describeSlots({}), "");
  EXPECT_TRUE(SlotSet(describeSlots({ 5, 6, 9 })).contains(6));
}
