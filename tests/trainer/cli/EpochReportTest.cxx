#include "EpochReport.h"
#include "EngineImpl.h"
#include "FakeModel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace tensorview;

namespace
{
TrainerOptions shortTraining()
{
  TrainerOptions options; // 10 steps an epoch
  options.epochs = 3;
  return options;
}
}

TEST(EpochReport, JsonLines)
{
  EpochSummary summary;
  summary.epoch = 2.0;
  summary.step = 1100;
  summary.loss = 0.123456789;
  summary.accuracy = 0.75;
  summary.validationAccuracy = 0.98F;
  summary.stepsPerSecond = 142.857142857;
  EXPECT_EQ(toJsonLine(summary),
    R"({"epoch":2.0,"step":1100,"loss":0.123457,"accuracy":0.75,"validation_accuracy":0.98,"steps_per_second":142.857143})");
  summary.loss = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(toJsonLine(summary).find(R"("loss":null)"), std::string::npos);
  EngineStatus status;
  status.step = 5;
  status.epoch = 0.5;
  EXPECT_EQ(lastJsonLine(status), R"({"epoch":0.5,"step":5,"test_accuracy":null})");
  status.testAccuracy = 0.99F;
  EXPECT_EQ(lastJsonLine(status), R"({"epoch":0.5,"step":5,"test_accuracy":0.99})");
}

TEST(EpochReport, EveryEpochOnceWithItsMeanLoss)
{
  using namespace std::chrono_literals;
  EngineImpl engine(fakeBackend({}));
  engine.configure(shortTraining());
  engine.waitFor(engine.prepare(), 60.0);
  const auto begin = EpochReporter::Clock::now();
  EpochReporter reporter(engine.status(), begin);
  EXPECT_TRUE(reporter.poll(engine, false, begin).empty());
  engine.waitFor(engine.advance(9), 60.0);
  EXPECT_TRUE(reporter.poll(engine, false, begin + 1s).empty());
  engine.waitFor(engine.advance(3), 60.0);
  const auto first = reporter.poll(engine, false, begin + 2s);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].step, 10);
  EXPECT_EQ(first[0].epoch, 1.0);
  EXPECT_NEAR(first[0].stepsPerSecond, 5.0, 1e-9);
  EXPECT_EQ(first[0].validationAccuracy, double(engine.evaluations()[0].accuracy));
  const StepTable metrics = engine.metrics();
  double sum = 0.0;
  for (std::size_t row = 0; row < 10; ++row)
  {
    sum += metrics.values[row * metrics.columns.size()];
  }
  EXPECT_NEAR(first[0].loss, sum / 10.0, 1e-9);
  EXPECT_TRUE(reporter.poll(engine, false, begin + 3s).empty());

  engine.waitFor(engine.advance(18), 60.0);
  const auto rest = reporter.poll(engine, true, begin + 4s);
  ASSERT_EQ(rest.size(), 2U) << "epochs that ended between two polls";
  EXPECT_EQ(rest[0].step, 20);
  EXPECT_EQ(rest[1].step, 30);
  EXPECT_TRUE(reporter.poll(engine, true, begin + 5s).empty());
}

TEST(EpochReport, ATrainingThatEndsWithinAnEpoch)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(shortTraining());
  engine.waitFor(engine.prepare(), 60.0);
  EpochReporter reporter(engine.status());
  engine.waitFor(engine.advance(4), 60.0);
  engine.waitFor(engine.stop(), 60.0);
  const auto last = reporter.poll(engine, true);
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(last[0].step, 4);
  EXPECT_NEAR(last[0].epoch, 0.4, 1e-9);
  EXPECT_TRUE(std::isnan(last[0].validationAccuracy));
}
