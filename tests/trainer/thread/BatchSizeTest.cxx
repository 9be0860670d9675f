// Another batch size for a training under way: from the next epoch's first step on.

#include "DurableFile.h"
#include "EngineImpl.h"
#include "EpochClock.h"
#include "FakeModel.h"
#include "RunReader.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

using namespace tensorview;
namespace fs = std::filesystem;

namespace
{
/// 4 epochs: of 10 steps, while the batch size is 100.
TrainerOptions shortTraining(const std::string& recordFile = {})
{
  TrainerOptions options;
  options.epochs = 4;
  options.filterInterval = 5;
  options.recordFile = recordFile;
  return options;
}

TrainerOptions with(TrainerOptions options, int batchSize)
{
  options.batchSize = batchSize;
  return options;
}

TrainerOptions resuming(const std::string& run)
{
  TrainerOptions options;
  options.resume = run;
  return options;
}

void expectDone(const Engine& engine, std::int64_t id)
{
  const CommandStatus status = engine.waitFor(id, 60.0);
  EXPECT_EQ(toString(status.state), std::string("done")) << status.reason;
}

void trainToEnd(Engine& engine)
{
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  EXPECT_EQ(engine.status().state, TrainingState::Finished) << engine.status().message;
}

/// Trains `steps` with `options`, then to the end with batches of `batchSize`.
void trainWithChange(const TrainerOptions& options, std::int64_t steps, int batchSize)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(options);
  expectDone(engine, engine.advance(steps));
  engine.configure(with(options, batchSize));
  trainToEnd(engine);
}

bool waits(const Engine& engine)
{
  return engine.status().message.find("; batch size 50 from epoch 2 on") != std::string::npos;
}

void expectSameRuns(const std::string& a, const std::string& b)
{
  const auto one = RunReader::open(a);
  const auto two = RunReader::open(b);
  EXPECT_EQ(one->metrics().step, two->metrics().step);
  EXPECT_EQ(one->metrics().epoch, two->metrics().epoch);
  EXPECT_EQ(one->metrics().values, two->metrics().values);
  EXPECT_EQ(
    one->filterSeries("conv1/weight_norm").epoch, two->filterSeries("conv1/weight_norm").epoch);
  ASSERT_EQ(one->evaluations().size(), two->evaluations().size());
  for (std::size_t i = 0; i < one->evaluations().size(); ++i)
  {
    EXPECT_EQ(one->evaluations()[i].step, two->evaluations()[i].step);
    EXPECT_EQ(one->evaluations()[i].epoch, two->evaluations()[i].epoch);
    EXPECT_EQ(one->evaluations()[i].loss, two->evaluations()[i].loss);
  }
}

/// The state after the last step, of all segments' files.
std::string lastState(const TemporaryFolder& folder, const std::string& run)
{
  return readWhole(folder / (run + ".checkpoint-00000060.pt"));
}
}

TEST(EpochClock, TellsEpochsOfSteps)
{
  const EpochClock clock{ 20, 30, 3 };
  EXPECT_EQ(clock.epochOf(30), 3.0);
  EXPECT_EQ(clock.epochOf(35), 3.25);
  EXPECT_EQ(clock.epochIndex(49), 3);
  EXPECT_EQ(clock.epochIndex(50), 4);
  EXPECT_EQ(clock.stepInEpoch(49), 19);
  EXPECT_EQ(clock.stepInEpoch(50), 0);
  EXPECT_EQ(clock.stepAtEpoch(5), 70);
  EXPECT_TRUE(clock.endsEpoch(30));
  EXPECT_TRUE(clock.endsEpoch(50));
  EXPECT_FALSE(clock.endsEpoch(40));
  EXPECT_FALSE(clock.endsEpoch(10)) << "of an earlier clock";
  EXPECT_FALSE((EpochClock{ 10 }).endsEpoch(0));
  EXPECT_TRUE(std::isnan((EpochClock{ 0 }).epochOf(5))) << "not known";
}

TEST(BatchSize, IsInForceWhenTheNextEpochBegins)
{
  EngineImpl engine(fakeBackend({}));
  const TrainerOptions options = shortTraining();
  engine.configure(options);
  expectDone(engine, engine.advance(15));
  engine.configure(with(options, 50));
  expectDone(engine, engine.evaluate()); // a command, so that the worker has looked
  EXPECT_EQ(engine.status().message, "paused at step 15; batch size 50 from epoch 2 on");
  EXPECT_EQ(engine.status().warning, "");
  expectDone(engine, engine.advance(5));
  EXPECT_TRUE(waits(engine));
  EXPECT_EQ(engine.status().clock, EpochClock{ 10 });
  EXPECT_EQ(engine.status().totalSteps, 40);
  EXPECT_EQ(engine.status().epoch, 2.0);

  expectDone(engine, engine.advance(1));
  EngineStatus status = engine.status();
  EXPECT_EQ(status.message, "paused at step 21");
  EXPECT_EQ(status.clock, (EpochClock{ 20, 20, 2 }));
  EXPECT_EQ(status.totalSteps, 60) << "2 epochs of 10 steps, 2 of 20";
  EXPECT_EQ(status.epoch, 2.05);

  trainToEnd(engine);
  status = engine.status();
  EXPECT_EQ(status.step, 60);
  EXPECT_EQ(status.epoch, 4.0);
  std::vector<std::int64_t> steps;
  for (const Evaluation& evaluation : engine.evaluations())
  {
    steps.push_back(evaluation.step);
  }
  EXPECT_EQ(steps, (std::vector<std::int64_t>{ 10, 15, 20, 40, 60 })) << "15 was asked for";
}

TEST(BatchSize, ANewerWishTakesThePlaceOfTheOlder)
{
  EngineImpl engine(fakeBackend({}));
  const TrainerOptions options = shortTraining();
  engine.configure(options);
  expectDone(engine, engine.advance(15));
  engine.configure(with(options, 50));
  expectDone(engine, engine.advance(1));
  EXPECT_TRUE(waits(engine));
  engine.configure(with(options, 200));
  expectDone(engine, engine.advance(5));
  EXPECT_EQ(engine.status().clock, (EpochClock{ 5, 20, 2 }));
  engine.configure(with(options, 50));
  expectDone(engine, engine.advance(1));
  EXPECT_NE(engine.status().message.find("; batch size 50 from epoch 3 on"), std::string::npos);
  engine.configure(with(options, 200)); // what is in force
  expectDone(engine, engine.advance(5));
  EXPECT_EQ(engine.status().message, "paused at step 27");
  EXPECT_EQ(engine.status().clock, (EpochClock{ 5, 20, 2 }));
}

TEST(BatchSize, WhatIsNotAllowedChangesNothing)
{
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options = shortTraining();
  options.microBatchSize = 60;
  engine.configure(options);
  expectDone(engine, engine.advance(15));
  for (const auto& [size, reason] :
    std::vector<std::pair<int, std::string>>{ { 0, "BatchSize is 0, but must be at least 1" },
      { 1001, "BatchSize is 1001, but must be at most the number of training images, 1000" },
      { 50, "MicroBatchSize is 60, but must be at most BatchSize (50)" } })
  {
    engine.configure(with(options, size));
    expectDone(engine, engine.evaluate());
    EXPECT_EQ(engine.status().warning, reason + "; the values before it stay in force");
    EXPECT_EQ(engine.status().message, "paused at step 15");
  }
  expectDone(engine, engine.advance(6));
  EXPECT_EQ(engine.status().clock, EpochClock{ 10 });
}

TEST(BatchSize, IsInForceAtOnceBeforeTheFirstStep)
{
  const TemporaryFolder folder;
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options = shortTraining(folder / "run.tvr");
  options.snapshotInterval = 10;
  engine.configure(options);
  expectDone(engine, engine.prepare());
  const std::int64_t bytes = engine.status().expectedBytes;
  engine.configure(with(options, 50));
  expectDone(engine, engine.prepare());
  EXPECT_EQ(engine.status().totalSteps, 80);
  EXPECT_EQ(engine.status().clock, EpochClock{ 20 });
  EXPECT_GT(engine.status().expectedBytes, bytes);
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().epoch, 0.05);
  EXPECT_FALSE(fs::exists(folder / "run.0001.tvr"));
}

TEST(BatchSize, IsRecordedInASegmentOfItsOwn)
{
  const TemporaryFolder folder;
  const std::string path = folder / "run.tvr";
  trainWithChange(shortTraining(path), 15, 50);
  const auto reader = RunReader::open(path);
  EXPECT_EQ(reader->layout().clock, (EpochClock{ 20, 20, 2 }));
  EXPECT_EQ(reader->layout().parentSegment, "run.tvr");
  EXPECT_EQ(reader->layout().parentStep, 20);
  EXPECT_EQ(nlohmann::json::parse(reader->layout().optionsJson)["batch_size"], 50);
  const StepTable metrics = reader->metrics();
  ASSERT_EQ(metrics.step.size(), 60U);
  const EpochClock before{ 10 };
  for (std::size_t row = 0; row < metrics.step.size(); ++row)
  {
    const std::int64_t step = metrics.step[row];
    EXPECT_EQ(metrics.epoch[row], (step <= 20 ? before : reader->layout().clock).epochOf(step));
  }
  const StepTable filters = reader->filterSeries("conv1/weight_norm");
  ASSERT_EQ(filters.step.size(), 12U);
  EXPECT_EQ(filters.epoch[3], 2.0);
  EXPECT_EQ(filters.epoch[4], 2.25);
  EXPECT_EQ(filters.epoch[11], 4.0);
  std::vector<nlohmann::json> events;
  for (const std::string& line : reader->jsonLines("events"))
  {
    const nlohmann::json event = nlohmann::json::parse(line);
    if (event["event"] == "batch size" || event["event"] == "hyperparameters")
    {
      events.push_back(event);
    }
  }
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["step"], 15) << "it was set";
  EXPECT_EQ(events[0]["batch_size"], 50);
  EXPECT_EQ(events[1].dump(), R"({"batch_size":50,"epoch":2,"event":"batch size","step":20})");
}

TEST(BatchSize, AResumedRunGoesOnAsIfNeverStopped)
{
  const TemporaryFolder folder;
  trainWithChange(shortTraining(folder / "whole.tvr"), 15, 50);
  // Stopped while the change waits, at the epoch's end, and after it.
  for (const std::int64_t stop : { 17, 20, 27 })
  {
    const std::string name = "cut" + std::to_string(stop);
    const std::string path = folder / (name + ".tvr");
    {
      EngineImpl engine(fakeBackend({}));
      const TrainerOptions options = shortTraining(path);
      engine.configure(options);
      expectDone(engine, engine.advance(15));
      engine.configure(with(options, 50));
      expectDone(engine, engine.advance(stop - 15));
    }
    EngineImpl engine(fakeBackend({}));
    engine.configure(resuming(path));
    expectDone(engine, engine.prepare());
    EXPECT_EQ(engine.status().step, stop);
    EXPECT_EQ(engine.status().clock, stop < 20 ? EpochClock{ 10 } : (EpochClock{ 20, 20, 2 }));
    EXPECT_EQ(waits(engine), stop < 20);
    trainToEnd(engine);
    expectSameRuns(folder / "whole.tvr", path);
    EXPECT_EQ(lastState(folder, "whole"), lastState(folder, name));
  }
}

TEST(BatchSize, AResumedRunMayHaveAnother)
{
  const TemporaryFolder folder;
  trainWithChange(shortTraining(folder / "whole.tvr"), 15, 50);
  // From the end of the second epoch, and from the middle of it.
  for (const std::int64_t stop : { 20, 13 })
  {
    const std::string name = "branch" + std::to_string(stop);
    const std::string path = folder / (name + ".tvr");
    {
      EngineImpl engine(fakeBackend({}));
      engine.configure(shortTraining(path));
      expectDone(engine, engine.advance(stop));
    }
    TrainerOptions other = with(resuming(path), 50);
    other.given = { "batch_size" };
    EngineImpl engine(fakeBackend({}));
    engine.configure(other);
    expectDone(engine, engine.prepare());
    EXPECT_NE(engine.status().message.find("BatchSize 50 (it was 100)"), std::string::npos);
    trainToEnd(engine);
    expectSameRuns(folder / "whole.tvr", path);
    EXPECT_EQ(lastState(folder, "whole"), lastState(folder, name));
  }
}

TEST(BatchSize, ARunThatHadEndedGoesOnByItsOwnEpochs)
{
  const TemporaryFolder folder;
  const std::string path = folder / "run.tvr";
  trainWithChange(shortTraining(path), 15, 50);
  TrainerOptions further = resuming(path);
  further.epochs = 5;
  EngineImpl engine(fakeBackend({}));
  engine.configure(further);
  trainToEnd(engine);
  EXPECT_EQ(engine.status().step, 80);
  EXPECT_EQ(engine.status().epoch, 5.0);
}

TEST(BatchSize, UndoAndRedoGoToTheClockOfThen)
{
  const TemporaryFolder folder;
  EngineImpl engine(fakeBackend({}));
  const TrainerOptions options = shortTraining(folder / "run.tvr");
  engine.configure(options);
  expectDone(engine, engine.advance(15));
  EditRequest request;
  request.layer = "conv1";
  request.slots = { 1 };
  expectDone(engine, engine.applyEdit(request));
  engine.configure(with(options, 50));
  expectDone(engine, engine.advance(10));
  EXPECT_EQ(engine.status().clock, (EpochClock{ 20, 20, 2 }));

  expectDone(engine, engine.undoEdit());
  EngineStatus status = engine.status();
  EXPECT_EQ(status.step, 15);
  EXPECT_EQ(status.epoch, 1.5);
  EXPECT_EQ(status.clock, EpochClock{ 10 });
  EXPECT_EQ(status.totalSteps, 40);
  EXPECT_TRUE(waits(engine)) << "what is set comes into force again: " << status.message;
  expectDone(engine, engine.redoEdit());
  status = engine.status();
  EXPECT_EQ(status.step, 25);
  EXPECT_EQ(status.clock, (EpochClock{ 20, 20, 2 }));
  EXPECT_EQ(status.totalSteps, 60);
  EXPECT_FALSE(waits(engine));

  expectDone(engine, engine.undoEdit());
  trainToEnd(engine);
  EXPECT_EQ(engine.status().step, 60);
  // As if there had been no edit.
  trainWithChange(shortTraining(folder / "plain.tvr"), 15, 50);
  expectSameRuns(folder / "plain.tvr", folder / "run.tvr");
}

TEST(BatchSize, ACheckpointThatIsLoadedBringsItsOwn)
{
  const TemporaryFolder folder;
  EngineImpl engine(fakeBackend({}));
  const TrainerOptions options = shortTraining();
  engine.configure(options);
  expectDone(engine, engine.advance(15));
  expectDone(engine, engine.saveCheckpoint(folder / "fifteen"));
  engine.configure(with(options, 50));
  expectDone(engine, engine.advance(30));
  EXPECT_EQ(engine.status().epoch, 3.25);
  expectDone(engine, engine.loadCheckpoint(folder / "fifteen"));
  EXPECT_EQ(engine.status().epoch, 1.5);
  EXPECT_TRUE(waits(engine)) << engine.status().message;
  expectDone(engine, engine.advance(6));
  EXPECT_EQ(engine.status().epoch, 2.05);
}

TEST(BatchSize, ChangesInATrainingThatDoesNotStop)
{
  FakeSettings settings;
  settings.stepMicroseconds = 100;
  EngineImpl engine(fakeBackend(settings));
  TrainerOptions options = shortTraining();
  options.epochs = 1000000;
  engine.configure(options);
  expectDone(engine, engine.start());
  for (const int size : { 50, 20, 500, 100, 250 })
  {
    engine.configure(with(options, size));
    while (engine.status().clock.stepsPerEpoch != 1000 / size)
    {
      expectDone(engine, engine.evaluate());
    }
  }
  expectDone(engine, engine.pause());
  const EngineStatus status = engine.status();
  EXPECT_EQ(status.epoch, status.clock.epochOf(status.step));
  EXPECT_EQ(status.totalSteps, status.clock.stepAtEpoch(1000000));
}
