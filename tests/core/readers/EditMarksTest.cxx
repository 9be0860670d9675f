#include "EditMarks.h"

#include <gtest/gtest.h>

namespace
{

using Texts = std::vector<std::string>;

Texts textsOf(const std::vector<std::string>& lines)
{
  Texts texts;
  for (const tensorview::EditMark& mark : tensorview::editMarks(lines))
  {
    texts.push_back(mark.text);
  }
  return texts;
}

std::string line(const std::string& what, int step, const std::string& more = "")
{
  return R"({"edit":")" + what + R"(","step":)" + std::to_string(step) + more + "}";
}

/// One layer of which filters went or came.
std::string change(int before, int after, const std::string& slots)
{
  return R"(,"layers":[{"layer":"conv1","filters_before":)" + std::to_string(before) +
         R"(,"filters_after":)" + std::to_string(after) + R"(,"slots":[)" + slots + "]}]";
}

std::string left(int step)
{
  return R"(,"left_step":)" + std::to_string(step);
}

const std::string first = line("prune", 10, change(16, 14, "3,9"));
const std::string second = line("prune", 20, change(14, 13, "5"));
const std::string undoSecond = line("undo", 20, left(25) + change(13, 14, "5"));
const std::string redoSecond = line("redo", 25, left(30) + change(14, 13, "5"));

} // namespace

TEST(EditMarks, NoLinesNoMarks)
{
  EXPECT_TRUE(tensorview::editMarks({}).empty());
}

TEST(EditMarks, SayWhatBecameOfTheLayers)
{
  const auto marks = tensorview::editMarks({ first, second });
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_EQ(marks[0].step, 10);
  EXPECT_EQ(marks[0].text, "conv1 16 to 14");
  EXPECT_EQ(marks[1].step, 20);
  EXPECT_EQ(marks[1].text, "conv1 14 to 13");
  const std::string two = R"(,"layers":[{"layer":"a","filters_before":4,"filters_after":3,)"
                          R"("slots":[1]},{"layer":"b"},{"layer":"c"}])";
  EXPECT_EQ(textsOf({ line("prune", 5, two) }), Texts{ "a 4 to 3 and 2 more" });
  EXPECT_EQ(textsOf({ line("grow", 5, R"(,"layers":[{"layer":"a"}])"), line("other", 6) }),
    (Texts{ "grow a", "other" }));
}

TEST(EditMarks, FrozenFilters)
{
  EXPECT_EQ(textsOf({ line("freeze", 5, R"(,"layers":[{"layer":"fc1"}])"),
              line("freeze", 6, R"(,"layers":[{"layer":"fc1","slots":[2]}])"),
              line("unfreeze", 7, R"(,"layers":[{"layer":"fc1","slots":[2,3]}])") }),
    (Texts{ "fc1 frozen", "fc1: 1 filter frozen", "fc1: 2 filters unfrozen" }));
}

TEST(EditMarks, WhatWasUndoneIsNotSeenUntilItIsDoneAgain)
{
  EXPECT_EQ(textsOf({ first, second, undoSecond }), (Texts{ "conv1 16 to 14", "", "" }));
  EXPECT_EQ(textsOf({ first, second, undoSecond, redoSecond }),
    (Texts{ "conv1 16 to 14", "conv1 14 to 13", "", "" }));
  EXPECT_EQ(textsOf({ first, second, undoSecond, redoSecond, undoSecond }),
    (Texts{ "conv1 16 to 14", "", "", "", "" }));
  const std::string undoFirst = line("undo", 10, left(20) + change(14, 16, "3,9"));
  EXPECT_EQ(textsOf({ first, second, undoSecond, undoFirst }), Texts(4));
  const std::string other = line("prune", 21, change(14, 12, "0,1"));
  EXPECT_EQ(textsOf({ first, second, undoSecond, other, redoSecond }),
    (Texts{ "conv1 16 to 14", "", "", "conv1 14 to 12", "" }));
}

TEST(EditMarks, OfTwoAtAStepTheNewerIsUndone)
{
  const std::string same = line("prune", 10, change(14, 13, "5"));
  const std::string undo = line("undo", 10, left(15) + change(13, 14, "5"));
  EXPECT_EQ(textsOf({ first, same, undo }), (Texts{ "conv1 16 to 14", "", "" }));
}

TEST(EditMarks, ABranchLacksTheLinesThatWereUndone)
{
  const std::string undo = line("undo", 10, left(15) + change(13, 14, "5"));
  EXPECT_EQ(textsOf({ first, undo }), (Texts{ "conv1 16 to 14", "" }));
  EXPECT_EQ(textsOf({ first, redoSecond }), (Texts{ "conv1 16 to 14", "" }));
}

TEST(EditMarks, ACheckpointLeavesWhatCameAfterIt)
{
  const std::string frozen = line("freeze", 12, R"(,"layers":[{"layer":"fc1"}])");
  const std::string load = line("load", 15, left(25) + change(13, 14, "5"));
  EXPECT_EQ(
    textsOf({ first, frozen, second, load }), (Texts{ "conv1 16 to 14", "fc1 frozen", "", "" }));
  const std::string back = line("load", 10, left(25) + change(13, 16, "3,5,9"));
  EXPECT_EQ(textsOf({ first, second, back }), Texts(3));
  const std::string undo = line("undo", 25, left(30) + change(16, 13, "3,5,9"));
  EXPECT_EQ(
    textsOf({ first, second, back, undo }), (Texts{ "conv1 16 to 14", "conv1 14 to 13", "", "" }));
}

TEST(EditMarks, LinesOfStrangers)
{
  EXPECT_EQ(textsOf({ "", "no JSON", "[1]", R"({"edit":"prune"})", R"({"step":"x","edit":3})",
              R"({"edit":"prune","step":4,"layers":[1,{"layer":2,"slots":"x"},null]})",
              R"({"edit":"undo","step":1})", R"({"edit":"redo","step":1})" }),
    Texts(8));
}
