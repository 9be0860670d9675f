// Schedules, data order, tracked weights: what is decided before a step.

#include "../../../Trainer/Core/Network/DataOrder.h"
#include "../../../Trainer/Core/Network/LearningRateSchedule.h"
#include "../../../Trainer/Core/Network/TrackedWeights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

using namespace tensorview;

TEST(LearningRateSchedule, staysConstant)
{
  EXPECT_EQ(LearningRateSchedule(TrainerOptions(), { 550 }).factor(5000), 1.0);
}

TEST(LearningRateSchedule, dropsEverySoManyEpochs)
{
  TrainerOptions options;
  options.learningRateSchedule = "step";
  options.scheduleStepEpochs = 2;
  options.scheduleFactor = 0.5;
  const LearningRateSchedule schedule(options, { 100 });
  EXPECT_EQ(schedule.factor(0), 1.0);
  EXPECT_EQ(schedule.factor(199), 1.0);
  EXPECT_EQ(schedule.factor(200), 0.5);
  EXPECT_EQ(schedule.factor(400), 0.25);
}

TEST(LearningRateSchedule, followsACosineByEpoch)
{
  TrainerOptions options;
  options.learningRateSchedule = "cosine";
  options.epochs = 4;
  const LearningRateSchedule schedule(options, { 100 });
  EXPECT_EQ(schedule.factor(99), 1.0);
  EXPECT_NEAR(schedule.factor(100), (1.0 + std::sqrt(0.5)) / 2.0, 1e-15);
  EXPECT_NEAR(schedule.factor(200), 0.5, 1e-15);
  EXPECT_NEAR(schedule.factor(4000), 0.0, 1e-15);
  // Steps count if they are given: 150 steps are 2 epochs of 100.
  options.maximumSteps = 150;
  EXPECT_NEAR(LearningRateSchedule(options, { 100 }).factor(100), 0.5, 1e-15);
}

TEST(LearningRateSchedule, goesOnByEpochsOfAnotherLength)
{
  const EpochClock clock{ 50, 200, 2 };
  TrainerOptions options;
  options.learningRateSchedule = "step";
  options.scheduleStepEpochs = 1;
  options.scheduleFactor = 0.5;
  const LearningRateSchedule schedule(options, clock);
  EXPECT_EQ(schedule.factor(200), 0.25);
  EXPECT_EQ(schedule.factor(249), 0.25);
  EXPECT_EQ(schedule.factor(250), 0.125);
  options.learningRateSchedule = "cosine";
  options.maximumSteps = 290; // two epochs of 100, one of 50 and a part of the fourth
  EXPECT_NEAR(LearningRateSchedule(options, clock).factor(200), 0.5, 1e-15);
}

TEST(LearningRateSchedule, refusesUnknownNames)
{
  TrainerOptions options;
  options.learningRateSchedule = "linear";
  EXPECT_THROW(LearningRateSchedule(options, { 100 }), std::invalid_argument);
}

TEST(DataOrder, showsEveryImageOnceAnEpochAndAnotherOrderInTheNext)
{
  DataOrder order(1, 20, 5);
  ASSERT_EQ(order.clock().stepsPerEpoch, 4);
  std::vector<std::int64_t> epochs[2];
  for (std::int64_t step = 0; step < 8; ++step)
  {
    const std::int64_t* batch = order.batch(step);
    std::vector<std::int64_t>& epoch = epochs[step / 4];
    epoch.insert(epoch.end(), batch, batch + 5);
  }
  EXPECT_NE(epochs[0], epochs[1]);
  for (std::vector<std::int64_t>& epoch : epochs)
  {
    std::sort(epoch.begin(), epoch.end());
    for (std::int64_t i = 0; i < 20; ++i)
    {
      EXPECT_EQ(epoch[static_cast<std::size_t>(i)], i);
    }
  }
}

TEST(DataOrder, dependsOnSeedAndStepOnly)
{
  DataOrder forward(7, 100, 10);
  std::vector<std::int64_t> seen;
  for (std::int64_t step = 0; step <= 25; ++step)
  {
    seen.assign(forward.batch(step), forward.batch(step) + 10);
  }
  DataOrder direct(7, 100, 10);
  EXPECT_TRUE(std::equal(seen.begin(), seen.end(), direct.batch(25)));
  DataOrder other(8, 100, 10);
  EXPECT_FALSE(std::equal(seen.begin(), seen.end(), other.batch(25)));
}

TEST(DataOrder, showsTheSameImagesInBatchesOfAnotherSize)
{
  // Epochs 0 and 1 have had 4 steps each.
  DataOrder before(3, 20, 5);
  DataOrder after(3, 20, 2, 8, 2);
  EXPECT_EQ(after.clock(), (EpochClock{ 10, 8, 2 }));
  for (std::int64_t epoch = 2; epoch < 4; ++epoch)
  {
    std::vector<std::int64_t> seen[2];
    for (std::int64_t i = 0; i < 4; ++i)
    {
      const std::int64_t* batch = before.batch(4 * epoch + i);
      seen[0].insert(seen[0].end(), batch, batch + 5);
    }
    for (std::int64_t i = 0; i < 10; ++i)
    {
      const std::int64_t* batch = after.batch(after.clock().stepAtEpoch(epoch) + i);
      seen[1].insert(seen[1].end(), batch, batch + 2);
    }
    EXPECT_EQ(seen[0], seen[1]) << "the order follows from seed and epoch";
  }
}

TEST(DataOrder, dropsTheShortBatchAndRefusesBatchesLargerThanTheData)
{
  EXPECT_EQ(DataOrder(1, 19, 5).clock().stepsPerEpoch, 3);
  EXPECT_THROW(DataOrder(1, 19, 20), std::invalid_argument);
  EXPECT_THROW(DataOrder(1, 19, 0), std::invalid_argument);
}

namespace
{
std::vector<std::int64_t> indicesOf(
  const std::vector<TrackedCoordinate>& coordinates, std::int32_t layer)
{
  std::vector<std::int64_t> indices;
  for (const TrackedCoordinate& coordinate : coordinates)
  {
    if (coordinate.layerId == layer)
    {
      indices.push_back(coordinate.index);
    }
  }
  return indices;
}

std::string complaint(const std::string& named)
{
  try
  {
    chooseTrackedWeights({ { 0, "conv1", 144 }, { 4, "a:b", 50 } }, named);
    return {};
  }
  catch (const std::invalid_argument& error)
  {
    return error.what();
  }
}
}

TEST(TrackedWeights, takesTheUsualOnesAndSpreadsTheRest)
{
  const auto chosen = chooseTrackedWeights({ { 0, "conv1", 144 }, { 1, "small", 10 } }, "");
  EXPECT_EQ(indicesOf(chosen, 0),
    (std::vector<std::int64_t>{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 28, 57, 86, 100, 101, 102, 115 }));
  EXPECT_EQ(indicesOf(chosen, 1), (std::vector<std::int64_t>{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }));
}

TEST(TrackedWeights, addsThoseThatAreNamed)
{
  const auto chosen =
    chooseTrackedWeights({ { 0, "conv1", 144 }, { 4, "a:b", 50 } }, " conv1 : 143, 0 ; a:b:49;");
  EXPECT_EQ(indicesOf(chosen, 0).size(), 17u);
  EXPECT_EQ(indicesOf(chosen, 0).back(), 143);
  EXPECT_EQ(indicesOf(chosen, 4).back(), 49);
}

TEST(TrackedWeights, refusesWhatIsNotThere)
{
  EXPECT_NE(complaint("conv9:1").find("no layer 'conv9' with weights; there are conv1, a:b"),
    std::string::npos);
  EXPECT_NE(complaint("conv1:144")
              .find("'144' is no weight of layer 'conv1', whose weights are "
                    "0 to 143"),
    std::string::npos);
  EXPECT_NE(complaint("conv1:-1").find("'-1'"), std::string::npos);
  EXPECT_NE(complaint("conv1:1x").find("'1x'"), std::string::npos);
  EXPECT_NE(complaint("conv1:").find("''"), std::string::npos);
  EXPECT_NE(complaint("conv1").find("no colon"), std::string::npos);
}
