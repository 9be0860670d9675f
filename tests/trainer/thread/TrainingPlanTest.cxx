#include "TrainingPlan.h"
#include "SpeedMeter.h"

#include <gtest/gtest.h>

using namespace tensorview;

TEST(TrainingPlan, DefaultsAreEpochs)
{
  const TrainingPlan plan(TrainerOptions(), { 550 });
  EXPECT_EQ(plan.totalSteps(), 5500);
  EXPECT_TRUE(plan.hasSnapshot(0));
  EXPECT_FALSE(plan.hasSnapshot(99));
  EXPECT_TRUE(plan.hasSnapshot(100));
  EXPECT_TRUE(plan.hasFilterRow(10));
  EXPECT_FALSE(plan.hasFilterRow(11));
  EXPECT_FALSE(plan.hasEvaluation(549));
  EXPECT_TRUE(plan.hasEvaluation(550));
  EXPECT_TRUE(plan.hasCheckpoint(1100));
  EXPECT_TRUE(plan.isLast(5500));
  EXPECT_EQ(plan.snapshotsAfter(0), 55);
  EXPECT_EQ(plan.evaluationsAfter(550), 9);
}

TEST(TrainingPlan, TheLastStepHasEverything)
{
  TrainerOptions options;
  options.maximumSteps = 730;
  const TrainingPlan plan(options, { 550 });
  EXPECT_EQ(plan.totalSteps(), 730);
  EXPECT_TRUE(plan.hasSnapshot(730));
  EXPECT_TRUE(plan.hasEvaluation(730));
  EXPECT_FALSE(plan.hasCheckpoint(730)); // closing the run writes that one
  EXPECT_EQ(plan.snapshotsAfter(0), 8);
  EXPECT_EQ(plan.snapshotsAfter(700), 1);
  EXPECT_EQ(plan.snapshotsAfter(730), 0);
  EXPECT_EQ(plan.evaluationsAfter(0), 2);
}

TEST(TrainingPlan, IntervalsAndNoCheckpoints)
{
  TrainerOptions options;
  options.evaluationInterval = 20;
  options.checkpointInterval = -1;
  options.snapshotInterval = 7;
  const TrainingPlan plan(options, { 550 });
  EXPECT_TRUE(plan.hasEvaluation(40));
  EXPECT_FALSE(plan.hasCheckpoint(550));
  EXPECT_TRUE(plan.hasSnapshot(14));
}

TEST(TrainingPlan, EpochsMayChangeTheirLength)
{
  // Two epochs of 10 steps, then epochs of 20.
  const EpochClock clock{ 20, 20, 2 };
  TrainerOptions options;
  options.epochs = 4;
  const TrainingPlan plan(options, clock);
  EXPECT_EQ(plan.totalSteps(), 60);
  EXPECT_TRUE(plan.endsEpoch(20));
  EXPECT_FALSE(plan.endsEpoch(30));
  EXPECT_TRUE(plan.endsEpoch(40));
  EXPECT_FALSE(plan.endsEpoch(60)) << "no step follows";
  EXPECT_FALSE(plan.hasEvaluation(30));
  EXPECT_TRUE(plan.hasEvaluation(40));
  EXPECT_TRUE(plan.hasCheckpoint(40));
  EXPECT_EQ(plan.evaluationsAfter(20), 2);
  EXPECT_EQ(plan.evaluationsAfter(25), 2);
  EXPECT_EQ(plan.evaluationsAfter(40), 1);
  options.maximumSteps = 50;
  EXPECT_EQ(TrainingPlan(options, clock).totalSteps(), 50);
  EXPECT_EQ(TrainingPlan(options, clock).evaluationsAfter(20), 2);
  options.evaluationInterval = 15;
  EXPECT_TRUE(TrainingPlan(options, clock).hasEvaluation(45)) << "counted from the first step";
}

TEST(TrainingPlan, APredictionIsOnePassWithSnapshotsOnly)
{
  TrainerOptions options;
  options.mode = "predict";
  options.evaluationInterval = 10;
  const TrainingPlan plan(options, { 550 });
  EXPECT_EQ(plan.totalSteps(), 550);
  EXPECT_TRUE(plan.hasSnapshot(100));
  EXPECT_TRUE(plan.hasSnapshot(550));
  EXPECT_FALSE(plan.hasFilterRow(10));
  EXPECT_FALSE(plan.hasEvaluation(550));
  EXPECT_FALSE(plan.hasTest(550));
  EXPECT_FALSE(plan.hasCheckpoint(550));
  EXPECT_EQ(plan.evaluationsAfter(0), 0);
  options.maximumSteps = 20;
  EXPECT_EQ(TrainingPlan(options, { 550 }).totalSteps(), 20);
}

TEST(SpeedMeter, CountsStepsOfTheLastSeconds)
{
  using Clock = SpeedMeter::Clock;
  const Clock::time_point begin = Clock::now();
  SpeedMeter meter;
  EXPECT_EQ(meter.stepsPerSecond(), 0.0);
  meter.restart(100, begin);
  meter.add(110, begin + std::chrono::milliseconds(500));
  EXPECT_NEAR(meter.stepsPerSecond(), 20.0, 1e-9);
  // Much slower from now on: after a few seconds only that counts.
  for (int i = 1; i <= 5; ++i)
  {
    meter.add(110 + i, begin + std::chrono::milliseconds(500) + std::chrono::seconds(i));
  }
  EXPECT_NEAR(meter.stepsPerSecond(), 1.0, 0.1);
  meter.restart(115, begin + std::chrono::seconds(3600)); // an hour's pause
  meter.add(120, begin + std::chrono::seconds(3601));
  EXPECT_NEAR(meter.stepsPerSecond(), 5.0, 1e-9);
}
