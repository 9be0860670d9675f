// Settings that act on a training under way.

#include "EngineImpl.h"
#include "FakeModel.h"
#include "RunReader.h"
#include "TemporaryFolder.h"
#include "TrainerOptionsCheck.h"
#include "TrainerOptionsFields.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <string>

using namespace tensorview;

namespace
{
/// 10 steps an epoch, 4 epochs.
TrainerOptions shortTraining()
{
  TrainerOptions options;
  options.epochs = 4;
  return options;
}

void expectDone(const Engine& engine, std::int64_t id)
{
  const CommandStatus status = engine.waitFor(id, 60.0);
  EXPECT_EQ(toString(status.state), std::string("done")) << status.reason;
}

/// Sets `options` and trains a step.
void step(Engine& engine, const TrainerOptions& options)
{
  engine.configure(options);
  expectDone(engine, engine.advance(1));
}

std::vector<float> weights(const Engine& engine)
{
  const TensorValues& tensor = engine.snapshot()->tensors.at(0);
  return { tensor.data.get(), tensor.data.get() + tensor.shape.size() };
}

/// The newest event of that kind.
nlohmann::json eventOf(const std::string& path, const std::string& kind)
{
  nlohmann::json found;
  for (const std::string& line : RunReader::open(path)->jsonLines("events"))
  {
    const nlohmann::json event = nlohmann::json::parse(line);
    found = event["event"] == kind ? event : found;
  }
  return found;
}
}

TEST(LiveSettings, OptionsAreCopiedByName)
{
  TrainerOptions from;
  from.learningRate = 0.5;
  from.optimizer = "adam";
  from.scheduleStepEpochs = 3;
  from.seed = 7;
  TrainerOptions to;
  copyOptions(from, { "learning_rate", "optimizer", "schedule_step_epochs" }, to);
  EXPECT_EQ(differingOptions(from, to), std::set<std::string>{ "seed" });
  EXPECT_TRUE(sameTraining(TrainerOptions(), to));
  EXPECT_FALSE(sameTraining(TrainerOptions(), from));
}

TEST(LiveSettings, TheScheduleActsAtTheNextStep)
{
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options = shortTraining();
  options.learningRate = 0.5;
  step(engine, options);
  EXPECT_EQ(engine.status().learningRate, 0.5F);
  options.learningRateSchedule = "step";
  options.scheduleFactor = 0.5;
  step(engine, options);
  EXPECT_EQ(engine.status().learningRate, 0.25F);
  EXPECT_EQ(engine.status().step, 2) << "the same training";
  options.learningRateSchedule = "sometimes";
  step(engine, options);
  EXPECT_NE(engine.status().warning.find("sometimes"), std::string::npos);
  EXPECT_EQ(engine.status().learningRate, 0.25F) << "what was in force stays";
}

TEST(LiveSettings, AnotherOptimizerBeginsWithoutMoments)
{
  EngineImpl engine(fakeBackend({}));
  EngineImpl twin(fakeBackend({}));
  TrainerOptions options = shortTraining();
  for (Engine* each : { static_cast<Engine*>(&engine), static_cast<Engine*>(&twin) })
  {
    each->configure(options);
    expectDone(*each, each->advance(3));
  }
  EXPECT_EQ(weights(engine), weights(twin));
  options.optimizer = "adam";
  step(engine, options);
  expectDone(twin, twin.advance(1));
  EXPECT_NE(weights(engine), weights(twin));
  EXPECT_EQ(engine.status().warning, "");
  options.optimizer = "adamw"; // which the pretended network refuses
  step(engine, options);
  EXPECT_NE(engine.status().warning.find("adamw"), std::string::npos);
  EXPECT_EQ(engine.status().step, 5) << "and trains on";
}

TEST(LiveSettings, UndoKeepsThemAndRefusesTheStateOfAnotherOptimizer)
{
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options = shortTraining();
  engine.configure(options);
  expectDone(engine, engine.advance(3));
  EditRequest request;
  request.layer = "conv1";
  request.slots = { 1 };
  expectDone(engine, engine.applyEdit(request));
  options.optimizer = "adam";
  step(engine, options);
  const CommandStatus refused = engine.waitFor(engine.undoEdit(), 60.0);
  EXPECT_EQ(refused.state, CommandState::Failed);
  EXPECT_NE(refused.reason.find("optimizer"), std::string::npos);
  EXPECT_EQ(engine.status().step, 4);
  EXPECT_EQ(engine.status().undoCount, 1);
  options.optimizer = "sgd";
  options.learningRate = 0.25;
  engine.configure(options);
  expectDone(engine, engine.undoEdit());
  EXPECT_EQ(engine.status().step, 3);
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().learningRate, 0.25F);
}

TEST(LiveSettings, WhatActsFromTheNextStartIsSaid)
{
  FakeSettings settings;
  settings.stepMicroseconds = 500;
  settings.imagesPerEpoch = 100000000;
  EngineImpl engine(fakeBackend(settings));
  TrainerOptions options = shortTraining();
  engine.configure(options);
  expectDone(engine, engine.start());
  options.epochs = 5;
  options.learningRate = 0.25;
  engine.configure(options);
  expectDone(engine, engine.evaluate()); // a command, so that the worker has looked
  EXPECT_EQ(engine.status().message, "training; these settings act from the next start: epochs");
  options.epochs = 4;
  engine.configure(options);
  expectDone(engine, engine.evaluate());
  EXPECT_EQ(engine.status().message, "training");
}

TEST(LiveSettings, AreRecordedAndResumed)
{
  const TemporaryFolder folder;
  const std::string path = folder / "run.tvr";
  {
    EngineImpl engine(fakeBackend({}));
    TrainerOptions options = shortTraining();
    options.recordFile = path;
    engine.configure(options);
    expectDone(engine, engine.advance(3));
    options.optimizer = "adam";
    options.learningRateSchedule = "step";
    options.scheduleFactor = 0.5;
    options.learningRate = 0.5;
    step(engine, options);
    expectDone(engine, engine.stop());
  }
  const nlohmann::json event = eventOf(path, "hyperparameters");
  EXPECT_EQ(event["step"], 3);
  EXPECT_EQ(event["optimizer"], "adam");
  EXPECT_EQ(event["learning_rate_schedule"], "step");
  const nlohmann::json checkpoint = eventOf(path, "checkpoint");
  EXPECT_EQ(checkpoint["optimizer"], "adam");

  TrainerOptions resumed;
  resumed.resume = path;
  EngineImpl engine(fakeBackend({}));
  engine.configure(resumed);
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().step, 5);
  EXPECT_EQ(engine.status().learningRate, 0.25F) << "with what was in force at the end";
  resumed.optimizer = "sgd"; // another than what it was prepared with? no: nothing new was asked
  engine.configure(resumed);
  expectDone(engine, engine.advance(1));
  resumed.optimizer = "adamw";
  engine.configure(resumed);
  expectDone(engine, engine.advance(1));
  EXPECT_NE(engine.status().warning.find("adamw"), std::string::npos) << "it is followed now";
}

TEST(LiveSettings, AResumedRunMayHaveAnotherOptimizer)
{
  const TemporaryFolder folder;
  const std::string path = folder / "run.tvr";
  {
    EngineImpl engine(fakeBackend({}));
    TrainerOptions options = shortTraining();
    options.recordFile = path;
    engine.configure(options);
    expectDone(engine, engine.advance(3));
  }
  TrainerOptions resumed;
  resumed.resume = path;
  resumed.optimizer = "adam";
  resumed.given = { "optimizer" };
  EngineImpl engine(fakeBackend({}));
  engine.configure(resumed);
  expectDone(engine, engine.advance(1));
  EXPECT_EQ(engine.status().step, 4);
  expectDone(engine, engine.stop());
  EXPECT_EQ(eventOf(path, "checkpoint")["optimizer"], "adam");
}

TEST(LiveSettings, AutomaticPruningIsSwitchedOnOnTheWay)
{
  EngineImpl engine(fakeBackend({}));
  TrainerOptions options;
  options.epochs = 10000;
  engine.configure(options);
  expectDone(engine, engine.advance(15));
  options.autoPrune = "conv1=3";
  options.autoPruneTolerance = -1.0;
  engine.configure(options);
  while (engine.status().editCount == 0 && engine.status().step < 90000)
  {
    expectDone(engine, engine.advance(1));
  }
  EXPECT_EQ(engine.status().editCount, 1);
  EXPECT_GE(nlohmann::json::parse(engine.edits().back())["step"], 20);
  options.autoPrune = "conv7=3";
  step(engine, options);
  EXPECT_NE(engine.status().warning.find("conv7"), std::string::npos);
}
