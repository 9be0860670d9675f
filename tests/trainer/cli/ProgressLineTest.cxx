#include "ProgressLine.h"

#include <gtest/gtest.h>

using namespace tensorview;

TEST(ProgressLine, Durations)
{
  EXPECT_EQ(formatDuration(-1.0), "?");
  EXPECT_EQ(formatDuration(0.0), "0 s");
  EXPECT_EQ(formatDuration(11.2), "12 s");
  EXPECT_EQ(formatDuration(65.0), "1:05");
  EXPECT_EQ(formatDuration(3723.0), "1:02:03");
  EXPECT_EQ(formatDuration(std::numeric_limits<double>::quiet_NaN()), "?");
}

TEST(ProgressLine, TellsSpeedAndTimeLeft)
{
  EngineStatus status;
  status.state = TrainingState::Running;
  status.step = 275;
  status.totalSteps = 550;
  status.epoch = 0.5;
  status.loss = 0.25F;
  status.accuracy = 0.5F;
  status.stepsPerSecond = 100.0;
  status.secondsLeft = 2.75;
  EXPECT_EQ(formatProgress(status, 200),
    "[##########..........] step 275/550, 100.0 steps/s, 3 s left, epoch 0.50, loss 0.2500, "
    "accuracy 0.500");
  EXPECT_EQ(formatProgress(status, 10), "[#########");
  EXPECT_EQ(formatProgress(status, 0), "");
}

TEST(ProgressLine, BeforeTrainingItTellsTheMessage)
{
  EngineStatus status;
  status.state = TrainingState::Preparing;
  status.message = "reading data set mnist: 40 %";
  EXPECT_EQ(formatProgress(status, 79), "reading data set mnist: 40 %");
}

TEST(ProgressLine, WritesNothingWhereThereIsNoTerminal)
{
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  {
    ProgressLine line(file);
    line.show(EngineStatus());
    line.clear();
  }
  EXPECT_EQ(std::ftell(file), 0);
  std::fclose(file);
}
