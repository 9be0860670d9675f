#include "Recorder.h"
#include "DurableFile.h"
#include "FakeModel.h"
#include "RunReader.h"
#include "TemporaryFolder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <thread>

#include <sys/resource.h>

using namespace tensorview;
namespace fs = std::filesystem;

namespace
{
/// A pretended training whose rows and snapshots the tests record.
struct Source
{
  Source()
    : model(TrainerOptions(), FakeSettings())
  {
  }

  /// Trains a step and gives its rows to `recorder`.
  void step(Recorder& recorder)
  {
    TrainingModel::Watch watch;
    watch.row = watch.statistics = watch.filters = watch.activations = true;
    TrainingModel::StepReport report;
    this->model.trainStep(watch, report, [] { return true; });
    StepBlock row;
    this->model.appendRow(row);
    recorder.append(row);
    FilterBlock filters;
    this->model.appendFilterRow(filters);
    recorder.append(filters);
  }

  std::shared_ptr<const SnapshotValues> snapshot()
  {
    auto values = std::make_shared<SnapshotValues>();
    values->step = this->model.step();
    values->epoch = this->model.epoch();
    this->model.copySnapshot(values->tensors, false);
    this->model.copyProbe(
      wishFor(this->model.layout(), { "conv1", "fc1" }), values->probe, values->gram);
    return values;
  }

  FakeModel model;
};

/// Waits until recording has stopped, at most a minute.
void waitInactive(const Recorder& recorder)
{
  for (int i = 0; i < 6000 && recorder.isActive(); ++i)
  {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

Recorder::Limits quick()
{
  Recorder::Limits limits;
  limits.flushSeconds = 0.01;
  return limits;
}

/// Files of this process cannot grow beyond a limit, as on a full disk, until the end of the scope.
class FileSizeLimit
{
public:
  explicit FileSizeLimit(rlim_t bytes)
  {
    ::getrlimit(RLIMIT_FSIZE, &this->before_);
    this->handler_ = std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit = this->before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit()
  {
    ::setrlimit(RLIMIT_FSIZE, &this->before_);
    std::signal(SIGXFSZ, this->handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};
}

TEST(Recorder, WritesAllItIsGiven)
{
  const TemporaryFolder folder;
  Source source;
  Recorder recorder(folder / "run.tvr", source.model.layout(), false, {});
  EXPECT_TRUE(recorder.isActive());
  recorder.append(source.snapshot(), true);
  for (int i = 0; i < 20; ++i)
  {
    source.step(recorder);
  }
  const auto last = source.snapshot();
  recorder.append(last, true);
  recorder.append(source.model.evaluate(TrainingModel::Part::Validation, [] { return true; }));
  recorder.appendEvent(R"({"event":"something"})");
  recorder.appendCheckpoint(20, "the state", R"({"total_steps":30})");
  recorder.close();
  EXPECT_FALSE(recorder.isActive());
  const Recorder::Progress progress = recorder.progress();
  EXPECT_EQ(progress.message, "");
  EXPECT_EQ(progress.rows, 20);
  EXPECT_EQ(progress.snapshots, 2);
  EXPECT_EQ(progress.droppedRows, 0);
  EXPECT_EQ(progress.droppedSnapshots, 0);
  EXPECT_EQ(readWhole(folder / "run.checkpoint-00000020.pt"), "the state");

  const auto reader = RunReader::open(folder / "run.tvr");
  EXPECT_EQ(reader->stepCount(), 20U);
  EXPECT_EQ(reader->metrics().step.back(), 20);
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 0, 20 }));
  const TensorValues weight = reader->readTensor(0, 1);
  EXPECT_TRUE(std::equal(last->tensors[0].begin(), last->tensors[0].end(), weight.data.get()));
  EXPECT_EQ(reader->filterSeries("conv1/weight_norm").step.size(), 20U);
  ASSERT_EQ(reader->evaluations(true).size(), 1U);
  EXPECT_EQ(reader->evaluations(true)[0].predicted.size(), 50U);
  const std::vector<std::string> events = reader->jsonLines("events");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0], R"({"event":"something"})");
  EXPECT_NE(events[1].find("run.checkpoint-00000020.pt"), std::string::npos);
}

TEST(Recorder, ASegmentFollowsAnother)
{
  const TemporaryFolder folder;
  Source source;
  Recorder recorder(folder / "run.tvr", source.model.layout(), false, {});
  recorder.append(source.snapshot(), true);
  for (int i = 0; i < 10; ++i)
  {
    source.step(recorder);
  }
  const auto before = source.snapshot();
  recorder.append(before, true);

  EditRequest request;
  request.layer = "conv1";
  request.slots = { 1 };
  source.model.applyEdit(source.model.study()->plan(request, [] { return true; }));
  RunLayout layout = source.model.layout();
  layout.parentSegment = "run.tvr";
  layout.parentStep = 10;
  recorder.beginSegment(folder / "run.0001.tvr", layout);
  EXPECT_EQ(recorder.path(), folder / "run.0001.tvr");
  recorder.appendEdit(R"({"edit":"prune","step":10})");
  const auto after = source.snapshot();
  recorder.append(after, true);
  for (int i = 0; i < 5; ++i)
  {
    source.step(recorder);
  }
  recorder.append(source.snapshot(), true);
  recorder.close();
  EXPECT_EQ(recorder.progress().message, "");

  const auto reader = RunReader::open(folder / "run.tvr");
  EXPECT_EQ(reader->stepCount(), 15U);
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 0, 10, 15 }));
  EXPECT_EQ(
    reader->jsonLines("edits"), (std::vector<std::string>{ R"({"edit":"prune","step":10})" }));
  const TensorValues first = reader->readTensor(0, 0);
  EXPECT_EQ(first.slot, (std::vector<std::int32_t>{ 0, 1, 2, 3 }));
  const TensorValues edited = reader->readTensor(0, 1);
  EXPECT_EQ(edited.slot, (std::vector<std::int32_t>{ 0, 2, 3 }));
  EXPECT_TRUE(std::equal(after->tensors[0].begin(), after->tensors[0].end(), edited.data.get()));
  const TensorValues next = reader->readTensor(3, 1);
  EXPECT_EQ(next.channelSlot, (std::vector<std::int32_t>{ 0, 2, 3 }));
  EXPECT_TRUE(std::equal(after->tensors[3].begin(), after->tensors[3].end(), next.data.get()));
  // Filter 1 of layer conv1 is in its series until it goes.
  const StepTable norms = reader->filterSeries("conv1/weight_norm");
  ASSERT_EQ(norms.step.size(), 15U);
  EXPECT_FALSE(std::isnan(norms.values[9 * 4 + 1]));
  EXPECT_TRUE(std::isnan(norms.values[10 * 4 + 1]));
  EXPECT_FALSE(std::isnan(norms.values[10 * 4 + 2]));
}

TEST(Recorder, ASegmentThatCannotBeMadeEndsTheRecording)
{
  const TemporaryFolder folder;
  Source source;
  Recorder recorder(folder / "run.tvr", source.model.layout(), false, quick());
  recorder.append(source.snapshot(), true);
  source.step(recorder);
  writeDurably(folder / "run.0001.tvr", "something else");
  RunLayout layout = source.model.layout();
  layout.parentSegment = "run.tvr";
  layout.parentStep = 1;
  recorder.beginSegment(folder / "run.0001.tvr", layout);
  waitInactive(recorder);
  EXPECT_FALSE(recorder.isActive());
  EXPECT_NE(recorder.progress().message.find("run.0001.tvr"), std::string::npos);
  source.step(recorder);
  recorder.close();
  EXPECT_EQ(RunReader::open(folder / "run.tvr")->stepCount(), 1U);
}

TEST(Recorder, WhatIsThereIsNotOverwrittenUnlessAsked)
{
  const TemporaryFolder folder;
  Source source;
  const std::string path = folder / "run.tvr";
  Recorder(path, source.model.layout(), false, {}).appendCheckpoint(5, "old", "{}");
  EXPECT_TRUE(fs::exists(folder / "run.checkpoint-00000005.pt"));
  const auto size = fs::file_size(path);
  EXPECT_THROW(Recorder(path, source.model.layout(), false, {}), RunFileError);
  EXPECT_EQ(fs::file_size(path), size);
  Recorder(path, source.model.layout(), true, {}).close();
  EXPECT_FALSE(fs::exists(folder / "run.checkpoint-00000005.pt")) << "of the run that is replaced";
}

TEST(Recorder, TwoOfThemNeverShareAFile)
{
  const TemporaryFolder folder;
  Source source;
  const std::string path = folder / "run.tvr";
  Recorder first(path, source.model.layout(), false, quick());
  EXPECT_THROW(Recorder(path, source.model.layout(), true, {}), RunFileError);
  for (int i = 0; i < 5; ++i)
  {
    source.step(first);
  }
  first.close();
  EXPECT_EQ(first.progress().message, "");
  EXPECT_EQ(RunReader::open(path)->stepCount(), 5U);
}

TEST(Recorder, AMissingFolderIsNamed)
{
  const TemporaryFolder folder;
  Source source;
  try
  {
    Recorder recorder(folder / "none/run.tvr", source.model.layout(), false, {});
    FAIL();
  }
  catch (const RunFileError& error)
  {
    EXPECT_NE(std::string(error.what()).find("none"), std::string::npos) << error.what();
  }
}

TEST(Recorder, DropsAndCountsWhatDoesNotFit)
{
  const TemporaryFolder folder;
  Source source;
  Recorder::Limits limits;
  limits.snapshots = 0;
  limits.smallSnapshotBytes = 0;
  limits.rowBytes = 1;
  Recorder recorder(folder / "run.tvr", source.model.layout(), false, limits);
  recorder.append(source.snapshot(), true); // the first is always taken
  source.step(recorder);
  recorder.append(source.snapshot(), false);
  source.step(recorder);
  recorder.append(source.snapshot(), true);
  recorder.close();
  EXPECT_EQ(recorder.progress().droppedRows, 2);
  EXPECT_EQ(recorder.progress().droppedSnapshots, 1);
  const auto reader = RunReader::open(folder / "run.tvr");
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 0, 2 }));
  EXPECT_EQ(
    reader->jsonLines("events").back(), R"({"event":"dropped","step":2,"rows":2,"snapshots":1})");
}

TEST(Recorder, AVanishedFolderEndsTheRecordingOnly)
{
  const TemporaryFolder folder;
  Source source;
  fs::create_directory(folder / "runs");
  Recorder recorder(folder / "runs/run.tvr", source.model.layout(), false, quick());
  source.step(recorder);
  fs::remove_all(folder / "runs");
  waitInactive(recorder);
  EXPECT_FALSE(recorder.isActive());
  EXPECT_NE(recorder.progress().message.find("recording stopped"), std::string::npos);
  EXPECT_NE(recorder.progress().message.find("is gone"), std::string::npos);
  source.step(recorder); // harmless
  recorder.appendCheckpoint(2, "state", "{}");
}

TEST(Recorder, AFullDiskEndsTheRecordingAndLeavesAReadableFile)
{
  const TemporaryFolder folder;
  Source source;
  const std::string path = folder / "run.tvr";
  Recorder recorder(path, source.model.layout(), false, quick());
  for (int i = 0; i < 10; ++i)
  {
    source.step(recorder);
  }
  recorder.append(source.snapshot(), true);
  // All of this must be flushed before the disk is full.
  recorder.appendCheckpoint(10, "state", "{}");
  while (!fs::exists(folder / "run.checkpoint-00000010.pt"))
  {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  {
    const FileSizeLimit full(fs::file_size(path) + 2000);
    for (int i = 0; i < 5000 && recorder.isActive(); ++i)
    {
      source.step(recorder);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    waitInactive(recorder);
    recorder.close();
  }
  EXPECT_NE(recorder.progress().message.find("recording stopped"), std::string::npos);
  const auto reader = RunReader::open(path);
  EXPECT_GE(reader->stepCount(), 10U);
  EXPECT_EQ(reader->metrics().step.at(9), 10);
  EXPECT_EQ(reader->snapshotSteps(), (std::vector<std::int64_t>{ 10 }));
}
