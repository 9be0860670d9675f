#include "DurableFile.h"
#include "EngineImpl.h"
#include "FakeModel.h"
#include "Gate.h"
#include "RunReader.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <thread>

using namespace tensorview;

namespace
{
/// 10 steps an epoch, 3 epochs.
TrainerOptions shortTraining()
{
  TrainerOptions options;
  options.epochs = 3;
  options.snapshotInterval = 7;
  return options;
}

CommandStatus wait(const Engine& engine, std::int64_t id)
{
  return engine.waitFor(id, 60.0);
}

void expectDone(const Engine& engine, std::int64_t id)
{
  const CommandStatus status = wait(engine, id);
  EXPECT_EQ(toString(status.state), std::string("done")) << status.reason;
}

std::string expectFailed(const Engine& engine, std::int64_t id)
{
  const CommandStatus status = wait(engine, id);
  EXPECT_EQ(toString(status.state), std::string("failed"));
  return status.reason;
}

std::vector<float> weights(const Engine& engine)
{
  const TensorValues& tensor = engine.snapshot()->tensors.at(0);
  return { tensor.data.get(), tensor.data.get() + tensor.shape.size() };
}

/// A model that waits at the gate when it begins that step.
FakeSettings heldAt(Gate& gate, std::int64_t heldStep)
{
  FakeSettings settings;
  settings.onStep = [&gate, heldStep](std::int64_t step)
  {
    if (step == heldStep)
    {
      gate.pass();
    }
  };
  return settings;
}
}

TEST(Engine, IsIdleAtFirst)
{
  EngineImpl engine(fakeBackend({}));
  EXPECT_EQ(engine.status().state, TrainingState::Idle);
  EXPECT_EQ(engine.snapshot(), nullptr);
  EXPECT_EQ(engine.model(), nullptr);
  EXPECT_TRUE(engine.metrics().step.empty());
  EXPECT_TRUE(engine.evaluations().empty());
  EXPECT_TRUE(engine.edits().empty());
  EXPECT_TRUE(engine.coordinates("conv1", { 0 }, 0, 100).step.empty());
  EXPECT_EQ(engine.latestCommand().id, 0);
  EXPECT_TRUE(engine.waitUntilStill(0.0));
}

TEST(Engine, PrepareShowsStepZero)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(shortTraining());
  expectDone(engine, engine.prepare());
  const EngineStatus status = engine.status();
  EXPECT_EQ(status.state, TrainingState::Ready);
  EXPECT_EQ(status.step, 0);
  EXPECT_EQ(status.totalSteps, 30);
  EXPECT_EQ(status.clock.stepsPerEpoch, 10);
  EXPECT_EQ(status.device, "cpu (pretended)");
  EXPECT_TRUE(std::isnan(status.loss));
  ASSERT_NE(engine.snapshot(), nullptr);
  EXPECT_EQ(engine.snapshot()->step, 0);
  EXPECT_NE(engine.snapshot()->tensors.at(2).data, nullptr) << "activations of the first batch";
  EXPECT_EQ(engine.model()->layers.size(), 2U);
  EXPECT_EQ(wait(engine, engine.prepare()).reason, "already prepared");
}

TEST(Engine, TrainsToTheEnd)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(shortTraining());
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  const EngineStatus status = engine.status();
  EXPECT_EQ(status.state, TrainingState::Finished);
  EXPECT_EQ(status.step, 30);
  EXPECT_EQ(status.epoch, 3.0);
  EXPECT_FALSE(std::isnan(status.testAccuracy));
  EXPECT_FALSE(std::isnan(status.validationAccuracy));
  EXPECT_EQ(engine.snapshot()->step, 30);
  const StepTable metrics = engine.metrics();
  ASSERT_EQ(metrics.step.size(), 30U);
  EXPECT_EQ(metrics.step.front(), 1);
  EXPECT_EQ(metrics.columns.at(0), "loss");
  EXPECT_EQ(metrics.values[29 * metrics.columns.size()], status.loss);
  ASSERT_EQ(engine.evaluations().size(), 3U);
  EXPECT_EQ(engine.evaluations()[1].step, 20);
  const CoordinateHistory tracked = engine.coordinates("fc1", { 1, 2 }, 0, 1000);
  EXPECT_TRUE(tracked.everyStep);
  EXPECT_EQ(tracked.step.size(), 30U);
}

TEST(Engine, AdvanceIsExact)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(shortTraining());
  expectDone(engine, engine.advance(3));
  EXPECT_EQ(engine.status().state, TrainingState::Paused);
  EXPECT_EQ(engine.status().step, 3);
  EXPECT_EQ(engine.snapshot()->step, 3) << "what is paused at is shown";
  EXPECT_NE(engine.snapshot()->tensors.at(2).data, nullptr) << "with its activations";
  const auto first = engine.advance(4);
  const auto second = engine.advance(5);
  expectDone(engine, first);
  expectDone(engine, second);
  EXPECT_EQ(engine.status().step, 12);
  EXPECT_NE(expectFailed(engine, engine.advance(0)).find("1 or more"), std::string::npos);
  expectDone(engine, engine.advance(1000));
  EXPECT_EQ(engine.status().state, TrainingState::Finished);
  EXPECT_EQ(engine.status().step, 30);
  EXPECT_NE(expectFailed(engine, engine.advance(1)).find("has ended"), std::string::npos);
}

TEST(Engine, PauseHoldsAndStartGoesOn)
{
  FakeSettings settings;
  settings.stepMicroseconds = 100;
  settings.imagesPerEpoch = 100000;
  EngineImpl engine(fakeBackend(settings));
  engine.configure(shortTraining());
  expectDone(engine, engine.start());
  expectDone(engine, engine.advance(1)); // surely a step has been done; and it pauses
  expectDone(engine, engine.start());
  expectDone(engine, engine.pause());
  const auto paused = engine.status();
  EXPECT_EQ(paused.state, TrainingState::Paused);
  EXPECT_EQ(engine.snapshot()->step, paused.step);
  EXPECT_NE(engine.snapshot()->tensors.at(2).data, nullptr)
    << "activations of a step that no one had asked for";
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(engine.status().step, paused.step);
  expectDone(engine, engine.advance(2));
  EXPECT_EQ(engine.status().step, paused.step + 2);
}

TEST(Engine, StopShowsTheLastStepWhole)
{
  FakeSettings settings;
  settings.stepMicroseconds = 100;
  settings.imagesPerEpoch = 100000;
  EngineImpl engine(fakeBackend(settings));
  TrainerOptions options = shortTraining();
  options.recordGradients = true;
  engine.configure(options);
  expectDone(engine, engine.start());
  while (engine.status().step < 3)
  {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  expectDone(engine, engine.stop());
  const auto snapshot = engine.snapshot();
  EXPECT_EQ(snapshot->step, engine.status().step);
  for (const TensorValues& tensor : snapshot->tensors)
  {
    EXPECT_NE(tensor.data, nullptr) << tensor.description.layer << ' ' << tensor.description.kind;
  }
}

TEST(Engine, PauseActsBetweenMicroBatchesAndChangesNothing)
{
  TrainerOptions options = shortTraining();
  options.microBatchSize = 10;
  Gate gate;
  const FakeSettings settings = heldAt(gate, 5);
  EngineImpl engine(fakeBackend(settings));
  engine.configure(options);
  expectDone(engine, engine.start());
  gate.waitReached();
  const auto pause = engine.pause();
  gate.open();
  expectDone(engine, pause);
  EXPECT_EQ(engine.status().step, 4) << "the step that was begun is given up";
  EXPECT_EQ(engine.snapshot()->step, 4);
  EXPECT_NE(engine.snapshot()->tensors.at(2).data, nullptr) << "with its activations";
  expectDone(engine, engine.advance(5));
  EngineImpl twin(fakeBackend({}));
  twin.configure(options);
  expectDone(twin, twin.advance(9));
  EXPECT_EQ(weights(engine), weights(twin)) << "and done again as if it had never been begun";
}

TEST(Engine, StopActsBetweenMicroBatches)
{
  TrainerOptions options = shortTraining();
  options.microBatchSize = 10;
  Gate gate;
  const FakeSettings settings = heldAt(gate, 5);
  EngineImpl engine(fakeBackend(settings));
  engine.configure(options);
  expectDone(engine, engine.start());
  gate.waitReached();
  const auto stop = engine.stop();
  gate.open();
  expectDone(engine, stop);
  EXPECT_EQ(engine.status().state, TrainingState::Finished);
  EXPECT_EQ(engine.snapshot()->step, 4);
  EXPECT_NE(engine.snapshot()->tensors.at(2).data, nullptr) << "with its activations";
}

TEST(Engine, PauseInterruptsAnAdvance)
{
  Gate gate;
  const FakeSettings settings = heldAt(gate, 5);
  EngineImpl engine(fakeBackend(settings));
  engine.configure(shortTraining());
  const auto advance = engine.advance(20);
  gate.waitReached();
  const auto pause = engine.pause();
  gate.open();
  expectDone(engine, pause);
  EXPECT_NE(expectFailed(engine, advance).find("interrupted at step 5"), std::string::npos);
}

TEST(Engine, AfterStopStartIsAFreshRunFromTheSeed)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(shortTraining());
  expectDone(engine, engine.advance(9));
  const std::vector<float> before = weights(engine);
  expectDone(engine, engine.stop());
  EXPECT_EQ(engine.status().state, TrainingState::Finished);
  EXPECT_EQ(engine.status().message, "stopped at step 9");
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  expectDone(engine, engine.start()); // and once more after the end
  expectDone(engine, engine.stop());
  expectDone(engine, engine.prepare());
  TrainerOptions other = shortTraining();
  other.seed = 2;
  engine.configure(other);
  expectDone(engine, engine.prepare());
  EXPECT_EQ(engine.status().state, TrainingState::Ready);
  expectDone(engine, engine.advance(9));
  EXPECT_NE(weights(engine), before);
  expectDone(engine, engine.stop());
  engine.configure(shortTraining());
  expectDone(engine, engine.start());
  expectDone(engine, engine.stop());
  EngineImpl twin(fakeBackend({}));
  twin.configure(shortTraining());
  expectDone(twin, twin.advance(9));
  EXPECT_EQ(weights(twin), before) << "same seed, same bytes";
}

TEST(Engine, HyperparametersActWhileItRuns)
{
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options = shortTraining();
  engine.configure(options);
  expectDone(engine, engine.advance(2));
  options.learningRate = 0.5;
  engine.configure(options);
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().learningRate, 0.5F);
  options.learningRate = -1.0;
  engine.configure(options);
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().learningRate, 0.5F);
  EXPECT_NE(engine.status().warning.find("LearningRate is -1"), std::string::npos);
  options.learningRate = 0.25;
  options.batchSize = 50; // from the next start
  engine.configure(options);
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().warning, "");
  EXPECT_EQ(engine.status().step, 5);
  EXPECT_EQ(engine.status().totalSteps, 30);
}

TEST(Engine, DivergingPausesAndSaysSo)
{
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options = shortTraining();
  engine.configure(options);
  expectDone(engine, engine.advance(2));
  options.learningRate = 11.0;
  engine.configure(options);
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  const EngineStatus status = engine.status();
  EXPECT_EQ(status.state, TrainingState::Paused);
  EXPECT_EQ(status.step, 3);
  EXPECT_NE(status.message.find("diverged"), std::string::npos);
  EXPECT_NE(status.message.find("at step 3"), std::string::npos);
  EXPECT_TRUE(std::isnan(status.loss));
  // Who wants to see where it goes starts it again.
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  EXPECT_EQ(engine.status().state, TrainingState::Finished);
  EXPECT_EQ(engine.status().step, 30);
}

TEST(Engine, ADivergedTrainingIsRecordedToItsEnd)
{
  TemporaryFolder folder;
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options = shortTraining();
  options.learningRate = 11.0;
  options.recordFile = folder / "run.tvr";
  engine.configure(options);
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  EXPECT_EQ(engine.status().step, 1);
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  EXPECT_FALSE(engine.status().recordFailed) << engine.status().recordMessage;
  const auto reader = RunReader::open(options.recordFile);
  EXPECT_EQ(reader->stepCount(), 30U);
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 0, 1, 7, 14, 21, 28, 30 }));
  EXPECT_TRUE(std::isnan(reader->metrics().values.at(0)));
  int told = 0;
  for (const std::string& event : reader->jsonLines("events"))
  {
    told += event.find("diverged") != std::string::npos ? 1 : 0;
    EXPECT_EQ(event.find("checkpoint"), std::string::npos) << "nothing to go on from";
  }
  EXPECT_EQ(told, 1);
}

TEST(Engine, SavesTheWeightsOfAPausedTraining)
{
  const TemporaryFolder folder;
  EngineImpl engine(fakeBackend({}));
  EXPECT_NE(expectFailed(engine, engine.saveModel("x")).find("nothing to save"), std::string::npos);
  engine.configure(shortTraining());
  expectDone(engine, engine.advance(3));
  expectDone(engine, engine.saveModel(folder / "weights"));
  EXPECT_EQ(readWhole(folder / "weights"), "pretended weights of step 3");
  EXPECT_NE(
    expectFailed(engine, engine.saveModel("")).find("no file name was given"), std::string::npos);
}

TEST(Engine, AFailedPreparationIsRememberedAndCanBeMended)
{
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options = shortTraining();
  options.batchSize = 5000;
  engine.configure(options);
  const std::string reason = expectFailed(engine, engine.start());
  EXPECT_EQ(reason, "BatchSize is 5000, but there are only 1000 training images");
  EXPECT_EQ(engine.status().state, TrainingState::Failed);
  EXPECT_EQ(engine.status().message, reason);
  EXPECT_NE(expectFailed(engine, engine.evaluate()).find(reason), std::string::npos);
  EXPECT_NE(expectFailed(engine, engine.saveCheckpoint("x")).find(reason), std::string::npos);
  EXPECT_NE(expectFailed(engine, engine.pause()).find(reason), std::string::npos);
  expectDone(engine, engine.stop());
  options.batchSize = 100;
  engine.configure(options);
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().state, TrainingState::Paused);
}

TEST(Engine, OptionsAreCheckedBeforeDataIsRead)
{
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options;
  options.learningRate = std::nan("");
  engine.configure(options);
  EXPECT_EQ(
    expectFailed(engine, engine.prepare()), "LearningRate is nan, but must be a number above 0");
}

TEST(Engine, AStepThatThrowsEndsTheTrainingWithItsReason)
{
  FakeSettings settings;
  settings.throwAtStep = 4;
  EngineImpl engine(fakeBackend(settings));
  engine.configure(shortTraining());
  EXPECT_EQ(expectFailed(engine, engine.advance(10)), "step 4: the pretended network broke");
  EXPECT_EQ(engine.status().state, TrainingState::Failed);
  EXPECT_EQ(engine.metrics().step.size(), 3U) << "what was done stays";
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  EXPECT_EQ(engine.status().state, TrainingState::Failed);
}

TEST(Engine, EvaluateOnRequest)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(shortTraining());
  EXPECT_NE(
    expectFailed(engine, engine.evaluate()).find("no network is prepared"), std::string::npos);
  expectDone(engine, engine.advance(4));
  expectDone(engine, engine.evaluate());
  ASSERT_EQ(engine.evaluations().size(), 1U);
  EXPECT_EQ(engine.evaluations()[0].step, 4);
}

TEST(Engine, PauseInterruptsAnEvaluationThatIsMadeUpForLater)
{
  Gate gate;
  std::atomic<int> batches{ 0 };
  FakeSettings settings;
  settings.onEvaluationBatch = [&]
  {
    if (++batches == 2)
    {
      gate.pass();
    }
  };
  EngineImpl engine(fakeBackend(settings));
  engine.configure(shortTraining());
  const auto start = engine.start();
  gate.waitReached();
  const auto pause = engine.pause();
  gate.open();
  expectDone(engine, start);
  expectDone(engine, pause);
  EXPECT_EQ(engine.status().step, 10);
  EXPECT_TRUE(engine.evaluations().empty());
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  ASSERT_EQ(engine.evaluations().size(), 3U);
  EXPECT_EQ(engine.evaluations()[0].step, 10);
}

TEST(Engine, StopInterruptsTheReadingOfData)
{
  Gate gate;
  EngineBackend backend = fakeBackend({});
  backend.loadData = [&](const TrainerOptions&, const DatasetProgress& progress)
  {
    gate.pass();
    if (!progress(0.5))
    {
      throw DatasetError("interrupted");
    }
    return std::make_shared<const Dataset>();
  };
  EngineImpl engine(backend);
  engine.configure(shortTraining());
  const auto start = engine.start();
  gate.waitReached();
  EXPECT_EQ(engine.status().state, TrainingState::Preparing);
  EXPECT_FALSE(engine.waitUntilStill(0.0));
  engine.stop();
  gate.open();
  EXPECT_EQ(expectFailed(engine, start), "interrupted");
  EXPECT_TRUE(engine.waitUntilStill(60.0));
}

TEST(Engine, SnapshotsAreTakenAtTheIntervalOrWhenAsked)
{
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options = shortTraining();
  options.snapshotInterval = 1000;
  engine.configure(options);
  expectDone(engine, engine.prepare());
  const auto version = engine.status().snapshotVersion;
  expectDone(engine, engine.start());
  EXPECT_TRUE(engine.waitUntilStill(60.0));
  EXPECT_EQ(engine.status().snapshotVersion, version + 1) << "only the last";
  EXPECT_EQ(engine.snapshot()->step, 30);

  Gate gate;
  const FakeSettings settings = heldAt(gate, 5);
  EngineImpl watched(fakeBackend(settings));
  watched.configure(options);
  watched.start();
  gate.waitReached();
  const auto before = watched.status().snapshotVersion;
  watched.requestSnapshot();
  gate.open();
  EXPECT_TRUE(watched.waitUntilStill(60.0));
  EXPECT_EQ(watched.status().snapshotVersion, before + 2) << "the one asked for and the last";
}

TEST(Engine, OldSnapshotsStayAsTheyWere)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(shortTraining());
  expectDone(engine, engine.prepare());
  const auto first = engine.snapshot();
  const std::vector<float> values = weights(engine);
  expectDone(engine, engine.advance(20));
  EXPECT_EQ(first->step, 0);
  EXPECT_TRUE(std::equal(values.begin(), values.end(), first->tensors[0].data.get()));
  EXPECT_NE(weights(engine), values);
}

TEST(Engine, UntrackedCoordinatesAreThoseOfThePresentStep)
{
  EngineImpl engine(fakeBackend({}));
  engine.configure(shortTraining());
  expectDone(engine, engine.advance(5));
  const CoordinateHistory history = engine.coordinates("conv1", { 20, 0 }, 0, 1000);
  EXPECT_FALSE(history.everyStep);
  ASSERT_EQ(history.step, (std::vector<std::int64_t>{ 5 }));
  EXPECT_EQ(history.values[0], weights(engine)[20]);
  EXPECT_TRUE(engine.coordinates("conv1", { 1 << 20 }, 0, 1000).step.empty());
  EXPECT_TRUE(engine.coordinates("conv1", { -1 }, 0, 1000).step.empty());
  EXPECT_TRUE(engine.coordinates("nothing", { 0 }, 0, 1000).step.empty());
}

TEST(Engine, CommandsAfterTheEndFailInWords)
{
  EngineCore core(fakeBackend({}));
  core.configure(shortTraining());
  core.ledger().waitFor(core.submit({ EngineCommand::Kind::Advance, 2, {}, {} }), 60.0);
  core.shutdown();
  const CommandStatus late =
    core.ledger().waitFor(core.submit({ EngineCommand::Kind::Start, 0, {}, {} }), 60.0);
  EXPECT_EQ(late.state, CommandState::Failed);
  EXPECT_EQ(late.reason, "the engine has been shut down");
  core.shutdown();
}

TEST(Engine, EndsInTheMiddleOfAnything)
{
  for (int i = 0; i < 60; ++i)
  {
    FakeSettings settings;
    settings.stepMicroseconds = i % 3 == 0 ? 50 : 0;
    EngineImpl engine(fakeBackend(settings));
    TrainerOptions options = shortTraining();
    options.epochs = 100000;
    engine.configure(options);
    switch (i % 5)
    {
      case 0:
        break;
      case 1:
        engine.prepare();
        break;
      case 2:
        engine.start();
        break;
      case 3:
        engine.advance(100000);
        engine.pause();
        engine.start();
        break;
      default:
        wait(engine, engine.start());
    }
  }
}

TEST(Engine, ManyThreadsMayAskAndTell)
{
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options = shortTraining();
  options.epochs = 1000000;
  engine.configure(options);
  engine.start();
  std::atomic<bool> done{ false };
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i)
  {
    readers.emplace_back(
      [&]
      {
        double seen = 0.0;
        while (!done)
        {
          engine.requestSnapshot();
          if (const auto snapshot = engine.snapshot())
          {
            seen += snapshot->tensors.at(0).data.get()[0];
          }
          seen += double(engine.status().step);
          const std::size_t rows = engine.metrics(engine.status().step - 5).step.size();
          seen += double(rows);
          seen += double(engine.coordinates("conv1", { 0 }, 1, 20).step.size());
        }
        EXPECT_NE(seen, 0.0);
      });
  }
  std::thread teller(
    [&]
    {
      for (int i = 0; i < 100; ++i)
      {
        options.learningRate = 0.001 * (i + 1);
        engine.configure(options);
        wait(engine, engine.evaluate());
      }
    });
  for (int i = 0; i < 50; ++i)
  {
    wait(engine, engine.pause());
    wait(engine, engine.advance(3));
    wait(engine, engine.start());
  }
  teller.join();
  expectDone(engine, engine.stop());
  done = true;
  for (std::thread& reader : readers)
  {
    reader.join();
  }
}
