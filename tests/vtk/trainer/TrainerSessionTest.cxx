#include "Trainer/TrainerSession.h"

#include "ScriptedEngine.h"

#include <gtest/gtest.h>

using tensorview::CommandState;
using tensorview::Engine;
using tensorview::TrainerOptions;
using tensorview::TrainerSession;
using tensorview::TrainingState;

namespace
{

class TrainerSessionTest : public ::testing::Test
{
protected:
  std::shared_ptr<ScriptedEngine> engine = std::make_shared<ScriptedEngine>();
  int opened = 0;
  TrainerSession session{ [this](std::string&) -> std::shared_ptr<Engine>
    {
      ++this->opened;
      return this->engine;
    } };

  void prepare()
  {
    this->session.prepare([](double) { return true; });
  }
  std::vector<std::string> problems()
  {
    std::vector<std::string> texts;
    for (const TrainerSession::Problem& problem : this->session.takeProblems())
    {
      texts.push_back((problem.isError ? "error: " : "warning: ") + problem.text);
    }
    return texts;
  }
};

using Texts = std::vector<std::string>;

TEST_F(TrainerSessionTest, HasNoEngineBeforeTheFirstNeed)
{
  TrainerOptions options;
  options.learningRate = 0.5;
  this->session.setOptions(options);
  EXPECT_EQ(this->session.status().state, TrainingState::Idle);
  EXPECT_EQ(this->session.command().id, 0);
  EXPECT_EQ(this->opened, 0);
  this->prepare();
  EXPECT_EQ(this->opened, 1);
}

TEST_F(TrainerSessionTest, PreparesOnceForTheSameSettings)
{
  this->prepare();
  this->prepare();
  EXPECT_EQ(this->engine->calls, (Texts{ "configure", "prepare" }));
}

TEST_F(TrainerSessionTest, PreparesAgainForAnotherNetworkButNotWhileOneIsTrained)
{
  this->prepare();
  TrainerOptions options;
  options.network = "lenet5";
  this->session.setOptions(options);
  this->prepare();
  EXPECT_EQ(
    this->engine->calls, (Texts{ "configure", "prepare", "configure", "configure", "prepare" }));
  EXPECT_EQ(this->engine->configured.network, "lenet5");

  this->engine->shown.state = TrainingState::Running;
  options.network = "lenet5-simplified";
  this->session.setOptions(options);
  this->engine->calls.clear();
  this->prepare();
  EXPECT_TRUE(this->engine->calls.empty());
}

TEST_F(TrainerSessionTest, TheEngineHearsOfEverySetting)
{
  this->session.start();
  this->engine->calls.clear();
  TrainerOptions options = this->session.options();
  options.momentum = 0.5;
  options.recordFile = "run.tvr";
  this->session.setOptions(options);
  EXPECT_EQ(this->engine->calls, (Texts{ "configure" }));
  EXPECT_EQ(this->engine->configured.momentum, 0.5);
  EXPECT_EQ(this->engine->configured.recordFile, "run.tvr");
}

TEST_F(TrainerSessionTest, WhatDiffersFromItsDefaultWasGivenOnPurpose)
{
  TrainerOptions options;
  options.learningRate = 0.5;
  options.network = "lenet5"; // a resumed run keeps its own, and says so
  this->session.setOptions(options);
  this->session.start();
  EXPECT_EQ(this->engine->configured.given, std::set<std::string>{ "learning_rate" });
}

TEST_F(TrainerSessionTest, CountsItsCommands)
{
  this->prepare();
  this->session.start();
  this->session.pause();
  this->session.advance(7, true);
  this->session.stop();
  EXPECT_EQ(this->session.command().id, 4);
  EXPECT_EQ(this->session.command().state, CommandState::Done);
  EXPECT_EQ(this->engine->shown.step, 7);
}

TEST_F(TrainerSessionTest, EditsReachTheEngine)
{
  this->prepare();
  tensorview::EditRequest request;
  request.layer = "conv1";
  this->engine->calls.clear();
  this->session.previewEdit(request, true);
  this->session.applyEdit(request, false);
  this->session.undoEdit(true);
  this->session.redoEdit(true);
  this->session.freeze("fc1", { 1 }, true);
  this->session.unfreeze("fc1", {}, true);
  this->session.saveCheckpoint("a.pt", true);
  this->session.loadCheckpoint("a.pt", true);
  this->session.pauseAt(12);
  Texts commands;
  for (const std::string& call : this->engine->calls)
  {
    if (call != "configure")
    {
      commands.push_back(call);
    }
  }
  EXPECT_EQ(
    commands, (Texts{ "previewEdit conv1", "applyEdit conv1", "undoEdit", "redoEdit", "freeze fc1",
                "unfreeze fc1", "saveCheckpoint a.pt", "loadCheckpoint a.pt", "pauseAt 12" }));
  EXPECT_EQ(this->session.command().id, 9);
  this->session.refuse("no such word");
  EXPECT_EQ(this->session.command().id, 10);
  EXPECT_EQ(this->session.command().state, CommandState::Failed);
  EXPECT_EQ(this->session.command().reason, "no such word");
  EXPECT_EQ(this->problems(), (Texts{ "error: no such word" }));
  this->session.pause();
  EXPECT_EQ(this->session.command().state, CommandState::Done);
}

TEST_F(TrainerSessionTest, TellsAFailedCommandOnceAndAgainWhenItIsRepeated)
{
  this->engine->outcome.state = CommandState::Failed;
  this->engine->outcome.reason = "run.tvr exists";
  this->session.start();
  EXPECT_EQ(this->problems(), (Texts{ "error: run.tvr exists" }));
  EXPECT_TRUE(this->problems().empty());
  EXPECT_EQ(this->session.command().state, CommandState::Failed);
  EXPECT_EQ(this->session.command().reason, "run.tvr exists");
  this->session.start();
  EXPECT_EQ(this->problems(), (Texts{ "error: run.tvr exists" }));
}

TEST_F(TrainerSessionTest, TellsAFailedPreparationOnceAtManyUpdates)
{
  this->engine->outcome.state = CommandState::Failed;
  this->engine->outcome.reason = "no folder D";
  this->prepare();
  this->engine->shown.state = TrainingState::Failed;
  this->engine->shown.message = "no folder D";
  EXPECT_EQ(this->problems(), (Texts{ "error: no folder D" }));
  this->prepare();
  this->prepare();
  EXPECT_TRUE(this->problems().empty());
}

TEST_F(TrainerSessionTest, WarnsOfDivergenceAndOfRecordingThatStopped)
{
  TrainerOptions options;
  options.recordFile = "run.tvr";
  this->session.setOptions(options);
  this->session.start();
  this->engine->shown.recordFile = "run.tvr";
  this->engine->shown.recordMessage = "about 3 MB";
  EXPECT_TRUE(this->problems().empty());

  this->engine->shown.recordFile.clear();
  this->engine->shown.recordMessage = "disk full";
  EXPECT_EQ(this->problems(), (Texts{ "warning: disk full" }));

  this->engine->shown.state = TrainingState::Paused;
  this->engine->shown.step = 3;
  this->engine->shown.message = "diverged";
  EXPECT_EQ(this->problems(), (Texts{ "warning: diverged" }));
  EXPECT_TRUE(this->problems().empty());
}

TEST_F(TrainerSessionTest, WarnsOfARefusedHyperparameter)
{
  this->session.start();
  this->engine->shown.warning = "learning rate -1 is not positive";
  EXPECT_EQ(this->problems(), (Texts{ "warning: learning rate -1 is not positive" }));
  EXPECT_TRUE(this->problems().empty());
}

TEST_F(TrainerSessionTest, StopsWaitingForAPreparationWhenAsked)
{
  this->engine->outcome.state = CommandState::Running;
  int asked = 0;
  this->session.prepare([&asked](double) { return ++asked < 3; });
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(this->problems().size(), 1U);
}

TEST(TrainerSessionWithoutEngine, SaysWhyAndTriesAgainAtTheNextCommand)
{
  int tries = 0;
  TrainerSession session(
    [&tries](std::string& error) -> std::shared_ptr<Engine>
    {
      ++tries;
      error = "no engine in /nowhere";
      return nullptr;
    });
  session.prepare([](double) { return true; });
  EXPECT_EQ(session.status().state, TrainingState::Failed);
  EXPECT_EQ(session.status().message, "no engine in /nowhere");
  ASSERT_EQ(session.takeProblems().size(), 1U);
  session.prepare([](double) { return true; });
  EXPECT_TRUE(session.takeProblems().empty());

  session.start();
  EXPECT_EQ(session.command().id, 1);
  EXPECT_EQ(session.command().state, CommandState::Failed);
  EXPECT_EQ(session.command().reason, "no engine in /nowhere");
  EXPECT_EQ(session.takeProblems().size(), 1U);
  EXPECT_EQ(tries, 3);
}

}
