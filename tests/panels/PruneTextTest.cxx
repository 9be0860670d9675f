#include "PruneText.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace tensorview;

TEST(PruneText, layersAreReadWithTheirNames)
{
  const auto layer = parsePrunableLayer("3 512 block 2/conv");
  ASSERT_TRUE(layer);
  EXPECT_EQ(layer->id, 3);
  EXPECT_EQ(layer->filters, 512);
  EXPECT_EQ(layer->name, "block 2/conv");
  for (const char* text : { "", "3", "3 512", "conv1", "3 many conv1" })
  {
    EXPECT_FALSE(parsePrunableLayer(text)) << text;
  }
}

TEST(PruneText, groupsAreReadFromIdsAndFacts)
{
  const auto group = parseGroup("16777219 16777220 16777225", "0.91 0.95 0.02");
  EXPECT_EQ(group.members, (std::vector<int>{ 3, 4, 9 }));
  EXPECT_EQ(group.similarity, 0.91);
  EXPECT_EQ(group.predictedError, 0.02);
  const auto unknown = parseGroup("16777219 16777220", "1 1 nan");
  EXPECT_EQ(unknown.similarity, 1.0);
  EXPECT_TRUE(std::isnan(unknown.predictedError));
  EXPECT_TRUE(std::isnan(parseGroup("1 2", "").similarity));
  EXPECT_TRUE(parseGroup("", "1 1").members.empty());
}

TEST(PruneText, aPreviewIsReadAndTold)
{
  const auto preview = parsePreview(
    R"({"layer":"conv1","step":1300,"layers":[{"layer":"conv1","filters_before":16,"filters_after":14,)"
    R"("slots":[4,9],"survivors":[3,-1]},{"layer":"conv3","filters_before":16,"filters_after":14}],)"
    R"("ranking":[{"slot":9,"survivor":3,"score":0.5,"predicted_error":0.25},{"slot":4}],)"
    R"("predicted_error":0.02134,"accuracy_before":0.981,"accuracy_after":0.9805})");
  ASSERT_TRUE(preview);
  EXPECT_EQ(preview->removed, (std::vector<int>{ 4, 9 }));
  EXPECT_EQ(preview->survivors, (std::vector<int>{ 3, -1 }));
  ASSERT_EQ(preview->ranking.size(), 2U);
  EXPECT_EQ(preview->ranking[0].slot, 9);
  EXPECT_EQ(preview->ranking[0].predictedError, 0.25);
  EXPECT_EQ(preview->ranking[1].survivor, -1);
  EXPECT_TRUE(std::isnan(preview->ranking[1].score));
  EXPECT_EQ(previewText(*preview),
    "conv1 from 16 to 14 filters at step 1,300. The same filters of conv3 go, too: their sums "
    "couple them. Predicted error 0.0213. Accuracy 98.10 % before, 98.05 % after.");
}

TEST(PruneText, whatIsUnknownIsLeftOut)
{
  const auto preview =
    parsePreview(R"({"layers":[{"layer":"fc1","filters_before":2,"filters_after":1}]})");
  ASSERT_TRUE(preview);
  EXPECT_EQ(previewText(*preview), "fc1 from 2 to 1 filter at step 0.");
}

TEST(PruneText, whatIsNoPreviewIsNothing)
{
  for (const char* text : { "", "{", "[]", "{}", R"({"layers":[]})", R"({"layers":[3]})", "\xff" })
  {
    EXPECT_FALSE(parsePreview(text)) << text;
  }
}

TEST(PruneText, editsBecomeRows)
{
  const auto prune = parseEdit(
    R"({"edit":"prune","step":300,"layers":[{"layer":"conv1","filters_before":16,"filters_after":14,)"
    R"("slots":[4,9]}],"choice":"slots","method":"sum","predicted_error":0.5,"accuracy_before":0.5,)"
    R"("accuracy_after":0.25,"why":"alike"})");
  ASSERT_TRUE(prune);
  EXPECT_EQ(prune->step, 300);
  EXPECT_EQ(prune->what, "prune conv1: 16 to 14");
  EXPECT_EQ(prune->accuracy, "50.00 to 25.00 %");
  EXPECT_EQ(prune->details,
    "Filters conv1 4 9\nChosen by slots\nMerged by sum\nPredicted error 0.5\nalike");
  const auto undo = parseEdit(R"({"edit":"undo","step":300,"left_step":1420,"layers":[]})");
  ASSERT_TRUE(undo);
  EXPECT_EQ(undo->what, "undo, from step 1,420");
  EXPECT_EQ(undo->accuracy, "");
  const auto freeze = parseEdit(
    R"({"edit":"freeze","step":3,"layers":[{"layer":"fc1","filters_before":4,"filters_after":4}]})");
  ASSERT_TRUE(freeze);
  EXPECT_EQ(freeze->what, "freeze fc1");
  for (const char* text : { "", "{}", R"({"edit":3})", R"(["prune"])" })
  {
    EXPECT_FALSE(parseEdit(text)) << text;
  }
}

TEST(PruneText, undoSaysWhatItGivesUp)
{
  EXPECT_EQ(undoText(-1, 10, true), "There is no edit to undo.");
  EXPECT_EQ(undoText(10, 10, true), "Undo goes back to step 10 and gives up no steps.");
  EXPECT_EQ(undoText(10, 11, false),
    "Undo goes back to step 10 and gives up 1 step; Redo brings them back.");
  EXPECT_EQ(undoText(10, 1310, true),
    "Undo goes back to step 10 and gives up 1,300 steps; the record keeps them as a branch.");
}

TEST(PruneText, numbersAndCounts)
{
  EXPECT_EQ(numberText(0.012345), "0.0123");
  EXPECT_EQ(numberText(std::nan("")), "-");
  EXPECT_EQ(countText(1, "filter"), "1 filter");
  EXPECT_EQ(countText(1024, "filter"), "1,024 filters");
}

TEST(PruneText, aLayerIsPutIntoTheList)
{
  EXPECT_EQ(withFloor("", "conv1", 12), "conv1=12");
  EXPECT_EQ(withFloor("conv1=12", "conv2", 24), "conv1=12;conv2=24");
  EXPECT_EQ(withFloor("conv1=12; conv2=24;", "conv1", 8), "conv1=8;conv2=24");
  EXPECT_EQ(withFloor("conv1=12;conv1=9", "conv1", 8), "conv1=8");
  EXPECT_EQ(withFloor("conv12=3", "conv1", 8), "conv12=3;conv1=8");
}
