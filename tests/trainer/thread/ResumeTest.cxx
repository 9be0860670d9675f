#include "DurableFile.h"
#include "EngineImpl.h"
#include "FakeModel.h"
#include "ResumePoint.h"
#include "RunReader.h"
#include "RunWriter.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <functional>

#include <sys/resource.h>

using namespace tensorview;
namespace fs = std::filesystem;

namespace
{
/// 10 steps an epoch, 3 epochs.
TrainerOptions recorded(const std::string& path)
{
  TrainerOptions options;
  options.epochs = 3;
  options.snapshotInterval = 7;
  options.filterInterval = 5;
  options.recordFile = path;
  return options;
}

TrainerOptions resuming(const std::string& path)
{
  TrainerOptions options; // all else comes from the run
  options.epochs = 1;
  options.resume = path;
  return options;
}

void expectDone(const Engine& engine, std::int64_t id)
{
  const CommandStatus status = engine.waitFor(id, 60.0);
  EXPECT_EQ(status.state, CommandState::Done) << status.reason;
}

std::string expectFailed(const Engine& engine, std::int64_t id)
{
  const CommandStatus status = engine.waitFor(id, 60.0);
  EXPECT_EQ(status.state, CommandState::Failed);
  return status.reason;
}

/// Starts, waits for the end and returns the last status.
EngineStatus train(const TrainerOptions& options)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(options);
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  return engine.status();
}

/// Trains `steps` and then the engine goes away, as when ParaView is closed.
void trainPartly(const TrainerOptions& options, std::int64_t steps)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(options);
  expectDone(engine, engine.advance(steps));
}

std::vector<float> tensorAt(const RunReader& reader, std::size_t tensor, std::int64_t step)
{
  const TensorValues values =
    reader.readTensor(tensor, reader.snapshotIndexAt(static_cast<double>(step)));
  return { values.data.get(), values.data.get() + values.shape.size() };
}

/// Both runs have the same rows, evaluations and, at `steps`, the same tensors.
void expectSameRuns(
  const std::string& a, const std::string& b, const std::vector<std::int64_t>& steps)
{
  const auto one = RunReader::open(a);
  const auto two = RunReader::open(b);
  EXPECT_EQ(one->metrics().step, two->metrics().step);
  EXPECT_EQ(one->metrics().values, two->metrics().values);
  EXPECT_EQ(one->coordinates("conv1", { 0, 3 }).values, two->coordinates("conv1", { 0, 3 }).values);
  EXPECT_EQ(one->statistics(1).values, two->statistics(1).values);
  EXPECT_EQ(
    one->filterSeries("fc1/weight_norm").values, two->filterSeries("fc1/weight_norm").values);
  ASSERT_EQ(one->evaluations(true).size(), two->evaluations(true).size());
  for (std::size_t i = 0; i < one->evaluations().size(); ++i)
  {
    EXPECT_EQ(one->evaluations(true)[i].loss, two->evaluations(true)[i].loss);
    EXPECT_EQ(one->evaluations(true)[i].predicted, two->evaluations(true)[i].predicted);
  }
  for (const std::int64_t step : steps)
  {
    for (std::size_t tensor = 0; tensor < one->model().tensors.size(); ++tensor)
    {
      EXPECT_EQ(tensorAt(*one, tensor, step), tensorAt(*two, tensor, step))
        << "tensor " << tensor << " at step " << step;
    }
  }
}
}

TEST(Recording, ARunIsRecordedWhole)
{
  const TemporaryFolder folder;
  const std::string path = folder / "run.tvr";
  const EngineStatus status = train(recorded(path));
  EXPECT_EQ(status.state, TrainingState::Finished);
  EXPECT_EQ(status.recordFile, "") << "not recording any more";
  EXPECT_FALSE(status.recordFailed);
  EXPECT_EQ(status.droppedRows, 0);
  const auto reader = RunReader::open(path);
  EXPECT_EQ(reader->stepCount(), 30U);
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 0, 7, 14, 21, 28, 30 }));
  EXPECT_EQ(reader->filterSeries("conv1/weight_norm").step,
    (std::vector<std::int64_t>{ 5, 10, 15, 20, 25, 30 }));
  EXPECT_EQ(reader->evaluations().size(), 3U);
  EXPECT_EQ(reader->layout().threads, 1);
  EXPECT_EQ(reader->layout().clock.stepsPerEpoch, 10);
  EXPECT_EQ(reader->layout().snapshotInterval, 7);
  std::string events;
  for (const std::string& line : reader->jsonLines("events"))
  {
    events += line + "\n";
  }
  EXPECT_NE(events.find(R"({"event":"test","step":30)"), std::string::npos) << events;
  EXPECT_NE(events.find("run.checkpoint-00000030.pt"), std::string::npos) << events;
  EXPECT_TRUE(fs::exists(folder / "run.checkpoint-00000030.pt"));
  const auto checkpoints = std::count_if(fs::directory_iterator(folder.path()),
    fs::directory_iterator(), [](const auto& entry) { return entry.path().extension() == ".pt"; });
  EXPECT_LE(checkpoints, 2) << "only the newest two stay";
}

TEST(Recording, TheStepStoppedAtIsWhole)
{
  const TemporaryFolder folder;
  trainPartly(recorded(folder / "run.tvr"), 17);
  const auto reader = RunReader::open(folder / "run.tvr");
  ASSERT_EQ(reader->snapshotSteps().back(), 17);
  for (std::size_t tensor = 0; tensor < reader->model().tensors.size(); ++tensor)
  {
    for (const float value : tensorAt(*reader, tensor, 17))
    {
      ASSERT_FALSE(std::isnan(value)) << "tensor " << tensor;
    }
  }
}

TEST(Recording, SnapshotsThatFindNoMemoryAreCountedAndNeitherTheFirstNorTheLast)
{
  const TemporaryFolder folder;
  TrainerOptions options = recorded(folder / "run.tvr");
  options.snapshotInterval = 1;
  options.snapshotMemory = 1; // MiB, of which a snapshot takes more than three
  FakeSettings settings;
  settings.large = true;
  EngineImpl engine(fakeBackend(settings));
  engine.configure(options);
  expectDone(engine, engine.prepare());
  std::vector<std::shared_ptr<const NetworkSnapshot>> held = { engine.snapshot() };
  expectDone(engine, engine.advance(1));
  held.push_back(engine.snapshot());
  expectDone(engine, engine.advance(5));
  EXPECT_EQ(engine.status().droppedSnapshots, 4);
  EXPECT_EQ(engine.snapshot()->step, 6) << "the one to pause at is shown";
  held.clear();
  expectDone(engine, engine.advance(2));
  expectDone(engine, engine.stop());
  const auto reader = RunReader::open(folder / "run.tvr");
  const std::vector<std::int64_t> steps = reader->snapshotSteps();
  EXPECT_EQ(std::vector<std::int64_t>(steps.begin(), steps.begin() + 3),
    (std::vector<std::int64_t>{ 0, 1, 6 }));
  EXPECT_EQ(steps.back(), 8);
  const std::vector<std::string> events = reader->jsonLines("events");
  EXPECT_TRUE(std::any_of(events.begin(), events.end(),
    [](const std::string& event)
    { return event.find(R"("rows":0,"snapshots":)") != std::string::npos; }));
}

TEST(Recording, TheExpectedSizeIsToldBefore)
{
  const TemporaryFolder folder;
  TrainerOptions options = recorded(folder / "run.tvr");
  EngineImpl engine(fakeBackend({}));
  engine.configure(options);
  expectDone(engine, engine.prepare());
  const EngineStatus ready = engine.status();
  EXPECT_GT(ready.expectedBytes, 10000);
  EXPECT_NE(ready.recordMessage.find("run.tvr"), std::string::npos);
  options.snapshotInterval = 1;
  engine.configure(options);
  expectDone(engine, engine.pause()); // a command, so that the worker has looked
  EXPECT_GT(engine.status().expectedBytes, ready.expectedBytes);
  writeFile(folder / "run.tvr", "something");
  engine.configure(options);
  expectDone(engine, engine.pause());
  EXPECT_NE(engine.status().recordMessage.find("Overwrite"), std::string::npos);
}

TEST(Recording, AnExistingFileIsRefusedAndTheNetworkKept)
{
  const TemporaryFolder folder;
  writeFile(folder / "run.tvr", "something");
  TrainerOptions options = recorded(folder / "run.tvr");
  EngineImpl engine(fakeBackend({}));
  engine.configure(options);
  const std::string reason = expectFailed(engine, engine.start());
  EXPECT_NE(reason.find("run.tvr"), std::string::npos) << reason;
  EXPECT_EQ(engine.status().state, TrainingState::Ready);
  EXPECT_EQ(engine.status().message, reason);
  EXPECT_EQ(readWhole(folder / "run.tvr"), "something");
  options.recordFile = folder / "other.tvr";
  engine.configure(options);
  expectDone(engine, engine.advance(2));
  expectDone(engine, engine.stop());
  EXPECT_EQ(RunReader::open(folder / "other.tvr")->stepCount(), 2U);
}

TEST(Recording, AfterStopAFreshRunNeedsAFreshFile)
{
  const TemporaryFolder folder;
  TrainerOptions options = recorded(folder / "run.tvr");
  EngineImpl engine(fakeBackend({}));
  engine.configure(options);
  expectDone(engine, engine.advance(2));
  expectDone(engine, engine.stop());
  EXPECT_NE(expectFailed(engine, engine.start()).find("exists"), std::string::npos);
  options.overwrite = true;
  engine.configure(options);
  expectDone(engine, engine.advance(1));
  expectDone(engine, engine.stop());
  EXPECT_EQ(RunReader::open(folder / "run.tvr")->stepCount(), 1U);
}

TEST(Recording, AVanishedFileStopsTheRecordingNotTheTraining)
{
  const TemporaryFolder folder;
  fs::create_directory(folder / "runs");
  FakeSettings settings;
  settings.stepMicroseconds = 1000;
  settings.imagesPerEpoch = 100000000;
  EngineImpl engine(fakeBackend(settings));
  engine.configure(recorded(folder / "runs/run.tvr"));
  expectDone(engine, engine.advance(5));
  fs::remove_all(folder / "runs");
  expectDone(engine, engine.start());
  while (!engine.status().recordFailed)
  {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(engine.status().state, TrainingState::Running);
  EXPECT_NE(engine.status().recordMessage.find("is gone"), std::string::npos);
  EXPECT_EQ(engine.status().recordFile, "");
  expectDone(engine, engine.advance(3));
  EXPECT_EQ(engine.status().state, TrainingState::Paused);
}

TEST(Recording, UntrackedCoordinatesComeFromTheFile)
{
  const TemporaryFolder folder;
  EngineImpl engine(fakeBackend({}));
  engine.configure(recorded(folder / "run.tvr"));
  expectDone(engine, engine.advance(25));
  // Flushed at least when the next checkpoint, at step 20, was written.
  while (!fs::exists(folder / "run.checkpoint-00000020.pt"))
  {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const CoordinateHistory history = engine.coordinates("conv1", { 20 }, 0, 1000);
  EXPECT_FALSE(history.everyStep);
  ASSERT_GE(history.step.size(), 3U);
  EXPECT_EQ(history.step[1], 7);
}

TEST(Recording, TrackedWeightsThatWentFromMemoryComeFromTheFile)
{
  const TemporaryFolder folder;
  TrainerOptions options = recorded(folder / "run.tvr");
  options.snapshotMemory = 1; // MiB: 3 times 1,024 steps of tracked weights
  options.maximumSteps = 4200;
  options.snapshotInterval = 1000;
  options.evaluationInterval = options.checkpointInterval = 4200;
  for (const bool recording : { true, false })
  {
    options.recordFile = recording ? folder / "run.tvr" : "";
    EngineImpl engine(fakeBackend({}));
    engine.configure(options);
    expectDone(engine, engine.start());
    EXPECT_TRUE(engine.waitUntilStill(60.0));
    const CoordinateHistory history = engine.coordinates("conv1", { 0, 3 }, 100, 5000);
    EXPECT_TRUE(history.everyStep);
    EXPECT_EQ(history.step.back(), 4200);
    EXPECT_EQ(history.step.size(), recording ? 4101U : 2152U);
    EXPECT_TRUE(std::is_sorted(history.step.begin(), history.step.end()));
    EXPECT_EQ(history.values.size(), 2 * history.step.size());
    EXPECT_EQ(engine.status().warning.find("not in memory") != std::string::npos, !recording);
  }
}

TEST(Resume, GoesOnAsIfNeverStopped)
{
  const TemporaryFolder folder;
  train(recorded(folder / "whole.tvr"));
  trainPartly(recorded(folder / "run.tvr"), 17);
  EXPECT_TRUE(fs::exists(folder / "run.checkpoint-00000017.pt"));

  EngineImpl engine(fakeBackend({}));
  engine.configure(resuming(folder / "run.tvr"));
  expectDone(engine, engine.prepare());
  EXPECT_EQ(engine.status().step, 17);
  EXPECT_EQ(engine.snapshot()->step, 17);
  EXPECT_EQ(engine.metrics().step.size(), 17U) << "what went before is shown";
  EXPECT_EQ(engine.evaluations().size(), 1U);
  EXPECT_EQ(engine.coordinates("conv1", { 0 }, 0, 100).step.size(), 17U);
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  EXPECT_EQ(engine.status().state, TrainingState::Finished);
  EXPECT_EQ(engine.status().step, 30);
  EXPECT_EQ(engine.metrics().step.size(), 30U);
  EXPECT_TRUE(fs::exists(folder / "run.0001.tvr"));
  EXPECT_TRUE(fs::exists(folder / "run.checkpoint-00000030.pt"));
  const auto reader = RunReader::open(folder / "run.0001.tvr");
  EXPECT_EQ(reader->layout().parentSegment, "run.tvr");
  EXPECT_EQ(reader->layout().parentStep, 17);
  expectSameRuns(folder / "whole.tvr", folder / "run.tvr", { 0, 14, 21, 28, 30 });
}

TEST(Resume, EventsOfStrangersThatMakeNoSenseAreLeftOut)
{
  const TemporaryFolder folder;
  TrainerOptions options;
  options.resume = folder / "run.tvr";
  {
    RunLayout layout;
    layout.model.tensors = { { 1, "conv1", kinds::weight, { 1, 1, 1, 1 }, -1 } };
    layout.model.layers = { { 1, "conv1", "convolution", {} } };
    const auto writer = RunWriter::create(options.resume, layout);
    for (const char* line :
      { R"({"event":5})", R"([1])", R"({"event":"checkpoint","file":"run.tvr"})",
        R"({"event":"checkpoint","step":1e30,"file":"run.tvr"})",
        R"({"event":"checkpoint","step":1,"first_epoch":-1e30,"file":"run.tvr"})",
        R"({"event":"checkpoint","step":1,"file":7})" })
    {
      writer->appendJsonLine("events", line);
    }
    writer->close();
    ASSERT_EQ(writer->error(), "");
  }
  try
  {
    loadResumePoint(options);
    FAIL() << "nothing to go on from";
  }
  catch (const std::runtime_error& problem)
  {
    EXPECT_NE(std::string(problem.what()).find("none of its checkpoint files"), std::string::npos)
      << problem.what();
  }
}

TEST(Resume, MoreThanOnce)
{
  const TemporaryFolder folder;
  train(recorded(folder / "whole.tvr"));
  trainPartly(recorded(folder / "run.tvr"), 4);
  trainPartly(resuming(folder / "run.tvr"), 8);
  trainPartly(resuming(folder / "run.0001.tvr"), 1);
  const EngineStatus status = train(resuming(folder / "run.tvr"));
  EXPECT_EQ(status.step, 30);
  EXPECT_TRUE(fs::exists(folder / "run.0003.tvr"));
  expectSameRuns(folder / "whole.tvr", folder / "run.tvr", { 0, 7, 14, 21, 28, 30 });
}

TEST(Resume, KeepsWhatWasChangedWhileItRan)
{
  const TemporaryFolder folder;
  TrainerOptions options = recorded(folder / "run.tvr");
  {
    EngineImpl engine(fakeBackend({}));
    engine.configure(options);
    expectDone(engine, engine.advance(3));
    options.learningRate = 0.125;
    engine.configure(options);
    expectDone(engine, engine.advance(3));
  }
  EngineImpl engine(fakeBackend({}));
  engine.configure(resuming(folder / "run.tvr"));
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().learningRate, 0.125F);
  EXPECT_EQ(engine.status().totalSteps, 30);
}

TEST(Resume, KeepsItsHyperparametersUntilOthersAreAskedFor)
{
  const TemporaryFolder folder;
  TrainerOptions options = recorded(folder / "run.tvr");
  options.learningRate = 0.125;
  options.momentum = 0.25;
  trainPartly(options, 3);
  EngineImpl engine(fakeBackend({}));
  options = TrainerOptions();
  options.resume = folder / "run.tvr";
  engine.configure(options);
  expectDone(engine, engine.prepare());
  engine.configure(options); // as a session does before each command
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().learningRate, 0.125F);
  options.learningRate = 0.5;
  engine.configure(options);
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().learningRate, 0.5F);
  options.learningRate = TrainerOptions().learningRate;
  engine.configure(options);
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().learningRate, 0.01F) << "asked for, now that it was changed once";
  EXPECT_EQ(engine.status().warning, "");
  expectDone(engine, engine.stop());
  const auto events = RunReader::open(folder / "run.tvr")->jsonLines("events");
  EXPECT_NE(events.back().find(R"("momentum":0.25)"), std::string::npos) << events.back();
}

TEST(Resume, TakesWhatIsGivenAndTellsWhatIsNot)
{
  const TemporaryFolder folder;
  trainPartly(recorded(folder / "run.tvr"), 3);
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options;
  options.resume = folder / "run.tvr";
  options.learningRate = 0.5;
  options.epochs = 2;
  options.given = { "learning_rate", "epochs" };
  options.seed = 7;
  engine.configure(options);
  expectDone(engine, engine.prepare());
  const EngineStatus status = engine.status();
  EXPECT_EQ(status.totalSteps, 20);
  EXPECT_EQ(status.warning, "the resumed run keeps its own settings: Seed 1 (not 7)");
  EXPECT_NE(status.message.find("going on from step 3"), std::string::npos) << status.message;
  EXPECT_NE(status.message.find("LearningRate 0.5 (it was 0.01)"), std::string::npos);
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().learningRate, 0.5F);
  expectDone(engine, engine.stop());

  options.given.insert("seed");
  engine.configure(options);
  const std::string reason = expectFailed(engine, engine.start());
  EXPECT_NE(reason.find("Seed is 7, but the run has 1"), std::string::npos) << reason;
  EXPECT_NE(reason.find("run.tvr"), std::string::npos) << reason;
}

TEST(Resume, ACompleteRunNeedsMoreEpochs)
{
  const TemporaryFolder folder;
  train(recorded(folder / "run.tvr"));
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options = resuming(folder / "run.tvr");
  engine.configure(options);
  EXPECT_NE(
    expectFailed(engine, engine.start()).find("all its 30 steps are done"), std::string::npos);
  options.epochs = 4;
  engine.configure(options);
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  EXPECT_EQ(engine.status().step, 40);
  EXPECT_EQ(RunReader::open(folder / "run.tvr")->stepCount(), 40U);
}

TEST(Resume, RefusalsNameTheFileAndTheRemedy)
{
  const TemporaryFolder folder;
  const auto reasonFor = [](const TrainerOptions& options)
  {
    EngineImpl engine(fakeBackend({}));
    engine.configure(options);
    return expectFailed(engine, engine.prepare());
  };
  EXPECT_NE(reasonFor(resuming(folder / "none.tvr")).find("none.tvr"), std::string::npos);
  writeFile(folder / "text.tvr", "no run file");
  EXPECT_NE(reasonFor(resuming(folder / "text.tvr")).find("text.tvr"), std::string::npos);

  trainPartly(recorded(folder / "run.tvr"), 3);
  TrainerOptions elsewhere = resuming(folder / "run.tvr");
  elsewhere.recordFile = folder / "other.tvr";
  EXPECT_NE(reasonFor(elsewhere).find("leave RecordFile empty"), std::string::npos);
  writeFile(folder / "run.checkpoint-00000003.pt", "cut");
  EXPECT_EQ(reasonFor(resuming(folder / "run.tvr")), "not a pretended checkpoint");
  fs::remove(folder / "run.checkpoint-00000003.pt");
  EXPECT_NE(reasonFor(resuming(folder / "run.tvr")).find("CheckpointInterval"), std::string::npos);
}

TEST(Resume, ADivergedStateIsNoCheckpoint)
{
  const TemporaryFolder folder;
  TrainerOptions options = recorded(folder / "run.tvr");
  {
    EngineImpl engine(fakeBackend({}));
    engine.configure(options);
    expectDone(engine, engine.advance(12));
    options.learningRate = 11.0;
    engine.configure(options);
    expectDone(engine, engine.start());
    EXPECT_TRUE(engine.waitUntilStill(60.0));
  }
  EXPECT_FALSE(fs::exists(folder / "run.checkpoint-00000013.pt"));
  EngineImpl engine(fakeBackend({}));
  engine.configure(resuming(folder / "run.tvr"));
  expectDone(engine, engine.prepare());
  EXPECT_EQ(engine.status().step, 10);
}
