#include "AutoPrune.h"
#include "EngineImpl.h"
#include "FakeModel.h"
#include "RunReader.h"
#include "TemporaryFolder.h"
#include "TrainerOptionsCheck.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <thread>

using namespace tensorview;

namespace
{
constexpr std::int64_t farOff = 100000; ///< steps; no test comes near

/// 10 steps an epoch; conv1 has 4 filters, of which a pretended plan merges one.
TrainerOptions pruning(const std::string& layers)
{
  TrainerOptions options;
  options.epochs = farOff / 10;
  options.snapshotInterval = 50;
  options.autoPrune = layers;
  options.autoPruneTolerance = -1.0;
  return options;
}

void expectDone(const Engine& engine, std::int64_t id)
{
  const CommandStatus status = engine.waitFor(id, 60.0);
  EXPECT_EQ(toString(status.state), std::string("done")) << status.reason;
}

std::unique_ptr<EngineImpl> engineWith(const TrainerOptions& options, FakeSettings settings = {})
{
  auto engine = std::make_unique<EngineImpl>(fakeBackend(settings));
  engine->configure(options);
  return engine;
}

/// Steps one by one until something is so.
bool trainUntil(Engine& engine, const std::function<bool()>& isSo)
{
  while (!isSo() && engine.status().step < farOff - 1)
  {
    expectDone(engine, engine.advance(1));
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return isSo();
}

bool trainUntilEdits(Engine& engine, std::int64_t count)
{
  return trainUntil(engine, [&] { return engine.status().editCount >= count; });
}

void waitUntil(const std::function<bool()>& isSo)
{
  while (!isSo())
  {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::size_t filtersOf(const Engine& engine)
{
  return engine.snapshot()->tensors.at(0).slot.size();
}

nlohmann::json lastEdit(const Engine& engine)
{
  return nlohmann::json::parse(engine.edits().back());
}

std::vector<float> weights(const Engine& engine)
{
  const TensorValues& tensor = engine.snapshot()->tensors.at(0);
  return { tensor.data.get(), tensor.data.get() + tensor.shape.size() };
}

std::string eventsOf(const std::string& path)
{
  std::string events;
  for (const std::string& line : RunReader::open(path)->jsonLines("events"))
  {
    events += line + "\n";
  }
  return events;
}

std::string refusal(const std::function<void()>& what)
{
  try
  {
    what();
  }
  catch (const std::invalid_argument& error)
  {
    return error.what();
  }
  return {};
}
}

TEST(AutoPrune, LayersAndFloors)
{
  EXPECT_TRUE(parseAutoPrune("").empty());
  const std::vector<AutoPruneLayer> layers = parseAutoPrune("conv1=12;layer1.0.conv2;a=b=3");
  ASSERT_EQ(layers.size(), 3U);
  EXPECT_EQ(layers[0].layer, "conv1");
  EXPECT_EQ(layers[0].floor, 12);
  EXPECT_EQ(layers[2].layer, "a=b");
  EXPECT_EQ(layers[2].floor, 3);
  EXPECT_EQ(parseAutoPrune("conv1").at(0).floor, 1);
}

TEST(AutoPrune, OtherTextIsRefusedByName)
{
  for (const char* text : { "=3", ";", "conv1=", "conv1=0", "conv1=-3", "conv1=1e9",
         "conv1=9999999999", "conv1=3;conv1", "conv1=3;;conv2" })
  {
    EXPECT_NE(refusal([&] { parseAutoPrune(text); }).find("AutoPrune"), std::string::npos) << text;
  }
}

TEST(AutoPrune, OptionsAreChecked)
{
  const auto with = [](auto set)
  {
    TrainerOptions options;
    set(options);
    return refusal([&] { checkOptions(options); });
  };
  using O = TrainerOptions;
  EXPECT_EQ(with([](O& o) { o.autoPrune = "conv1=12"; }), "");
  EXPECT_NE(with([](O& o) { o.autoPrune = "conv1=x"; }).find("conv1=x"), std::string::npos);
  EXPECT_NE(with([](O& o) { o.autoPruneCorrelation = 1.5; }).find("1.5"), std::string::npos);
  EXPECT_NE(with([](O& o) { o.autoPruneMethod = "magic"; }).find("magic"), std::string::npos);
  EXPECT_NE(with([](O& o) { o.autoPruneTolerance = std::nan(""); }), "");
  EXPECT_NE(with(
              [](O& o)
              {
                o.autoPrune = "conv1";
                o.mode = "predict";
              })
              .find("predict"),
    std::string::npos);
}

TEST(AutoPrune, WishesOfAnEpochAreThoseAboveTheirFloors)
{
  ModelDescription model;
  model.layers = { { 1, "conv1", "convolution", { { 0, 0, -1, -1 }, { 1, 0, -1, -1 } } },
    { 2, "conv2", "convolution", { { 0, 0, -1, -1 }, { 1, 0, 5, -1 } } },
    { 3, "fc1", "dense", { { 0, 0, -1, -1 }, { 1, 0, -1, -1 }, { 2, 0, -1, -1 } } } };
  TrainerOptions options = pruning("conv1;conv2;fc1=2");
  options.autoPruneMethod = "sum";
  AutoPrune prune;
  EXPECT_FALSE(prune.take(model));
  prune.epochEnds(options, 3);
  const auto first = prune.take(model);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->layer, "conv1");
  EXPECT_EQ(first->pruneTo, 1);
  EXPECT_TRUE(first->groups);
  EXPECT_EQ(first->method, PruneMethod::Sum);
  EXPECT_EQ(first->threshold, 0.85);
  EXPECT_EQ(first->why, "AutoPrune at the end of epoch 3: filters that correlate by 0.85 or more");
  prune.putBack(*first);
  EXPECT_EQ(prune.take(model)->layer, "conv1");
  EXPECT_EQ(prune.take(model)->layer, "fc1") << "conv2 has one filter left";
  EXPECT_FALSE(prune.take(model));
}

TEST(AutoPrune, AtTheEndOfEachEpochDownToTheFloor)
{
  const auto engine = engineWith(pruning("conv1=2"));
  expectDone(*engine, engine->advance(9));
  EXPECT_EQ(engine->status().editCount, 0);
  ASSERT_TRUE(trainUntilEdits(*engine, 1));
  EXPECT_EQ(filtersOf(*engine), 3U);
  const nlohmann::json first = lastEdit(*engine);
  EXPECT_EQ(first["edit"], "prune");
  EXPECT_EQ(first["choice"], "correlated");
  EXPECT_GE(first["step"], 10);
  EXPECT_NE(first["why"].get<std::string>().find("epoch 1"), std::string::npos);
  ASSERT_TRUE(trainUntilEdits(*engine, 2));
  EXPECT_NE(lastEdit(*engine)["why"].get<std::string>().find("end of epoch"), std::string::npos);
  EXPECT_GT(lastEdit(*engine)["step"], first["step"]);
  expectDone(*engine, engine->advance(40));
  EXPECT_EQ(engine->status().editCount, 2);
  EXPECT_EQ(filtersOf(*engine), 2U);
  EXPECT_EQ(engine->status().undoCount, 2);
  EXPECT_EQ(engine->status().warning, "");
}

TEST(AutoPrune, WhatIsPausedStandsStill)
{
  std::atomic<int> looks{ 0 };
  FakeSettings settings;
  settings.onStudyBatch = [&] { ++looks; };
  const auto engine = engineWith(pruning("conv1=3"), settings);
  expectDone(*engine, engine->advance(10));
  waitUntil([&] { return looks.load() >= 12; }); // planned, and measured before and after
  expectDone(*engine, engine->pause());
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(engine->status().editCount, 0);
  EXPECT_EQ(filtersOf(*engine), 4U);
  ASSERT_TRUE(trainUntilEdits(*engine, 1));
  EXPECT_EQ(filtersOf(*engine), 3U);
}

TEST(AutoPrune, UndoIsAsIfItHadNotHappened)
{
  const auto engine = engineWith(pruning("conv1=3"));
  expectDone(*engine, engine->advance(10));
  ASSERT_TRUE(trainUntilEdits(*engine, 1));
  const std::int64_t edited = lastEdit(*engine)["step"];
  expectDone(*engine, engine->undoEdit());
  EXPECT_EQ(engine->status().step, edited);
  EXPECT_EQ(filtersOf(*engine), 4U);
  const auto plain = engineWith(pruning(""));
  expectDone(*plain, plain->advance(edited));
  EXPECT_EQ(weights(*engine), weights(*plain));
  ASSERT_TRUE(trainUntilEdits(*engine, 3)) << "again, at the end of another epoch";
  EXPECT_GE(lastEdit(*engine)["step"], (edited / 10 + 1) * 10);
}

TEST(AutoPrune, AnEditThatIsAskedForGoesFirst)
{
  std::atomic<bool> open{ false };
  std::atomic<int> looks{ 0 };
  FakeSettings settings;
  settings.onStudyBatch = [&]
  {
    ++looks;
    waitUntil([&] { return open.load(); });
  };
  const auto engine = engineWith(pruning("conv1=2"), settings);
  expectDone(*engine, engine->advance(10));
  waitUntil([&] { return looks.load() > 0; });
  EditRequest request;
  request.layer = "conv1";
  request.slots = { 2 };
  const std::int64_t asked = engine->applyEdit(request);
  open = true;
  expectDone(*engine, asked);
  EXPECT_EQ(engine->status().editCount, 1);
  EXPECT_EQ(lastEdit(*engine)["choice"], "slots");
  ASSERT_TRUE(trainUntilEdits(*engine, 2));
  EXPECT_EQ(lastEdit(*engine)["choice"], "correlated");
  EXPECT_NE(lastEdit(*engine)["why"].get<std::string>().find("epoch 1"), std::string::npos);
}

TEST(AutoPrune, OnlyWhileAccuracyHolds)
{
  const TemporaryFolder folder;
  FakeSettings settings;
  settings.editDamage = 0.5F; // more than the pretended network gains by anything
  TrainerOptions options = pruning("conv1=3");
  options.recordFile = folder / "held.tvr";
  options.autoPruneTolerance = 0.1;
  const auto held = engineWith(options, settings);
  expectDone(*held, held->advance(10));
  ASSERT_TRUE(trainUntil(*held, [&] { return !held->status().warning.empty(); }));
  EXPECT_NE(held->status().warning.find("AutoPrune"), std::string::npos);
  EXPECT_EQ(held->status().editCount, 0);
  EXPECT_EQ(filtersOf(*held), 4U);
  expectDone(*held, held->stop());
  EXPECT_NE(
    eventsOf(folder / "held.tvr").find(R"("event":"not pruned","step":)"), std::string::npos);

  options.recordFile.clear();
  options.autoPruneTolerance = 0.6;
  const auto pruned = engineWith(options, settings);
  expectDone(*pruned, pruned->advance(10));
  EXPECT_TRUE(trainUntilEdits(*pruned, 1));
}

TEST(AutoPrune, NothingAlikeIsNoProblem)
{
  const TemporaryFolder folder;
  std::atomic<int> looks{ 0 };
  FakeSettings settings;
  settings.mostMerged = 0;
  settings.onStudyBatch = [&] { ++looks; };
  TrainerOptions options = pruning("conv1=2");
  options.recordFile = folder / "run.tvr";
  const auto engine = engineWith(options, settings);
  expectDone(*engine, engine->advance(10));
  ASSERT_TRUE(trainUntil(*engine, [&] { return looks.load() >= 8; })) << "again and again";
  EXPECT_EQ(engine->status().editCount, 0);
  EXPECT_EQ(engine->status().warning, "");
  expectDone(*engine, engine->stop());
  EXPECT_NE(eventsOf(folder / "run.tvr").find("are alike"), std::string::npos);
}

TEST(AutoPrune, ALayerThatCannotBePrunedLeavesTheOthers)
{
  const auto engine = engineWith(pruning("fc1=5;conv1=3")); // fc1 is the last one
  expectDone(*engine, engine->advance(10));
  ASSERT_TRUE(trainUntilEdits(*engine, 1));
  EXPECT_EQ(filtersOf(*engine), 3U);
  EXPECT_NE(engine->status().warning.find("fc1"), std::string::npos);
}

TEST(AutoPrune, UnknownLayersAreRefusedBeforeTheTraining)
{
  const auto engine = engineWith(pruning("conv9=3"));
  const CommandStatus status = engine->waitFor(engine->start(), 60.0);
  EXPECT_EQ(status.state, CommandState::Failed);
  EXPECT_NE(status.reason.find("conv9"), std::string::npos);
  EXPECT_NE(status.reason.find("conv1, fc1"), std::string::npos);
}

TEST(AutoPrune, EachEditIsRecordedWithItsReason)
{
  const TemporaryFolder folder;
  TrainerOptions options = pruning("conv1=2");
  options.recordFile = folder / "run.tvr";
  {
    const auto engine = engineWith(options);
    expectDone(*engine, engine->advance(10));
    ASSERT_TRUE(trainUntilEdits(*engine, 2));
    expectDone(*engine, engine->advance(3));
  }
  const auto reader = RunReader::open(options.recordFile);
  EXPECT_EQ(reader->jsonLines("edits").size(), 2U);
  for (const std::string& line : reader->jsonLines("edits"))
  {
    EXPECT_NE(line.find("\"why\":\"AutoPrune at the end of epoch"), std::string::npos) << line;
  }
}

TEST(AutoPrune, AResumedRunGoesOnWithIt)
{
  const TemporaryFolder folder;
  std::atomic<bool> goes{ false };
  FakeSettings settings;
  settings.onStudyBatch = [&] { waitUntil([&] { return goes.load(); }); };
  TrainerOptions options = pruning("conv1=3");
  options.recordFile = folder / "run.tvr";
  {
    const auto engine = engineWith(options, settings);
    expectDone(*engine, engine->advance(10)); // ends before the plan is there
    goes = true;
    expectDone(*engine, engine->stop());
    EXPECT_EQ(engine->status().editCount, 0);
  }
  TrainerOptions resumed;
  resumed.resume = options.recordFile;
  const auto engine = engineWith(resumed);
  expectDone(*engine, engine->advance(1));
  ASSERT_TRUE(trainUntilEdits(*engine, 1));
  EXPECT_NE(lastEdit(*engine)["why"].get<std::string>().find("epoch 1"), std::string::npos)
    << "it goes on from that epoch's end";
  EXPECT_EQ(filtersOf(*engine), 3U);
}

TEST(AutoPrune, TheEngineMayGoInTheMiddle)
{
  for (int i = 0; i < 5; ++i)
  {
    FakeSettings settings;
    settings.stepMicroseconds = 100;
    settings.onStudyBatch = [] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); };
    const auto engine = engineWith(pruning("conv1=2"), settings);
    expectDone(*engine, engine->start());
    waitUntil([&] { return engine->status().step >= 10 + i * 7; });
  }
}
