#include "EngineImpl.h"
#include "FakeModel.h"
#include "ProbeBoard.h"
#include "RunReader.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

using namespace tensorview;

namespace
{
std::shared_ptr<const ProbeResult> answer(std::int64_t step, const std::vector<std::string>& layers)
{
  auto result = std::make_shared<ProbeResult>();
  result->step = step;
  result->layers = layers;
  return result;
}

TrainerOptions training()
{
  TrainerOptions options;
  options.epochs = 100;
  options.snapshotInterval = 5;
  options.checkpointInterval = -1;
  return options;
}

void expectDone(const Engine& engine, std::int64_t id)
{
  const CommandStatus status = engine.waitFor(id, 60.0);
  EXPECT_EQ(toString(status.state), std::string("done")) << status.reason;
}
}

TEST(ProbeBoard, FindsWhatWasAnsweredAtThatStep)
{
  ProbeBoard board;
  board.publish(answer(5, { "conv1" }), true);
  EXPECT_NE(board.find("conv1", 5), nullptr);
  EXPECT_EQ(board.find("conv2", 5), nullptr);
  EXPECT_EQ(board.find("conv1", 6), nullptr);
  EXPECT_EQ(board.waitFor("conv1", 6, 0.01), nullptr);
  board.clear();
  EXPECT_EQ(board.find("conv1", 5), nullptr);
}

TEST(ProbeBoard, KeepsAFewSteps)
{
  ProbeBoard board;
  for (std::int64_t step = 1; step <= 100; ++step)
  {
    board.publish(answer(step, { "conv1" }), true);
  }
  EXPECT_NE(board.find("conv1", 99), nullptr);
  EXPECT_EQ(board.find("conv1", 50), nullptr);
}

TEST(ProbeBoard, ARequestHoldsForSomeSnapshots)
{
  ProbeBoard board;
  EXPECT_TRUE(board.wanted().empty());
  board.request("conv1");
  EXPECT_EQ(board.unanswered(3), (std::vector<std::string>{ "conv1" }));
  board.publish(answer(3, { "conv1" }), false);
  EXPECT_TRUE(board.unanswered(3).empty());
  int snapshots = 0;
  while (!board.wanted().empty() && snapshots < 100)
  {
    board.publish(answer(4 + snapshots, board.wanted()), true);
    ++snapshots;
    if (snapshots == 5)
    {
      board.request("conv1"); // again
    }
  }
  EXPECT_EQ(snapshots, 5 + 8);
}

TEST(ProbeResult, IsOfTheSlotsThatExist)
{
  RunLayout layout;
  LayerDescription conv{ 1, "conv1", "convolution", { { 0, 0, -1, -1 }, { 1, 0, 7, -1 } } };
  LayerDescription dense{ 2, "fc1", "dense", { { 0, 0, 3, -1 }, { 1 }, { 2 } } };
  layout.model.layers = { conv, dense };
  layout.probe = { { 2, "fc1", kinds::activation, { 3, 1, 1, 2 } } };
  layout.gram = { { 1, "conv1", 2, 10 }, { 2, "fc1", 3, 10 } };
  SnapshotValues values;
  values.step = 9;
  values.asked = { "conv1", "fc1", "other" };
  values.probe = { { 1.0F, 2.0F, 3.0F, 4.0F } };
  values.gram = { { 1.0, 2.0, 2.0, 5.0 }, { 1.0 } }; // fc1's is of another size
  const auto result = makeProbeResult(layout, values);
  EXPECT_EQ(result->step, 9);
  EXPECT_TRUE(result->answers("other"));
  ASSERT_EQ(result->outputs.size(), 1U);
  EXPECT_EQ(result->outputs[0].slot, (std::vector<std::int32_t>{ 1, 2 }));
  EXPECT_EQ(result->outputs[0].shape, (TensorShape{ 2, 1, 1, 2 }));
  EXPECT_EQ(result->outputs[0].data.get()[3], 4.0F);
  ASSERT_EQ(result->gram.size(), 1U);
  EXPECT_EQ(result->gram[0].slot, (std::vector<std::int32_t>{ 0 }));
  EXPECT_EQ(result->gram[0].values.back(), 5.0);
  values.asked = { "fc1" };
  EXPECT_TRUE(makeProbeResult(layout, values)->gram.empty());
}

TEST(EngineProbe, CostsNothingWhenNobodyAsks)
{
  FakeSettings settings;
  std::atomic<int> looks{ 0 };
  settings.onProbe = [&](const ProbeWish&) { ++looks; };
  EngineImpl engine(fakeBackend(settings));
  engine.configure(training());
  engine.requestSnapshot();
  expectDone(engine, engine.advance(20));
  EXPECT_EQ(engine.snapshot()->step, 20);
  EXPECT_EQ(looks.load(), 0);
}

TEST(EngineProbe, LooksAtANetworkThatStandsStill)
{
  EngineImpl engine(fakeBackend({}));
  EXPECT_EQ(engine.probe("conv1", 0, 1.0), nullptr); // there is none
  engine.configure(training());
  expectDone(engine, engine.prepare());
  const auto atFirst = engine.probe("conv1", 0, 60.0);
  ASSERT_NE(atFirst, nullptr);
  ASSERT_EQ(atFirst->gram.size(), 1U);
  EXPECT_EQ(atFirst->gram[0].layer, "conv1");
  EXPECT_EQ(atFirst->gram[0].values.size(), 25U);
  EXPECT_EQ(atFirst->gram[0].values.back(), 36.0);
  EXPECT_EQ(engine.probe("conv1", 0, 60.0), atFirst); // once

  expectDone(engine, engine.advance(3));
  EXPECT_EQ(engine.probe("fc1", 2, 60.0), nullptr); // gone
  const auto paused = engine.probe("fc1", 3, 60.0);
  ASSERT_NE(paused, nullptr);
  EXPECT_TRUE(paused->gram.empty());
  ASSERT_EQ(paused->outputs.size(), 1U);
  EXPECT_EQ(paused->outputs[0].shape.filters, 10);
  const auto unknown = engine.probe("conv9", 3, 60.0);
  ASSERT_NE(unknown, nullptr); // known that there is nothing
  EXPECT_TRUE(unknown->gram.empty() && unknown->outputs.empty());

  expectDone(engine, engine.stop());
  EXPECT_NE(engine.probe("conv1", 3, 60.0), nullptr);
}

TEST(EngineProbe, ComesWithTheSnapshotsWhileTrainingRuns)
{
  FakeSettings settings;
  settings.stepMicroseconds = 1000;
  EngineImpl engine(fakeBackend(settings));
  TrainerOptions options = training();
  options.epochs = 100000;
  engine.configure(options);
  expectDone(engine, engine.start());
  std::shared_ptr<const ProbeResult> result;
  for (int i = 0; i < 60000 && !result; ++i)
  {
    const auto shown = engine.snapshot();
    result = engine.probe("conv1", shown->step, 60.0);
    engine.requestSnapshot();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_NE(result, nullptr);
  EXPECT_EQ(result->gram.size(), 1U);
  expectDone(engine, engine.stop());
}

TEST(EngineProbe, IsWhatTheRunFileHasOfThatStep)
{
  TemporaryFolder folder;
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options = training();
  options.recordFile = folder / "run.tvr";
  engine.configure(options);
  expectDone(engine, engine.advance(10));
  const auto result = engine.probe("conv1", 10, 60.0);
  ASSERT_NE(result, nullptr);
  ASSERT_EQ(result->gram.size(), 1U);
  expectDone(engine, engine.stop());
  const auto reader = RunReader::open(options.recordFile);
  const GramMatrix recorded = reader->readGram("conv1", reader->snapshotIndexAt(10.0));
  EXPECT_EQ(recorded.values, result->gram[0].values);
  EXPECT_EQ(recorded.slot, result->gram[0].slot);
}

TEST(EngineProbe, MatricesOfManyImagesAreRecordedNowAndThen)
{
  TemporaryFolder folder;
  FakeSettings settings;
  settings.gramImages = 19; // 100 x 18 more passes than conv1's; a step has 3 x 100
  EngineImpl engine(fakeBackend(settings));
  TrainerOptions options = training();
  options.snapshotInterval = 1;
  options.recordFile = folder / "run.tvr";
  engine.configure(options);
  expectDone(engine, engine.advance(14));
  expectDone(engine, engine.stop());
  const auto reader = RunReader::open(options.recordFile);
  EXPECT_EQ(reader->layout().gram.at(1).images, 19);
  std::vector<std::int64_t> steps;
  for (std::size_t i = 0; i < reader->snapshotSteps().size(); ++i)
  {
    EXPECT_FALSE(reader->readGram("conv1", i).empty());
    if (!reader->readGram("fc1", i).empty())
    {
      steps.push_back(reader->snapshotSteps()[i]);
    }
  }
  EXPECT_EQ(reader->snapshotSteps().size(), 15U);
  EXPECT_EQ(steps, (std::vector<std::int64_t>{ 0, 6, 12, 14 }));
}
