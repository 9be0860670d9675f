#include "DurableFile.h"
#include "EngineImpl.h"
#include "FakeModel.h"
#include "Gate.h"
#include "RunReader.h"
#include "RunSegments.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace tensorview;
namespace fs = std::filesystem;

namespace
{
/// 10 steps an epoch, 4 epochs.
TrainerOptions shortTraining()
{
  TrainerOptions options;
  options.epochs = 4;
  options.snapshotInterval = 5;
  return options;
}

std::string expectDone(const Engine& engine, std::int64_t id)
{
  const CommandStatus status = engine.waitFor(id, 60.0);
  EXPECT_EQ(toString(status.state), std::string("done")) << status.reason;
  return status.reason;
}

std::string expectFailed(const Engine& engine, std::int64_t id)
{
  const CommandStatus status = engine.waitFor(id, 60.0);
  EXPECT_EQ(toString(status.state), std::string("failed"));
  return status.reason;
}

EditRequest prune(const std::vector<int>& slots)
{
  EditRequest request;
  request.layer = "conv1";
  request.slots = slots;
  return request;
}

/// An engine at step `step`, paused.
std::unique_ptr<EngineImpl> engineAt(
  std::int64_t step, const TrainerOptions& options = shortTraining(), FakeSettings settings = {})
{
  auto engine = std::make_unique<EngineImpl>(fakeBackend(settings));
  engine->configure(options);
  if (step == 0)
  {
    expectDone(*engine, engine->prepare());
  }
  else
  {
    expectDone(*engine, engine->advance(step));
  }
  return engine;
}

/// Values, slots and channels of all tensors of the newest snapshot.
std::vector<float> everything(const Engine& engine)
{
  std::vector<float> values;
  for (const TensorValues& tensor : engine.snapshot()->tensors)
  {
    values.insert(values.end(), tensor.slot.begin(), tensor.slot.end());
    values.insert(values.end(), tensor.data.get(), tensor.data.get() + tensor.shape.size());
  }
  return values;
}

std::vector<std::int32_t> slotsOf(const Engine& engine)
{
  return engine.snapshot()->tensors.at(0).slot;
}

nlohmann::json lastEdit(const Engine& engine)
{
  return nlohmann::json::parse(engine.edits().back());
}
}

TEST(Edit, NamesGoThereAndBack)
{
  for (const char* name : { "least-damage", "correlated", "smallest-norm" })
  {
    EXPECT_EQ(toString(pruneChoice(name)), std::string(name));
  }
  for (const char* name : { "reconstruct", "scale", "sum", "drop" })
  {
    EXPECT_EQ(toString(pruneMethod(name)), std::string(name));
  }
  EXPECT_THROW(pruneChoice("best"), std::invalid_argument);
  EXPECT_THROW(pruneMethod(""), std::invalid_argument);
}

TEST(Edit, AReportIsALineThatLeavesOutWhatIsNotKnown)
{
  EditReport report;
  report.what = "prune";
  report.step = 30;
  report.layers = { { "conv1", 16, 14, { 3, 9 }, { 1, 1 } } };
  report.choice = "correlated";
  report.method = "sum";
  report.accuracyBefore = 0.5F;
  report.why = "alike \"twins\"\n";
  EXPECT_EQ(toJson(report),
    R"({"edit":"prune","step":30,"layers":[{"layer":"conv1","filters_before":16,"filters_after":14,)"
    R"("slots":[3,9],"survivors":[1,1]}],"choice":"correlated","method":"sum","accuracy_before":0.5,)"
    R"("why":"alike \"twins\"\n"})");
}

TEST(Edit, APreviewShowsAndChangesNothing)
{
  const auto engine = engineAt(7);
  EXPECT_EQ(engine->lastPreview(), nullptr);
  const std::vector<float> before = everything(*engine);
  EditRequest request;
  request.layer = "conv1";
  request.pruneTo = 2;
  EXPECT_EQ(expectDone(*engine, engine->previewEdit(request)), "2 of 4 filters of conv1 would go");
  const auto preview = engine->lastPreview();
  ASSERT_NE(preview, nullptr);
  EXPECT_EQ(preview->plan.step, 7);
  EXPECT_EQ(preview->plan.ranking.size(), 4U);
  EXPECT_EQ(preview->plan.members.at(0).removed.size(), 2U);
  EXPECT_TRUE(std::isfinite(preview->accuracyBefore));
  EXPECT_TRUE(std::isfinite(preview->accuracyAfter));
  EXPECT_EQ(engine->status().previewCount, 1);
  EXPECT_EQ(everything(*engine), before);
  EXPECT_TRUE(engine->edits().empty());
  EXPECT_EQ(engine->status().undoCount, 0);
}

TEST(Edit, RemovesFiltersAndTrainsOn)
{
  const auto engine = engineAt(7);
  EXPECT_EQ(expectDone(*engine, engine->applyEdit(prune({ 1, 3 }))),
    "prune: conv1 from 4 to 2 filters, at step 7");
  EXPECT_EQ(slotsOf(*engine), (std::vector<std::int32_t>{ 0, 2 }));
  EXPECT_EQ(engine->snapshot()->tensors.at(3).channelSlot, (std::vector<std::int32_t>{ 0, 2 }));
  EXPECT_EQ(engine->model()->layers.at(0).slots.at(1).removedStep, 7);
  const nlohmann::json line = lastEdit(*engine);
  EXPECT_EQ(line.at("edit"), "prune");
  EXPECT_EQ(line.at("step"), 7);
  EXPECT_EQ(line.at("layers").at(0).at("slots"), (std::vector<int>{ 1, 3 }));
  EXPECT_TRUE(line.contains("accuracy_before"));
  const EngineStatus status = engine->status();
  EXPECT_EQ(status.state, TrainingState::Paused);
  EXPECT_EQ(status.undoCount, 1);
  EXPECT_EQ(status.undoStep, 7);
  EXPECT_EQ(status.editCount, 1);
  expectDone(*engine, engine->advance(5));
  EXPECT_EQ(engine->status().step, 12);
  // The coordinates of a filter that is gone are no numbers from then on.
  const CoordinateHistory kept = engine->coordinates("conv1", { 0 }, 0, 99);
  EXPECT_EQ(kept.step.size(), 12U);
  EXPECT_TRUE(std::isfinite(kept.values.back()));
}

TEST(Edit, UndoIsAsIfItHadNotHappened)
{
  const auto plain = engineAt(7);
  expectDone(*plain, plain->advance(20));

  const auto engine = engineAt(7);
  expectDone(*engine, engine->applyEdit(prune({ 2 })));
  expectDone(*engine, engine->advance(8));
  const std::vector<float> edited = everything(*engine);
  EXPECT_EQ(expectDone(*engine, engine->undoEdit()),
    "undo: conv1 from 3 to 4 filters, at step 7, coming from step 15");
  EXPECT_EQ(engine->status().step, 7);
  EXPECT_EQ(engine->status().redoStep, 15);
  EXPECT_EQ(engine->metrics().step.size(), 7U);
  EXPECT_EQ(slotsOf(*engine).size(), 4U);
  expectDone(*engine, engine->advance(20));
  EXPECT_EQ(everything(*engine), everything(*plain));
  EXPECT_EQ(engine->metrics().step, plain->metrics().step);
  EXPECT_EQ(engine->metrics().values, plain->metrics().values);
  EXPECT_EQ(engine->coordinates("fc1", { 1, 2 }, 0, 99).values,
    plain->coordinates("fc1", { 1, 2 }, 0, 99).values);
  ASSERT_EQ(engine->evaluations().size(), plain->evaluations().size());
  EXPECT_EQ(engine->evaluations().back().loss, plain->evaluations().back().loss);

  // And forth: to where the undo was given.
  expectDone(*engine, engine->redoEdit());
  EXPECT_EQ(engine->status().step, 15);
  EXPECT_EQ(everything(*engine), edited);
  EXPECT_EQ(engine->metrics().step.size(), 15U);
  EXPECT_EQ(engine->edits().size(), 3U);
  EXPECT_EQ(lastEdit(*engine).at("left_step"), 27);
}

TEST(Edit, AnyNumberIsUndoneAndRedone)
{
  TrainerOptions options = shortTraining();
  options.epochs = 100;
  const auto engine = engineAt(3, options);
  std::vector<std::vector<float>> states{ everything(*engine) };
  for (const int slot : { 3, 1, 0 })
  {
    expectDone(*engine, engine->applyEdit(prune({ slot })));
    expectDone(*engine, engine->advance(4));
    states.push_back(everything(*engine));
  }
  EXPECT_EQ(slotsOf(*engine), (std::vector<std::int32_t>{ 2 }));
  for (std::size_t i = 3; i-- > 0;)
  {
    expectDone(*engine, engine->undoEdit());
    EXPECT_EQ(everything(*engine), states[i]);
  }
  EXPECT_NE(expectFailed(*engine, engine->undoEdit()).find("no edit to undo"), std::string::npos);
  for (std::size_t i = 1; i <= 3; ++i)
  {
    expectDone(*engine, engine->redoEdit());
    EXPECT_EQ(everything(*engine), states[i]);
  }
  EXPECT_NE(expectFailed(*engine, engine->redoEdit()).find("no edit to redo"), std::string::npos);
}

TEST(Edit, UndoInterruptsAnAdvance)
{
  FakeSettings settings;
  settings.stepMicroseconds = 100;
  TrainerOptions options = shortTraining();
  options.epochs = 100000;
  const auto engine = engineAt(3, options, settings);
  expectDone(*engine, engine->applyEdit(prune({ 1 })));
  const std::int64_t advance = engine->advance(900000);
  expectDone(*engine, engine->undoEdit());
  EXPECT_NE(expectFailed(*engine, advance).find("interrupted by undo"), std::string::npos);
  EXPECT_TRUE(engine->waitUntilStill(60.0));
  EXPECT_EQ(engine->status().state, TrainingState::Paused);
  EXPECT_EQ(engine->status().step, 3);
}

TEST(Edit, WhatBreaksHalfWayChangesNothing)
{
  FakeSettings settings;
  settings.breakEdits = true;
  const auto engine = engineAt(7, shortTraining(), settings);
  const std::vector<float> before = everything(*engine);
  EXPECT_EQ(expectFailed(*engine, engine->applyEdit(
                                    []
                                    {
                                      EditRequest request = prune({ 1 });
                                      request.measure = false;
                                      return request;
                                    }())),
    "the pretended surgery broke");
  EXPECT_EQ(engine->status().undoCount, 0);
  EXPECT_TRUE(engine->edits().empty());
  expectDone(*engine, engine->advance(5));
  const auto plain = engineAt(12);
  EXPECT_EQ(everything(*engine), everything(*plain));
}

TEST(Edit, ImpossibleOnesAreRefusedInWords)
{
  const auto engine = engineAt(7);
  const std::vector<float> before = everything(*engine);
  EXPECT_NE(expectFailed(*engine, engine->applyEdit(prune({ 0, 1, 2, 3 }))).find("all filters"),
    std::string::npos);
  EXPECT_NE(
    expectFailed(*engine, engine->applyEdit(prune({ 17 }))).find("slot 17"), std::string::npos);
  EditRequest unknown = prune({ 1 });
  unknown.layer = "conv7";
  EXPECT_NE(expectFailed(*engine, engine->applyEdit(unknown)).find("conv7"), std::string::npos);
  EXPECT_EQ(everything(*engine), before);
  expectDone(*engine, engine->applyEdit(prune({ 1 })));
  EXPECT_NE(
    expectFailed(*engine, engine->applyEdit(prune({ 1 }))).find("slot 1"), std::string::npos)
    << "gone already";
  EXPECT_EQ(engine->status().undoCount, 1);
}

TEST(Edit, AccuracyMayNotFallTooFar)
{
  const auto engine = engineAt(7);
  EditRequest request = prune({ 0, 1, 2 });
  expectDone(*engine, engine->previewEdit(request));
  const double fall = engine->lastPreview()->accuracyBefore - engine->lastPreview()->accuracyAfter;
  request.accuracyTolerance = fall - 0.001;
  EXPECT_NE(expectFailed(*engine, engine->applyEdit(request)).find("tolerance"), std::string::npos);
  EXPECT_EQ(slotsOf(*engine).size(), 4U);
  request.accuracyTolerance = fall + 0.001;
  expectDone(*engine, engine->applyEdit(request));
  EXPECT_EQ(slotsOf(*engine).size(), 1U);
}

TEST(Edit, NotFiniteStatisticsAreRefused)
{
  TrainerOptions options = shortTraining();
  const auto engine = engineAt(3, options);
  options.learningRate = 100.0;
  engine->configure(options);
  engine->waitFor(engine->advance(2), 60.0);
  EXPECT_NE(
    expectFailed(*engine, engine->applyEdit(prune({ 1 }))).find("not finite"), std::string::npos);
  EXPECT_EQ(engine->status().undoCount, 0);
}

TEST(Edit, OnlyOneAtATimeAndTheTrainingGoesOn)
{
  Gate gate;
  FakeSettings settings;
  settings.stepMicroseconds = 50;
  settings.onStudyBatch = [&gate] { gate.pass(); };
  TrainerOptions options = shortTraining();
  options.epochs = 100000;
  EngineImpl engine(fakeBackend(settings));
  engine.configure(options);
  expectDone(engine, engine.start());
  const std::int64_t edit = engine.applyEdit(prune({ 1 }));
  expectDone(engine, engine.advance(3)); // steps are made while the edit is planned
  expectDone(engine, engine.start());
  EXPECT_EQ(engine.command(edit).state, CommandState::Running);
  EXPECT_NE(
    expectFailed(engine, engine.applyEdit(prune({ 2 }))).find("under way"), std::string::npos);
  EXPECT_NE(expectFailed(engine, engine.undoEdit()).find("under way"), std::string::npos);
  EXPECT_NE(
    expectFailed(engine, engine.previewEdit(prune({ 2 }))).find("under way"), std::string::npos);
  gate.open();
  expectDone(engine, edit);
  expectDone(engine, engine.pause());
  EXPECT_EQ(slotsOf(engine), (std::vector<std::int32_t>{ 0, 2, 3 }));
  const std::int64_t at = nlohmann::json::parse(engine.edits().at(0)).at("step");
  EXPECT_GT(at, 0);
  EXPECT_LE(at, engine.status().step);
}

TEST(Edit, ANewerPreviewTakesThePlaceOfAnUnfinishedOne)
{
  std::atomic<bool> held{ true };
  FakeSettings settings;
  settings.onStudyBatch = [&held]
  {
    while (held.exchange(false))
    {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  };
  const auto engine = engineAt(3, shortTraining(), settings);
  const std::int64_t first = engine->previewEdit(prune({ 1 }));
  const std::int64_t second = engine->previewEdit(prune({ 2 }));
  expectDone(*engine, second);
  const CommandStatus status = engine->waitFor(first, 60.0);
  EXPECT_TRUE(status.state == CommandState::Done ||
              status.reason.find("took its place") != std::string::npos);
  EXPECT_EQ(engine->lastPreview()->plan.members.at(0).removed, (std::vector<int>{ 2 }));
}

TEST(Edit, TheEndOfTheTrainingEndsWhatIsUnderWay)
{
  FakeSettings settings;
  settings.onStudyBatch = [] { std::this_thread::sleep_for(std::chrono::milliseconds(50)); };
  const auto engine = engineAt(3, shortTraining(), settings);
  const std::int64_t edit = engine->applyEdit(prune({ 1 }));
  expectDone(*engine, engine->stop());
  EXPECT_NE(expectFailed(*engine, edit).find("has ended"), std::string::npos);
  EXPECT_EQ(slotsOf(*engine).size(), 4U);
  for (const std::int64_t id : { engine->applyEdit(prune({ 1 })), engine->undoEdit(),
         engine->previewEdit(prune({ 1 })), engine->freeze("conv1", {}) })
  {
    EXPECT_NE(expectFailed(*engine, id).find("has ended"), std::string::npos);
  }
}

TEST(Edit, TheEngineMayGoInTheMiddle)
{
  for (int i = 0; i < 20; ++i)
  {
    FakeSettings settings;
    settings.onStudyBatch = [i] { std::this_thread::sleep_for(std::chrono::microseconds(i * 50)); };
    EngineImpl engine(fakeBackend(settings));
    engine.configure(shortTraining());
    engine.start();
    engine.previewEdit(prune({ 2 }));
    engine.applyEdit(prune({ 1 }));
    engine.undoEdit();
  }
}

TEST(Edit, PrunesATrainedNetwork)
{
  const auto engine = engineAt(3);
  EXPECT_NE(
    expectFailed(*engine, engine->pruneTrained(prune({ 1 }))).find("not ended"), std::string::npos);
  expectDone(*engine, engine->stop());
  expectDone(*engine, engine->pruneTrained(prune({ 1, 2 })));
  EXPECT_EQ(slotsOf(*engine), (std::vector<std::int32_t>{ 0, 3 }));
  EXPECT_TRUE(lastEdit(*engine).contains("accuracy_after"));
}

TEST(Edit, FrozenFiltersStayAsTheyAre)
{
  const auto engine = engineAt(3);
  EXPECT_EQ(expectDone(*engine, engine->freeze("conv1", { 0 })),
    "freeze: conv1 from 4 to 4 filters, at step 3");
  const auto before = engine->coordinates("conv1", { 0 }, 3, 3).values;
  expectDone(*engine, engine->advance(4));
  EXPECT_EQ(engine->coordinates("conv1", { 0 }, 7, 7).values, before);
  expectDone(*engine, engine->unfreeze("conv1", {}));
  expectDone(*engine, engine->advance(1));
  EXPECT_NE(engine->coordinates("conv1", { 0 }, 8, 8).values, before);
  EXPECT_EQ(engine->status().undoCount, 0);
  EXPECT_NE(expectFailed(*engine, engine->freeze("conv9", {})).find("conv9"), std::string::npos);
}

TEST(Edit, GoesOnFromACheckpointAndBack)
{
  const TemporaryFolder folder;
  const auto engine = engineAt(5);
  expectDone(*engine, engine->saveCheckpoint(folder / "five.pt"));
  const std::vector<float> five = everything(*engine);
  expectDone(*engine, engine->applyEdit(prune({ 1 })));
  expectDone(*engine, engine->advance(5));
  const std::vector<float> ten = everything(*engine);
  expectDone(*engine, engine->loadCheckpoint(folder / "five.pt"));
  EXPECT_EQ(engine->status().step, 5);
  EXPECT_EQ(engine->status().state, TrainingState::Paused) << "loading starts nothing";
  EXPECT_EQ(everything(*engine), five);
  EXPECT_EQ(lastEdit(*engine).at("edit"), "load");
  expectDone(*engine, engine->undoEdit());
  EXPECT_EQ(everything(*engine), ten);

  writeDurably(folder / "other.pt", "of another network");
  EXPECT_NE(expectFailed(*engine, engine->loadCheckpoint(folder / "other.pt")).find("checkpoint"),
    std::string::npos);
  EXPECT_NE(expectFailed(*engine, engine->loadCheckpoint(folder / "none.pt")).find("none.pt"),
    std::string::npos);
  EXPECT_EQ(everything(*engine), ten);
}

TEST(Edit, PausesAtAStep)
{
  const auto engine = engineAt(3);
  const std::int64_t early = engine->pauseAt(20);
  const std::int64_t pause = engine->pauseAt(11);
  EXPECT_NE(expectFailed(*engine, early).find("newer"), std::string::npos);
  expectDone(*engine, engine->start());
  expectDone(*engine, pause);
  EXPECT_EQ(engine->status().state, TrainingState::Paused);
  EXPECT_EQ(engine->status().step, 11);
  EXPECT_EQ(engine->snapshot()->step, 11);
  EXPECT_NE(expectFailed(*engine, engine->pauseAt(11)).find("done already"), std::string::npos);
  const std::int64_t never = engine->pauseAt(30);
  expectDone(*engine, engine->stop());
  EXPECT_NE(expectFailed(*engine, never).find("has ended"), std::string::npos);
}

TEST(RecordedEdit, SegmentsAndTheirParents)
{
  const TemporaryFolder folder;
  TrainerOptions options = shortTraining();
  options.recordFile = folder / "run.tvr";
  {
    const auto engine = engineAt(12, options);
    expectDone(*engine, engine->applyEdit(prune({ 1 }))); // run.0001.tvr
    expectDone(*engine, engine->advance(8));
    expectDone(*engine, engine->undoEdit()); // run.0002.tvr
    EXPECT_EQ(fs::path(engine->status().recordFile).filename(), "run.0002.tvr");
    expectDone(*engine, engine->advance(3));
  }
  const auto reader = RunReader::open(folder / "run.tvr");
  EXPECT_EQ(reader->layout().parentSegment, "run.tvr");
  EXPECT_EQ(reader->layout().parentStep, 12);
  EXPECT_EQ(reader->stepCount(), 15U);
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 0, 5, 10, 12, 15 }));
  for (std::size_t i = 0; i < 5; ++i)
  {
    EXPECT_EQ(reader->readTensor(0, i).slot.size(), 4U);
  }
  ASSERT_EQ(reader->jsonLines("edits").size(), 1U);
  EXPECT_NE(reader->jsonLines("edits")[0].find(R"("edit":"undo","step":12,"left_step":20)"),
    std::string::npos);

  // What was given up can be looked at.
  EXPECT_EQ(reader->branches(), (std::vector<std::string>{ "run.0001.tvr", "run.0002.tvr" }));
  const auto branch = RunReader::open(folder / "run.tvr", "run.0001.tvr");
  EXPECT_EQ(branch->stepCount(), 20U);
  EXPECT_EQ(branch->snapshotSteps(), (std::vector<std::int64_t>{ 0, 5, 10, 12, 15, 20 }));
  EXPECT_EQ(branch->readTensor(0, 2).slot.size(), 4U);
  for (std::size_t i = 3; i < 6; ++i)
  {
    EXPECT_EQ(branch->readTensor(0, i).slot, (std::vector<std::int32_t>{ 0, 2, 3 }));
  }
  EXPECT_NE(
    branch->jsonLines("edits").at(0).find(R"("edit":"prune","step":12)"), std::string::npos);
  // Coordinates of a filter that stays run through the edit.
  const CoordinateHistory kept = branch->coordinates("conv1", { 0 });
  ASSERT_EQ(kept.step.size(), 20U);
  EXPECT_TRUE(std::isfinite(kept.values.back()));
}

TEST(RecordedEdit, AnEditBeforeTheFirstStepIsInTheRoot)
{
  const TemporaryFolder folder;
  TrainerOptions options = shortTraining();
  options.recordFile = folder / "run.tvr";
  {
    const auto engine = engineAt(0, options);
    expectDone(*engine, engine->applyEdit(prune({ 1 })));
    expectDone(*engine, engine->advance(2));
  }
  const auto reader = RunReader::open(folder / "run.tvr");
  EXPECT_EQ(reader->branches(), (std::vector<std::string>{ "run.tvr" }));
  EXPECT_EQ(reader->readTensor(0, 0).slot, (std::vector<std::int32_t>{ 0, 2, 3 }));
  EXPECT_EQ(reader->jsonLines("edits").size(), 1U);
}

TEST(RecordedEdit, IsResumedWithItsFilters)
{
  const TemporaryFolder folder;
  TrainerOptions options = shortTraining();
  options.recordFile = folder / "run.tvr";
  {
    const auto engine = engineAt(12, options);
    expectDone(*engine, engine->applyEdit(prune({ 1 })));
    expectDone(*engine, engine->advance(3));
  }
  TrainerOptions again = shortTraining();
  again.resume = folder / "run.tvr";
  {
    const auto engine = engineAt(5, again);
    EXPECT_EQ(engine->status().step, 20);
    EXPECT_EQ(slotsOf(*engine), (std::vector<std::int32_t>{ 0, 2, 3 }));
    EXPECT_EQ(engine->edits().size(), 1U);
    expectDone(*engine, engine->applyEdit(prune({ 3 })));
    expectDone(*engine, engine->advance(1));
  }
  const auto reader = RunReader::open(folder / "run.tvr");
  EXPECT_EQ(reader->stepCount(), 21U);
  EXPECT_EQ(reader->jsonLines("edits").size(), 2U);
  EXPECT_EQ(reader->branches(), (std::vector<std::string>{ "run.0003.tvr" }));
}

/// Trains, edits and undoes for ever, recording to `file`.
[[noreturn]] void editForEver(const std::string& file)
{
  TrainerOptions options = shortTraining();
  options.epochs = 1000000;
  options.snapshotInterval = 20;
  options.recordFile = file;
  EngineImpl engine(fakeBackend({}));
  engine.configure(options);
  engine.waitFor(engine.start(), -1.0);
  for (;;)
  {
    EditRequest request = prune({ 1 });
    request.measure = false;
    engine.waitFor(engine.applyEdit(request), -1.0);
    engine.waitFor(engine.undoEdit(), -1.0);
    engine.waitFor(engine.applyEdit(prune({ 2 })), -1.0);
    engine.waitFor(engine.undoEdit(), -1.0);
  }
}

TEST(RecordedEdit, AKilledProcessLeavesAReadableRun)
{
  for (int round = 0; round < 8; ++round)
  {
    const TemporaryFolder folder;
    const std::string file = folder / "run.tvr";
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0)
    {
      editForEver(file);
    }
    const auto segments = [&] { return existingSegments(file).size(); };
    for (int i = 0; i < 6000 && segments() < std::size_t(round) + 2; ++i)
    {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(round));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself";
    ASSERT_GE(segments(), std::size_t(round) + 2);

    const auto newest = RunReader::open(file);
    EXPECT_TRUE(newest->problems().empty());
    for (const std::string& branch : newest->branches())
    {
      const auto reader = RunReader::open(file, branch);
      const std::vector<std::int64_t> steps = reader->snapshotSteps();
      EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end()));
      for (std::size_t snapshot = 0; snapshot < steps.size(); ++snapshot)
      {
        const TensorValues weight = reader->readTensor(0, snapshot);
        for (std::int64_t i = 0; i < weight.shape.size(); ++i)
        {
          ASSERT_TRUE(std::isfinite(weight.data.get()[i])) << branch << " at " << steps[snapshot];
        }
      }
      reader->metrics();
      reader->jsonLines("edits");
    }
  }
}

TEST(RecordedEdit, StatesToUndoToSpillToFilesThatNobodySees)
{
  const TemporaryFolder folder;
  TrainerOptions options = shortTraining();
  options.recordFile = folder / "run.tvr";
  options.undoMemory = 1;
  options.epochs = 1000;
  FakeSettings settings;
  settings.large = true; // some 8 MB a state
  const auto others = [&folder]
  {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(folder / ""))
    {
      const std::string kind = entry.path().extension();
      count += kind != ".tvr" && kind != ".pt" ? 1 : 0;
    }
    return count;
  };
  {
    const auto engine = engineAt(1, options, settings);
    const std::vector<float> before = everything(*engine);
    for (const int slot : { 1, 2, 3 })
    {
      EditRequest request = prune({ slot });
      request.measure = false;
      expectDone(*engine, engine->applyEdit(request));
    }
    for (int i = 0; i < 3; ++i)
    {
      expectDone(*engine, engine->undoEdit());
    }
    EXPECT_EQ(everything(*engine), before);
  }
  EXPECT_EQ(others(), 0);
}

TEST(RecordedEdit, ADiskWithoutRoomForUndoIsToldAndTheTrainingGoesOn)
{
  const TemporaryFolder folder;
  fs::create_directory(folder / "run");
  TrainerOptions options = shortTraining();
  options.recordFile = folder / "run/run.tvr";
  options.undoMemory = 1;
  options.epochs = 1000;
  FakeSettings settings;
  settings.large = true;
  const auto engine = engineAt(1, options, settings);
  fs::remove_all(folder / "run"); // no file can be made there any more
  for (int slot = 1; slot < 12 && engine->status().warning.empty(); ++slot)
  {
    EditRequest request = prune({ slot });
    request.measure = false;
    expectDone(*engine, engine->applyEdit(request));
    std::this_thread::sleep_for(std::chrono::milliseconds(5)); // a write that failed is seen later
  }
  EXPECT_NE(engine->status().warning.find("UndoMemory"), std::string::npos);
  EXPECT_NE(engine->status().warning.find("run'"), std::string::npos) << engine->status().warning;
  EXPECT_GE(engine->status().undoCount, 1) << "the newest can be undone";
  expectDone(*engine, engine->undoEdit());
  expectDone(*engine, engine->advance(2));
}
