#include "HistoryProjection.h"

#include "HistoryBlocks.h"
#include "MemoryHistory.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

using namespace HistoryProjection;
using tensorview::LayerHistory;
using tensorview::TensorBox;
using tensorview::TensorShape;

namespace
{
constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();

bool goOn(double)
{
  return true;
}

/// Something without regularity.
float noise(std::int64_t snapshot, std::int64_t slot, std::int64_t index)
{
  auto x = static_cast<std::uint64_t>((snapshot * 1009 + slot) * 1013 + index + 1);
  x *= 0x9E3779B97F4A7C15U;
  x ^= x >> 29;
  x *= 0xBF58476D1CE4E5B9U;
  return static_cast<float>(x >> 40) / 16777216.0F - 0.5F;
}

/// 3 snapshots on a line (-1, 0, 1 times a direction), far from zero.
MemoryHistory line(const TensorShape& shape)
{
  return { shape, 3, [](std::int64_t snapshot, std::int64_t slot, std::int64_t index) {
            return 10.0F + static_cast<float>((snapshot - 1) * (slot + index));
          } };
}

void expectSame(const Path& a, const Path& b, float tolerance)
{
  ASSERT_EQ(a.step, b.step);
  ASSERT_EQ(a.values.size(), b.values.size());
  for (std::size_t i = 0; i < a.values.size(); ++i)
  {
    EXPECT_NEAR(a.values[i], b.values[i], tolerance) << i;
  }
}
}

TEST(HistoryBlocks, CoverATensorOnceWithinPieces)
{
  for (const std::int64_t values : { 1, 5, 12, 50, 1000 })
  {
    for (const std::array<std::int64_t, 4>& piece : { std::array<std::int64_t, 4>{ 2, 3, 2, 2 },
           { 7, 3, 2, 2 }, { 1, 2, 2, 2 }, { 3, 3, 1, 2 }, { 0, 0, 0, 0 }, { 100, 100, 100, 100 } })
    {
      const TensorShape shape{ 7, 3, 2, 2 };
      std::set<std::int64_t> seen;
      for (const TensorBox& box : SplitTensor(shape, piece, values))
      {
        EXPECT_LE(box.size(), values);
        for (std::int64_t s = 0; s < box.count[0]; ++s)
        {
          for (std::int64_t c = 0; c < box.count[1]; ++c)
          {
            for (std::int64_t w = 0; w < box.count[2] * box.count[3]; ++w)
            {
              const std::int64_t row = box.start[2] + w / box.count[3];
              const std::int64_t column = box.start[3] + w % box.count[3];
              EXPECT_TRUE(
                seen.insert((((box.start[0] + s) * 3 + box.start[1] + c) * 2 + row) * 2 + column)
                  .second);
            }
          }
        }
      }
      EXPECT_EQ(seen.size(), 84U);
    }
  }
  EXPECT_TRUE(SplitTensor({ 0, 1, 1, 1 }, { 1, 1, 1, 1 }, 10).empty());
}

TEST(HistoryBlocks, ABoxDoesNotReachIntoTheNextPiece)
{
  // Pieces of 250 of 1000 filters of 10: as few equal boxes as possible in each.
  const auto boxes = SplitTensor({ 1000, 10, 1, 1 }, { 250, 10, 1, 1 }, 1000);
  ASSERT_EQ(boxes.size(), 12U);
  EXPECT_EQ(boxes[0].count[0], 84);
  EXPECT_EQ(boxes[2].count[0], 82);
  EXPECT_EQ(boxes[3].start[0], 250);
}

TEST(HistoryBlocks, SpreadIndicesHaveBothEnds)
{
  EXPECT_EQ(SpreadIndices(3, 5), (std::vector<std::size_t>{ 0, 1, 2 }));
  EXPECT_EQ(SpreadIndices(11, 3), (std::vector<std::size_t>{ 0, 5, 10 }));
  EXPECT_EQ(SpreadIndices(10, 2), (std::vector<std::size_t>{ 0, 9 }));
}

TEST(HistoryProjection, OfALineByHand)
{
  MemoryHistory history = line({ 2, 1, 1, 2 });
  // Directions 0, 1, 1, 2: length sqrt 6.
  const Result found = ProjectLayer({ &history }, {}, goOn);
  EXPECT_EQ(found.weights, 4);
  EXPECT_EQ(found.snapshots, 3U);
  EXPECT_NEAR(found.explained[0], 1.0, 1e-6);
  const Path& path = found.paths.at(0).at(0);
  EXPECT_EQ(path.step, (std::vector<std::int64_t>{ 0, 1, 2 }));
  EXPECT_NEAR(path.values[0], -std::sqrt(6.0F), 1e-5F);
  EXPECT_NEAR(path.values[3], 0.0F, 1e-5F);
  EXPECT_NEAR(path.values[6], std::sqrt(6.0F), 1e-5F);
}

TEST(HistoryProjection, BlocksDoNotMatter)
{
  MemoryHistory history({ 6, 3, 2, 2 }, 12, noise);
  const Result once = ProjectLayer({ &history }, {}, goOn);
  EXPECT_EQ(history.reads, 1);
  Options small;
  small.blockBytes = std::size_t{ 12 } * 10 * sizeof(float);
  const Result pieces = ProjectLayer({ &history }, small, goOn);
  EXPECT_GT(history.reads, 6);
  expectSame(once.paths[0][0], pieces.paths[0][0], 1e-5F);
}

TEST(HistoryProjection, RunsShareTheirAxes)
{
  // The second run is the continuation of the first: both together are one long run.
  const auto along = [](std::int64_t first)
  {
    return [first](std::int64_t snapshot, std::int64_t slot, std::int64_t index)
    { return noise(snapshot + first, slot, index) + static_cast<float>(snapshot + first); };
  };
  MemoryHistory whole({ 3, 1, 2, 2 }, 10, along(0));
  MemoryHistory first({ 3, 1, 2, 2 }, 6, along(0));
  MemoryHistory second({ 3, 1, 2, 2 }, 4, along(6));
  const Result one = ProjectLayer({ &whole }, {}, goOn);
  const Result two = ProjectLayer({ &first, &second }, {}, goOn);
  ASSERT_EQ(two.paths.size(), 2U);
  for (std::size_t i = 0; i < 12; ++i)
  {
    EXPECT_NEAR(two.paths[1][0].values[i], one.paths[0][0].values[18 + i], 1e-5F);
  }
  EXPECT_NEAR(one.explained[1], two.explained[1], 1e-6);
}

TEST(HistoryProjection, OnlyWhatAllRunsHaveAtAllTimesCounts)
{
  const auto weight = [](std::int64_t snapshot, std::int64_t slot, std::int64_t index)
  { return slot == 1 ? notANumber : noise(snapshot, slot == 2 ? 1 : slot, index); };
  MemoryHistory pruned({ 3, 2, 1, 2 }, 8, weight);
  pruned.about.slot = { 0, 2 };
  MemoryHistory whole({ 2, 2, 1, 2 }, 8, noise);
  const Result without = ProjectLayer({ &pruned }, {}, goOn);
  EXPECT_EQ(without.weights, 8);
  EXPECT_EQ(without.leftOut, 0U);
  expectSame(without.paths[0][0], ProjectLayer({ &whole }, {}, goOn).paths[0][0], 1e-5F);

  pruned.about.channelSlot = { 1 };
  EXPECT_EQ(ProjectLayer({ &pruned, &whole }, {}, goOn).weights, 2); // filter 0, channel 1
}

TEST(HistoryProjection, SnapshotsThatAreNotFiniteAreLeftOutAndCounted)
{
  MemoryHistory history({ 2, 1, 1, 3 }, 5,
    [](std::int64_t snapshot, std::int64_t slot, std::int64_t index)
    { return snapshot == 2 && slot == 1 ? notANumber : noise(snapshot, slot, index); });
  const Result found = ProjectLayer({ &history }, {}, goOn);
  EXPECT_EQ(found.leftOut, 1U);
  EXPECT_TRUE(std::isnan(found.paths[0][0].values[6]));
  EXPECT_TRUE(std::isfinite(found.paths[0][0].values[9]));
}

TEST(HistoryProjection, OfManySnapshotsSomeTakePart)
{
  MemoryHistory history({ 2, 1, 1, 3 }, 50, noise);
  Options few;
  few.maximumSnapshots = 5;
  const Result found = ProjectLayer({ &history }, few, goOn);
  EXPECT_EQ(found.snapshots, 5U);
  EXPECT_EQ(found.allSnapshots, 50U);
  EXPECT_EQ(found.paths[0][0].step.front(), 0);
  EXPECT_EQ(found.paths[0][0].step.back(), 49);
}

TEST(HistoryProjection, StopsWhenItIsTold)
{
  MemoryHistory history({ 6, 3, 2, 2 }, 12, noise);
  Options small;
  small.blockBytes = std::size_t{ 12 } * 10 * sizeof(float);
  int calls = 0;
  const Result found = ProjectLayer({ &history }, small, [&](double) { return ++calls < 2; });
  EXPECT_FALSE(found.finished);
  EXPECT_TRUE(found.paths.empty());
  EXPECT_EQ(calls, 2);
  EXPECT_LE(history.reads, 3);
}

TEST(HistoryProjection, FiltersAsOneCloudAreTheLayerWithFiltersForSnapshots)
{
  // The same vectors as snapshots of one filter: scores and parts of the variance agree.
  MemoryHistory filters({ 4, 2, 1, 3 }, 5, noise);
  MemoryHistory vectors({ 1, 2, 1, 3 }, 20,
    [](std::int64_t snapshot, std::int64_t, std::int64_t index)
    { return noise(snapshot / 4, snapshot % 4, index); });
  const Result found = ProjectFilters({ &filters }, { 0, 1, 2, 3 }, {}, goOn);
  const Result expected = ProjectLayer({ &vectors }, {}, goOn);
  ASSERT_EQ(found.paths[0].size(), 4U);
  EXPECT_EQ(found.weights, 6);
  for (std::size_t i = 0; i < 3; ++i)
  {
    EXPECT_NEAR(found.explained[i], expected.explained[i], 1e-5);
  }
  for (std::size_t snapshot = 0; snapshot < 5; ++snapshot)
  {
    for (std::size_t slot = 0; slot < 4; ++slot)
    {
      for (std::size_t axis = 0; axis < 3; ++axis)
      {
        EXPECT_NEAR(found.paths[0][slot].values[snapshot * 3 + axis],
          expected.paths[0][0].values[(snapshot * 4 + slot) * 3 + axis], 1e-5F);
      }
    }
  }
}

TEST(HistoryProjection, ManyFiltersAreFittedToSomeVectorsAndAllPlaced)
{
  // More than 1000 vectors, all in one plane: any few of them span it.
  MemoryHistory history({ 64, 1, 3, 3 }, 40,
    [](std::int64_t snapshot, std::int64_t slot, std::int64_t index)
    {
      return static_cast<float>(snapshot) * std::sin(static_cast<float>(index)) +
             static_cast<float>(slot) * std::cos(static_cast<float>(index));
    });
  const Result found = ProjectFilters({ &history }, { 3, 4, 63 }, {}, goOn);
  ASSERT_EQ(found.paths[0].size(), 3U);
  EXPECT_NEAR(found.explained[0] + found.explained[1], 1.0, 1e-5);
}

TEST(HistoryProjection, ARemovedFilterHasAPathUntilThen)
{
  MemoryHistory history({ 3, 1, 2, 2 }, 6,
    [](std::int64_t snapshot, std::int64_t slot, std::int64_t index)
    { return slot == 1 && snapshot >= 4 ? notANumber : noise(snapshot, slot, index); });
  history.about.slot = { 0, 2 };
  const Result found = ProjectFilters({ &history }, { 0, 1, 2 }, {}, goOn);
  EXPECT_TRUE(std::isfinite(found.paths[0][1].values[3 * 3]));
  EXPECT_TRUE(std::isnan(found.paths[0][1].values[4 * 3]));
  EXPECT_EQ(found.leftOut, 2U);
}

TEST(HistoryProjection, ChosenWeightsOfFilters)
{
  MemoryHistory history({ 5, 2, 3, 3 }, 4,
    [](std::int64_t snapshot, std::int64_t slot, std::int64_t index)
    { return static_cast<float>(1000 * snapshot + 100 * slot + index); });
  Options small;
  small.blockBytes = std::size_t{ 4 } * 18 * 2 * sizeof(float);
  const Result found = ReadFilters({ &history }, { 0, 1, 2, 4 }, { 0, 17, 4 }, small, goOn);
  ASSERT_EQ(found.paths[0].size(), 4U);
  EXPECT_EQ(found.paths[0][3].values[6], 2400.0F);
  EXPECT_EQ(found.paths[0][3].values[7], 2417.0F);
  EXPECT_EQ(found.paths[0][3].values[8], 2404.0F);

  MemoryHistory large({ 2, 1000, 3, 3 }, 2,
    [](std::int64_t, std::int64_t slot, std::int64_t index)
    { return static_cast<float>(10000 * slot + index); });
  const Result some = ReadFilters({ &large }, { 0, 1 }, { 4500, 4501, 4600 }, {}, goOn);
  EXPECT_EQ(some.paths[0][1].values[2], 14600.0F);
}
