#include "TrainingHistory.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <stdexcept>
#include <thread>

using namespace tensorview;

namespace
{
RunLayout makeLayout()
{
  RunLayout layout;
  layout.metricColumns = { "loss", "accuracy" };
  layout.model.layers = { { 5, "conv1", "convolution", {} }, { 9, "fc1", "dense", {} } };
  layout.tracked = { { 5, 0 }, { 5, 8 }, { 9, 3 } };
  return layout;
}

/// Step s has loss s, accuracy s / 2 and tracked values s, s + 0.25, s + 0.5.
StepBlock makeRow(std::int64_t step)
{
  const auto s = static_cast<float>(step);
  StepBlock block;
  block.step = { step };
  block.epoch = { double(step) / 100.0 };
  block.metrics = { s, s / 2.0F };
  block.tracked = { s, s + 0.25F, s + 0.5F };
  return block;
}
}

TEST(TrainingHistory, EmptyHasColumnsAndNoRows)
{
  const TrainingHistory history(makeLayout());
  EXPECT_EQ(history.rows(), 0U);
  EXPECT_EQ(history.metrics().columns, (std::vector<std::string>{ "loss", "accuracy" }));
  EXPECT_TRUE(history.metrics(3).step.empty());
  EXPECT_TRUE(history.coordinates("conv1", { 0 }, 0, 100).step.empty());
  EXPECT_TRUE(history.evaluations().empty());
}

TEST(TrainingHistory, MetricsCrossChunks)
{
  TrainingHistory history(makeLayout());
  for (std::int64_t step = 1; step <= 3000; ++step)
  {
    history.append(makeRow(step));
  }
  const StepTable all = history.metrics();
  ASSERT_EQ(all.step.size(), 3000U);
  ASSERT_EQ(all.values.size(), 6000U);
  EXPECT_EQ(all.step[1024], 1025);
  EXPECT_EQ(all.values[2 * 1024], 1025.0F);
  EXPECT_EQ(all.values[2 * 2999 + 1], 1500.0F);
  EXPECT_EQ(all.epoch[2999], 30.0);
  const StepTable tail = history.metrics(2047);
  ASSERT_EQ(tail.step.size(), 953U);
  EXPECT_EQ(tail.step.front(), 2048);
  EXPECT_EQ(tail.values.back(), 1500.0F);
  EXPECT_TRUE(history.metrics(3000).step.empty());
}

TEST(TrainingHistory, CoordinatesOfChosenSteps)
{
  TrainingHistory history(makeLayout());
  for (std::int64_t step = 1; step <= 2500; ++step)
  {
    history.append(makeRow(step));
  }
  const CoordinateHistory two = history.coordinates("conv1", { 8, 0 }, 1020, 1030);
  EXPECT_TRUE(two.everyStep);
  ASSERT_EQ(two.step.size(), 11U);
  EXPECT_EQ(two.step.front(), 1020);
  EXPECT_EQ(two.values[0], 1020.25F);
  EXPECT_EQ(two.values[1], 1020.0F);
  EXPECT_EQ(two.values[21], 1030.0F);
  EXPECT_EQ(history.coordinates("fc1", { 3 }, 0, 1 << 20).values.back(), 2500.5F);
}

TEST(TrainingHistory, SaysWhatItForgot)
{
  TrainingHistory history(makeLayout(), 1); // two chunks at least
  for (std::int64_t step = 1; step <= 2048; ++step)
  {
    history.append(makeRow(step));
  }
  EXPECT_EQ(history.forgottenBefore(), 0);
  history.append(makeRow(2049));
  EXPECT_EQ(history.forgottenBefore(), 1025);
  EXPECT_EQ(history.coordinates("conv1", { 0 }, 0, 5000).step.front(), 1025);
  EXPECT_EQ(history.rows(), 2049U) << "metrics stay";
  EXPECT_EQ(history.recordFile(), "");
  history.setRecordFile("run.tvr");
  EXPECT_EQ(history.recordFile(), "run.tvr");
}

TEST(TrainingHistory, UntrackedCoordinatesAreSaidToBe)
{
  TrainingHistory history(makeLayout());
  history.append(makeRow(1));
  EXPECT_TRUE(history.isTracked("conv1", { 0, 8 }));
  EXPECT_FALSE(history.isTracked("conv1", { 0, 1 }));
  EXPECT_FALSE(history.isTracked("conv2", { 0 }));
  EXPECT_TRUE(history.coordinates("conv1", { 0, 1 }, 0, 10).step.empty());
}

TEST(TrainingHistory, OldestTrackedValuesGoWhenTheLimitIsReached)
{
  TrainingHistory history(makeLayout(), 1); // the least: two chunks of 1,024 rows
  for (std::int64_t step = 1; step <= 5000; ++step)
  {
    history.append(makeRow(step));
  }
  EXPECT_EQ(history.metrics().step.size(), 5000U);
  const CoordinateHistory kept = history.coordinates("conv1", { 0 }, 0, 1 << 20);
  EXPECT_EQ(kept.step.front(), 3 * 1024 + 1);
  EXPECT_EQ(kept.step.back(), 5000);
  EXPECT_EQ(kept.values.back(), 5000.0F);
}

TEST(TrainingHistory, GoesOnFromAnEarlierStep)
{
  for (const std::int64_t left : { 0, 500, 1024, 1500, 2048, 2500 })
  {
    auto history = std::make_shared<TrainingHistory>(makeLayout());
    for (std::int64_t step = 1; step <= 2500; ++step)
    {
      history->append(makeRow(step));
    }
    Evaluation evaluation;
    for (const std::int64_t step : { 1000, 2000 })
    {
      evaluation.step = step;
      history->append(evaluation);
    }
    history->setRecordFile("run.tvr");
    const auto branch = history->until(left);
    EXPECT_EQ(branch->rows(), static_cast<std::size_t>(left));
    EXPECT_EQ(branch->evaluations().size(), static_cast<std::size_t>(left / 1000));
    EXPECT_EQ(branch->recordFile(), "run.tvr");
    StepBlock other = makeRow(left + 1);
    other.metrics = { -1.0F, -2.0F };
    other.tracked = { -1.0F, -2.0F, -3.0F };
    branch->append(other);
    EXPECT_EQ(branch->metrics().values.back(), -2.0F);
    EXPECT_EQ(
      branch->coordinates("conv1", { 8 }, left + 1, 9999).values, (std::vector<float>{ -2.0F }));
    EXPECT_EQ(
      branch->coordinates("conv1", { 8 }, 1, left).step.size(), static_cast<std::size_t>(left));
    // The history that it came from is as it was.
    EXPECT_EQ(history->rows(), 2500U);
    EXPECT_EQ(history->metrics().values.back(), 1250.0F);
    EXPECT_EQ(history->metrics(static_cast<std::size_t>(left)).values.size(),
      2 * static_cast<std::size_t>(2500 - left));
    EXPECT_EQ(history->until(2500)->metrics().values, history->metrics().values);
  }
}

TEST(TrainingHistory, GoesOnFromAStepWhoseTrackedValuesAreForgotten)
{
  TrainingHistory history(makeLayout(), 1); // keeps two chunks at least
  for (std::int64_t step = 1; step <= 5000; ++step)
  {
    history.append(makeRow(step));
  }
  const auto branch = history.until(500);
  branch->append(makeRow(501));
  const CoordinateHistory tracked = branch->coordinates("conv1", { 0 }, 499, 501);
  ASSERT_EQ(tracked.step, (std::vector<std::int64_t>{ 499, 500, 501 }));
  EXPECT_TRUE(std::isnan(tracked.values[0]));
  EXPECT_EQ(tracked.values[2], 501.0F);
  EXPECT_EQ(branch->metrics().values[0], 1.0F);
}

TEST(TrainingHistory, RefusesRowsOfAnotherLayout)
{
  TrainingHistory history(makeLayout());
  StepBlock row = makeRow(1);
  row.tracked.pop_back();
  EXPECT_THROW(history.append(row), std::logic_error);
  EXPECT_EQ(history.rows(), 0U);
}

TEST(TrainingHistory, ReadersSeeWholeRowsWhileTheWorkerAppends)
{
  TrainingHistory history(makeLayout(), 1);
  std::atomic<bool> done{ false };
  std::thread reader(
    [&]
    {
      while (!done)
      {
        const StepTable table = history.metrics();
        for (std::size_t row = 0; row < table.step.size(); ++row)
        {
          ASSERT_EQ(table.values[2 * row], float(table.step[row]));
        }
        const CoordinateHistory tracked = history.coordinates("fc1", { 3 }, 0, 1 << 20);
        for (std::size_t row = 0; row < tracked.step.size(); ++row)
        {
          ASSERT_EQ(tracked.values[row], float(tracked.step[row]) + 0.5F);
        }
      }
    });
  for (std::int64_t step = 1; step <= 6000; ++step)
  {
    history.append(makeRow(step));
  }
  done = true;
  reader.join();
}
