// Trainings that go on from a checkpoint that is named.

#include "DurableFile.h"
#include "EngineImpl.h"
#include "FakeModel.h"
#include "ResumePoint.h"
#include "RunReader.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

using namespace tensorview;
namespace fs = std::filesystem;

namespace
{
/// 10 steps an epoch, 4 epochs, a checkpoint every 5 steps.
TrainerOptions recorded(const std::string& path)
{
  TrainerOptions options;
  options.epochs = 4;
  options.snapshotInterval = 5;
  options.checkpointInterval = 5;
  options.recordFile = path;
  return options;
}

TrainerOptions resuming(const std::string& what, const std::string& recordFile = "")
{
  TrainerOptions options;
  options.resume = what;
  options.recordFile = recordFile;
  return options;
}

void expectDone(const Engine& engine, std::int64_t id)
{
  const CommandStatus status = engine.waitFor(id, 60.0);
  EXPECT_EQ(toString(status.state), std::string("done")) << status.reason;
}

std::string reasonFor(const TrainerOptions& options)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(options);
  const CommandStatus status = engine.waitFor(engine.prepare(), 60.0);
  EXPECT_EQ(status.state, CommandState::Failed);
  return status.reason;
}

/// Trains so many steps, then the engine goes.
void train(const TrainerOptions& options, std::int64_t steps)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(options);
  expectDone(engine, engine.advance(steps));
}

/// Records run.tvr up to step 20, with checkpoints of steps 15 and 20; the recorder takes the
/// newest that it finds, so it gets time for each.
std::string trainTwentySteps(const TemporaryFolder& folder)
{
  std::string path = folder / "run.tvr";
  EngineImpl engine(fakeBackend({}));
  engine.configure(recorded(path));
  for (const char* file : { "run.checkpoint-00000005.pt", "run.checkpoint-00000010.pt",
         "run.checkpoint-00000015.pt", "run.checkpoint-00000020.pt" })
  {
    expectDone(engine, engine.advance(5));
    while (!fs::exists(folder / file))
    {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return path;
}

std::vector<float> weightsAt(const RunReader& reader, std::int64_t step)
{
  const TensorValues values = reader.readTensor(0, reader.snapshotIndexAt(double(step)));
  return { values.data.get(), values.data.get() + values.shape.size() };
}

bool hasEvent(const RunReader& reader, const std::string& text)
{
  const std::vector<std::string> events = reader.jsonLines("events");
  return std::any_of(events.begin(), events.end(),
    [&](const std::string& event) { return event.find(text) != std::string::npos; });
}
}

TEST(Branch, RunsAndCheckpointsByName)
{
  EXPECT_EQ(parseResume("a/run.tvr").run, "a/run.tvr");
  EXPECT_FALSE(parseResume("a/run.tvr").step);
  EXPECT_EQ(parseResume("a/run.tvr@20").run, "a/run.tvr");
  EXPECT_EQ(parseResume("a/run.tvr@20").step, 20);
  EXPECT_EQ(parseResume("a/run.checkpoint-00000550.pt").run, "a/run.tvr");
  EXPECT_EQ(parseResume("a/run.checkpoint-00000550.pt").step, 550);
  for (const char* plain : { "", "@", "me@home/run.tvr", "run.tvr@", "run.tvr@x", "run.tvr@-3",
         "run.tvr@1234567890123456789", ".checkpoint-1.pt", "run.checkpoint-.pt" })
  {
    EXPECT_EQ(parseResume(plain).run, plain);
    EXPECT_FALSE(parseResume(plain).step) << plain;
  }
  const TemporaryFolder folder;
  writeFile(folder / "run.tvr@20", "a file of that very name");
  EXPECT_FALSE(parseResume(folder / "run.tvr@20").step);
}

TEST(Branch, GoesOnFromAnEarlierCheckpointOfTheSameRun)
{
  const TemporaryFolder folder;
  const std::string path = trainTwentySteps(folder);
  TrainerOptions slower = resuming(path + "@15");
  slower.learningRate = 0.001;
  slower.given = { "learning_rate" };
  {
    EngineImpl engine(fakeBackend({}));
    engine.configure(slower);
    expectDone(engine, engine.advance(10));
    EXPECT_EQ(engine.status().step, 25);
    EXPECT_EQ(engine.status().learningRate, 0.001F);
    EXPECT_EQ(engine.metrics().step.size(), 25U) << "with the history before it";
  }
  const auto reader = RunReader::open(path);
  EXPECT_EQ(reader->stepCount(), 25U);
  EXPECT_EQ(reader->layout().parentStep, 15);
  EXPECT_EQ(reader->layout().parentSegment, "run.tvr");
  ASSERT_EQ(reader->branches(), (std::vector<std::string>{ "run.tvr", "run.0001.tvr" }));
  const auto left = RunReader::open(path, "run.tvr");
  EXPECT_EQ(left->stepCount(), 20U) << "what was trained before stays";
  EXPECT_EQ(weightsAt(*reader, 15), weightsAt(*left, 15));
  EXPECT_NE(weightsAt(*reader, 20), weightsAt(*left, 20));
}

TEST(Branch, ANewRunNamesItsParent)
{
  const TemporaryFolder folder;
  fs::create_directory(folder / "other");
  const std::string parent = trainTwentySteps(folder);
  const std::string bytes = readWhole(parent);
  const std::string path = folder / "other/branch.tvr";
  TrainerOptions options = resuming(folder / "run.checkpoint-00000015.pt", path);
  options.optimizer = "adam";
  options.given = { "optimizer" };
  train(options, 10);
  EXPECT_EQ(readWhole(parent), bytes) << "the parent stays as it is";
  EXPECT_FALSE(fs::exists(folder / "run.0001.tvr"));

  const auto reader = RunReader::open(path);
  EXPECT_EQ(reader->layout().parentRun, "../run.tvr");
  EXPECT_EQ(reader->layout().parentRunStep, 15);
  EXPECT_EQ(reader->layout().parentSegment, "");
  EXPECT_EQ(reader->branches(), std::vector<std::string>{ "branch.tvr" });
  EXPECT_EQ(reader->steps().front(), 16);
  EXPECT_EQ(reader->steps().back(), 25);
  EXPECT_EQ(reader->snapshotSteps().front(), 15);
  EXPECT_EQ(weightsAt(*reader, 15), weightsAt(*RunReader::open(parent), 15));
  EXPECT_TRUE(hasEvent(*reader, R"("event":"branch","step":15)"));
  EXPECT_TRUE(fs::exists(folder / "other/branch.checkpoint-00000025.pt"));
  fs::remove(parent);
  EXPECT_EQ(RunReader::open(path)->stepCount(), 10U) << "readable without its parent";
}

TEST(Branch, ARunIsNotReplacedByABranchOfItself)
{
  const TemporaryFolder folder;
  const std::string path = trainTwentySteps(folder);
  fs::create_directory(folder / "other");
  TrainerOptions options = resuming(path + "@15", folder / "other/../run.tvr");
  options.overwrite = true;
  train(options, 1);
  EXPECT_EQ(RunReader::open(path, "run.tvr")->stepCount(), 20U) << "a segment of its own instead";
  EXPECT_TRUE(fs::exists(folder / "run.0001.tvr"));
}

TEST(Branch, ANewRunIsResumedAndEditedLikeOthers)
{
  const TemporaryFolder folder;
  train(recorded(folder / "run.tvr"), 10);
  const std::string path = folder / "branch.tvr";
  {
    EngineImpl engine(fakeBackend({}));
    engine.configure(resuming(std::string(folder / "run.tvr") + "@10", path));
    expectDone(engine, engine.advance(3));
    EditRequest request;
    request.layer = "conv1";
    request.slots = { 1 };
    expectDone(engine, engine.applyEdit(request));
    expectDone(engine, engine.advance(2));
    expectDone(engine, engine.undoEdit());
    EXPECT_EQ(engine.status().step, 13);
    expectDone(engine, engine.advance(1));
  }
  EXPECT_EQ(RunReader::open(path)->layout().parentRun, "") << "only the root's";
  EXPECT_EQ(RunReader::open(path, "branch.tvr")->layout().parentRun, "run.tvr");
  train(resuming(path), 2);
  const auto reader = RunReader::open(path);
  EXPECT_EQ(reader->steps().front(), 11);
  EXPECT_EQ(reader->steps().back(), 16);
}

TEST(Branch, FromACheckpointThatAnUndoHasLeft)
{
  const TemporaryFolder folder;
  const std::string path = folder / "run.tvr";
  {
    EngineImpl engine(fakeBackend({}));
    engine.configure(recorded(path));
    expectDone(engine, engine.advance(13));
    EditRequest request;
    request.layer = "conv1";
    request.slots = { 1 };
    expectDone(engine, engine.applyEdit(request));
    expectDone(engine, engine.advance(3)); // a checkpoint of step 15, with three filters
    while (!fs::exists(folder / "run.checkpoint-00000015.pt"))
    {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    expectDone(engine, engine.undoEdit()); // and one of step 13
  }
  ASSERT_TRUE(fs::exists(folder / "run.checkpoint-00000015.pt"));
  EngineImpl engine(fakeBackend({}));
  engine.configure(resuming(path + "@15"));
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().step, 16);
  EXPECT_EQ(engine.snapshot()->tensors.at(0).slot.size(), 3U);
  expectDone(engine, engine.stop());
  const auto reader = RunReader::open(path);
  EXPECT_EQ(reader->layout().parentSegment, "run.0001.tvr");
  EXPECT_EQ(reader->steps().back(), 16);
  EXPECT_EQ(reader->readTensor(0, reader->snapshotIndexAt(16.0)).slot.size(), 3U);
}

TEST(Branch, RefusalsNameWhatThereIs)
{
  const TemporaryFolder folder;
  const std::string path = trainTwentySteps(folder);
  const std::string none = reasonFor(resuming(path + "@7"));
  EXPECT_NE(none.find("no checkpoint of step 7"), std::string::npos) << none;
  EXPECT_NE(none.find("15, 20"), std::string::npos) << none;
  EXPECT_NE(reasonFor(resuming(folder / "none.tvr@7")).find("none.tvr"), std::string::npos);
  const std::string unnamed = reasonFor(resuming(path, folder / "other.tvr"));
  EXPECT_NE(unnamed.find("run.tvr@1080"), std::string::npos) << unnamed;
  writeFile(folder / "taken.tvr", "something");
  EngineImpl engine(fakeBackend({}));
  engine.configure(resuming(path + "@15", folder / "taken.tvr"));
  const CommandStatus status = engine.waitFor(engine.start(), 60.0);
  EXPECT_EQ(status.state, CommandState::Failed);
  EXPECT_NE(status.reason.find("taken.tvr"), std::string::npos) << status.reason;
  EXPECT_EQ(readWhole(folder / "taken.tvr"), "something");
}
