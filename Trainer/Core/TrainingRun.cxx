#include "TrainingRun.h"

#include "AutoPrune.h"
#include "DurableFile.h"
#include "MachineMemory.h"
#include "RecordEstimate.h"
#include "TrainerOptionsCheck.h"
#include "TrainerOptionsFields.h"
#include "TrainerOptionsJson.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <filesystem>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>

namespace tensorview
{

namespace
{
RunLayout completeLayout(const TrainingModel& model, const TrainerOptions& options)
{
  RunLayout layout = model.layout();
  layout.optionsJson = toJson(options);
  layout.clock = model.clock();
  layout.snapshotInterval = options.snapshotInterval;
  layout.filterInterval = options.filterInterval;
  layout.threads = model.threads();
  return layout;
}

std::size_t bytesPerSnapshot(const RunLayout& layout)
{
  std::int64_t values = 0;
  for (const auto* tensors : { &layout.model.tensors, &layout.probe })
  {
    for (const TensorDescription& tensor : *tensors)
    {
      values += tensor.shape.size();
    }
  }
  std::int64_t doubles = 0;
  for (const GramDescription& gram : layout.gram)
  {
    doubles += (gram.slots + 1) * (gram.slots + 1);
  }
  return static_cast<std::size_t>(values) * sizeof(float) +
         static_cast<std::size_t>(doubles) * sizeof(double);
}

/// Memory of the tracked weights' history beside that of the snapshots.
std::size_t trackedBytes(std::size_t snapshotBytes)
{
  constexpr std::size_t most = std::size_t(256) << 20;
  return std::min(most, snapshotBytes / 8);
}

/// Where states to undo to are kept: beside the run, if there is one.
std::string undoFolder(const TrainerOptions& options)
{
  return options.recordFile.empty()
           ? std::filesystem::temp_directory_path().string()
           : std::filesystem::path(options.recordFile).parent_path().string();
}

/// The settings of `options` that may change between steps.
nlohmann::ordered_json liveSettings(const TrainerOptions& options)
{
  nlohmann::ordered_json json;
  visitOptions(options,
    [&](const char* name, const auto& value)
    {
      if (isLive(name))
      {
        json[name] = value;
      }
    });
  return json;
}

std::string toLine(const nlohmann::ordered_json& json)
{
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}
}

TrainingRun::TrainingRun(const TrainerOptions& options, std::unique_ptr<TrainingModel> model,
  std::optional<ResumePoint> resume, EngineDisplay& display)
  : options_(options)
  , model_(std::move(model))
  , layout_(completeLayout(*this->model_, options))
  , plan_(options, this->model_->clock())
  , display_(display)
  , resume_(std::move(resume))
  , snapshotBytes_(snapshotMemory(options.snapshotMemory))
  , history_(std::make_shared<TrainingHistory>(this->layout_, trackedBytes(this->snapshotBytes_)))
  , pool_(bytesPerSnapshot(this->layout_), this->snapshotBytes_)
  , undo_(undoMemory(options.undoMemory), undoFolder(options))
{
  if (this->resume_)
  {
    this->layout_.parentSegment = this->resume_->parentSegment;
    this->layout_.parentStep = this->beginsRun() ? -1 : this->resume_->step;
    this->layout_.parentRun = this->resume_->parentRun;
    this->layout_.parentRunStep = this->beginsRun() ? this->resume_->step : -1;
    this->history_->append(this->resume_->rows);
    for (const Evaluation& evaluation : this->resume_->evaluations)
    {
      this->history_->append(evaluation);
    }
    this->history_->setEdits(this->resume_->edits);
    this->resume_->rows = {};
    this->resume_->state.clear();
  }
  if (this->batchSizeIsDue())
  {
    this->takeBatchSize();
  }
  const std::int64_t step = this->model_->step();
  this->display_.model.set(std::make_shared<ModelDescription>(this->layout_.model));
  this->display_.history.set(this->history_);
  this->display_.probes.clear();
  this->display_.preview.set(nullptr);
  this->display_.status.update(
    [&](EngineStatus& status)
    {
      const EngineStatus fresh;
      status.step = step;
      status.totalSteps = this->plan_.totalSteps();
      status.clock = this->clock();
      status.epoch = this->model_->epoch();
      status.loss = fresh.loss;
      status.accuracy = fresh.accuracy;
      status.validationLoss = fresh.validationLoss;
      status.validationAccuracy = fresh.validationAccuracy;
      status.testAccuracy = fresh.testAccuracy;
      status.learningRate = static_cast<float>(options.learningRate);
      status.stepsPerSecond = 0.0;
      status.secondsLeft = -1.0;
      status.device = this->model_->deviceName();
      status.threads = this->model_->threads();
      status.recordFile.clear();
      status.droppedRows = 0;
      status.droppedSnapshots = 0;
      status.undoCount = 0;
      status.redoCount = 0;
      status.undoStep = -1;
      status.redoStep = -1;
      status.editCount = static_cast<std::int64_t>(this->history_->edits().size());
    });
  this->showExpectedSize(this->options_);
  this->showPresent();
}

TrainingRun::~TrainingRun() = default;

std::string TrainingRun::resumedFrom() const
{
  if (!this->resume_)
  {
    return {};
  }
  const std::string& remark = this->resume_->remark;
  return ", going on from step " + std::to_string(this->resume_->step) + " of '" +
         this->options_.resume + "'" + (remark.empty() ? "" : " " + remark);
}

std::string TrainingRun::resumeWarning() const
{
  return this->resume_ ? this->resume_->warning : std::string();
}

void TrainingRun::showExpectedSize(const TrainerOptions& options)
{
  const RecordEstimate estimate =
    estimateRecord(this->layout_, this->options_, options, this->step(), this->resume_.has_value());
  this->display_.status.update(
    [&](EngineStatus& status)
    {
      status.expectedBytes = estimate.bytes;
      status.recordMessage = estimate.message;
      status.recordFailed = false;
    });
}

void TrainingRun::begin(const TrainerOptions& options)
{
  this->speed_.restart(this->step());
  if (this->begun_)
  {
    return;
  }
  if (!this->resume_)
  {
    // What may still change between preparing and the first step.
    this->options_.recordFile = options.recordFile;
    this->options_.overwrite = options.overwrite;
    this->follow(options);
    this->layout_.optionsJson = toJson(this->options_);
    this->showExpectedSize(this->options_);
  }
  if (!this->options_.recordFile.empty())
  {
    Recorder::Limits limits;
    limits.snapshotBytes = this->snapshotBytes_;
    this->recorder_ = std::make_unique<Recorder>(
      this->options_.recordFile, this->layout_, this->options_.overwrite, limits);
    this->segment_ = std::filesystem::path(this->options_.recordFile).filename().string();
    for (const std::string& edit : this->unrecordedEdits_)
    {
      this->recorder_->appendEdit(edit);
    }
    this->unrecordedEdits_.clear();
    this->recorder_->appendEvent(
      toLine(nlohmann::ordered_json{ { "event", this->beginsRun() ? "branch"
                                                : this->resume_   ? "resume"
                                                                  : "start" },
        { "step", this->step() }, { "device", this->model_->deviceName() } }));
    if (!this->resume_ || this->beginsRun())
    {
      this->recordSnapshot(this->copySnapshot(this->wishForRecord(true)), true);
    }
  }
  this->begun_ = true;
  this->history_->setRecordFile(this->options_.recordFile);
  this->showRecorder();
}

TrainingRun::StepResult TrainingRun::advance(bool showSnapshot, const Proceed& proceed)
{
  if (!this->settle(proceed))
  {
    return StepResult::Interrupted;
  }
  if (this->plan_.isLast(this->step()))
  {
    return StepResult::Finished;
  }
  if (this->batchSizeIsDue())
  {
    this->takeBatchSize();
    this->startSegment(this->segment_);
    this->recordBatchSize();
  }

  const std::int64_t next = this->step() + 1;
  const bool recording = this->isRecording();
  const bool due = this->plan_.hasSnapshot(next);
  TrainingModel::Watch watch;
  watch.row = true;
  watch.statistics = recording;
  watch.exact = recording && due;
  watch.filters = recording && this->plan_.hasFilterRow(next);
  // Any step may turn out to be the one that a user pauses or stops at.
  watch.activations = true;
  watch.gradients = this->options_.recordGradients;
  TrainingModel::StepReport report;
  if (!this->model_->trainStep(watch, report, proceed))
  {
    return StepResult::Interrupted;
  }

  this->record(next, watch);
  this->showProgress(report);
  const bool asked = this->display_.snapshots.takeRequest();
  // Told once: who starts it again after that wants to see where it goes.
  const bool isFinite = std::isfinite(report.loss);
  const bool diverged = !isFinite && !this->diverged_;
  this->diverged_ = !isFinite;
  const bool must = showSnapshot || diverged || this->plan_.isLast(next);
  const bool wanted = due || asked;
  if (wanted && !must && !this->pool_.hasRoom())
  {
    this->leaveSnapshotOut(due, asked);
  }
  else if (wanted || must)
  {
    const bool recorded = recording && (due || diverged);
    const auto values = this->copySnapshot(recorded ? this->wishForRecord(must) : ProbeWish());
    if (recorded)
    {
      this->recordSnapshot(values, diverged || this->plan_.isLast(next));
    }
    this->publish(values);
  }
  if (diverged)
  {
    this->recordEvent("diverged");
    return StepResult::Diverged;
  }
  this->evaluationOwed_ = this->plan_.hasEvaluation(next);
  this->checkpointOwed_ = this->plan_.hasCheckpoint(next) && !this->diverged_;
  this->testOwed_ = this->plan_.hasTest(next);
  if (!this->settle(proceed))
  {
    return StepResult::Interrupted;
  }
  return this->plan_.isLast(next) ? StepResult::Finished : StepResult::Done;
}

void TrainingRun::leaveSnapshotOut(bool due, bool asked)
{
  if (asked)
  {
    this->display_.snapshots.request(); // as soon as there is room
  }
  if (due && this->isRecording())
  {
    this->recorder_->leaveSnapshotOut();
    this->showRecorder();
  }
}

void TrainingRun::record(std::int64_t step, const TrainingModel::Watch& watch)
{
  this->row_.clear();
  this->model_->appendRow(this->row_);
  this->history_->append(this->row_);
  this->tellForgotten();
  if (!this->isRecording())
  {
    if (this->recorder_)
    {
      this->showRecorder();
    }
    return;
  }
  if (watch.statistics)
  {
    this->recorder_->append(this->row_);
  }
  if (watch.filters)
  {
    this->filterRow_.step.clear();
    this->filterRow_.changeBands.clear();
    for (auto& series : this->filterRow_.series)
    {
      series.clear();
    }
    this->model_->appendFilterRow(this->filterRow_);
    this->recorder_->append(this->filterRow_);
  }
  if (step % 16 == 0)
  {
    this->showRecorder();
  }
}

void TrainingRun::tellForgotten()
{
  if (this->forgets_ || this->history_->forgottenBefore() == 0)
  {
    return;
  }
  this->forgets_ = true;
  this->display_.status.update(
    [this](EngineStatus& status)
    {
      status.warning = this->options_.recordFile.empty()
                         ? "the tracked weights of the oldest steps are not in memory any more: "
                           "record to a file to keep all of them, or name fewer TrackedWeights"
                         : "";
    });
}

bool TrainingRun::settle(const Proceed& proceed)
{
  if (this->evaluationOwed_)
  {
    if (!this->evaluate(proceed))
    {
      return false;
    }
    this->evaluationOwed_ = false;
  }
  if (this->checkpointOwed_)
  {
    this->recordCheckpoint();
    this->checkpointOwed_ = false;
  }
  if (this->testOwed_)
  {
    const Evaluation result = this->model_->evaluate(TrainingModel::Part::Test, proceed);
    if (!proceed() && std::isnan(result.accuracy))
    {
      return false;
    }
    this->testOwed_ = false;
    this->display_.status.update(
      [&](EngineStatus& status) { status.testAccuracy = result.accuracy; });
    if (this->isRecording())
    {
      this->recorder_->appendEvent(nlohmann::ordered_json{ { "event", "test" },
        { "step", result.step }, { "loss", result.loss },
        { "accuracy",
          result.accuracy } }.dump());
    }
  }
  return true;
}

bool TrainingRun::evaluate(const Proceed& proceed)
{
  Evaluation result = this->model_->evaluate(TrainingModel::Part::Validation, proceed);
  if (!proceed() && std::isnan(result.accuracy))
  {
    return false;
  }
  this->display_.status.update(
    [&](EngineStatus& status)
    {
      status.validationLoss = result.loss;
      status.validationAccuracy = result.accuracy;
    });
  if (this->isRecording())
  {
    this->recorder_->append(result);
  }
  result.predicted.clear(); // in memory for the chart only
  this->history_->append(result);
  this->speed_.restart(this->step());
  return true;
}

void TrainingRun::follow(const TrainerOptions& options)
{
  std::set<std::string> names = differingOptions(options, this->options_);
  if (this->resume_)
  {
    const std::set<std::string> others = differingOptions(options, this->resume_->asked);
    this->followed_.insert(others.begin(), others.end());
  }
  for (auto name = names.begin(); name != names.end();)
  {
    const bool follows = isLive(*name) && (!this->resume_ || this->followed_.count(*name) > 0);
    name = follows ? std::next(name) : names.erase(name);
  }
  if (names.empty())
  {
    return;
  }
  TrainerOptions next = this->options_;
  copyOptions(options, names, next);
  checkOptions(next);
  checkAutoPrune(next, this->model_->description());
  if (next.batchSize > this->model_->trainingImages())
  {
    throw std::invalid_argument("BatchSize is " + std::to_string(next.batchSize) +
                                ", but must be at most the number of training images, " +
                                std::to_string(this->model_->trainingImages()));
  }
  this->model_->setMethod(next);
  this->model_->setHyperparameters(next.learningRate, next.momentum, next.weightDecay);
  this->options_ = next;
  if (!this->begun_ && this->batchSizeIsDue())
  {
    this->takeBatchSize();
    this->publishedStep_ = -1; // what the first batch answers is another one
    this->showPresent();
  }
  this->recordEvent("hyperparameters");
}

/// Whether an epoch begins with the next step that shall have batches of another size.
bool TrainingRun::batchSizeIsDue() const
{
  return this->options_.batchSize != this->model_->batchSize() &&
         this->clock().stepInEpoch(this->step()) == 0;
}

void TrainingRun::takeBatchSize()
{
  this->model_->setBatchSize(this->options_.batchSize);
  this->followClock();
}

/// After the model's batch size or clock may have changed: what follows from them.
void TrainingRun::followClock()
{
  this->model_->setMethod(this->options_); // a micro-batch fits the batch
  this->layout_.clock = this->clock();
  this->plan_ = TrainingPlan(this->options_, this->clock());
  this->display_.status.update(
    [this](EngineStatus& status)
    {
      status.totalSteps = this->plan_.totalSteps();
      status.clock = this->clock();
    });
}

void TrainingRun::recordBatchSize()
{
  if (this->isRecording())
  {
    this->recorder_->appendEvent(
      toLine(nlohmann::ordered_json{ { "event", "batch size" }, { "step", this->step() },
        { "epoch", this->clock().firstEpoch }, { "batch_size", this->model_->batchSize() } }));
  }
}

std::string TrainingRun::comingBatchSize() const
{
  if (this->options_.batchSize == this->model_->batchSize())
  {
    return {};
  }
  const EpochClock clock = this->clock();
  const std::int64_t begun = clock.stepInEpoch(this->step()) > 0 ? 1 : 0;
  return "batch size " + std::to_string(this->options_.batchSize) + " from epoch " +
         std::to_string(clock.epochIndex(this->step()) + begun) + " on";
}

void TrainingRun::showPresent()
{
  if (this->publishedStep_ != this->step())
  {
    this->publish(this->copySnapshot(ProbeWish()));
  }
}

void TrainingRun::answerProbe()
{
  SnapshotValues values;
  values.step = this->step();
  values.asked = this->display_.probes.unanswered(this->step());
  if (values.asked.empty())
  {
    return;
  }
  const ProbeWish wish = wishFor(this->layout_, values.asked);
  std::exception_ptr problem;
  try
  {
    if (!wish.empty())
    {
      this->model_->copyProbe(wish, values.probe, values.gram);
    }
  }
  catch (...)
  {
    problem = std::current_exception(); // it would be the same again: nothing is the answer
    values.probe.clear();
    values.gram.clear();
  }
  this->display_.probes.publish(makeProbeResult(this->layout_, values), false);
  if (problem)
  {
    std::rethrow_exception(problem);
  }
}

void TrainingRun::saveCheckpoint(const std::string& path)
{
  writeDurably(path, this->model_->saveState());
}

void TrainingRun::saveModel(const std::string& path)
{
  this->model_->saveModel(path);
}

void TrainingRun::close()
{
  if (this->closed_)
  {
    return;
  }
  this->closed_ = true;
  if (!this->recorder_)
  {
    return;
  }
  if (this->isRecording())
  {
    if (this->recordedSnapshotStep_ < this->step())
    {
      this->recordSnapshot(this->copySnapshot(this->wishForRecord(true)), true);
    }
    if (this->recordedCheckpointStep_ < this->step() && !this->diverged_ &&
        this->options_.checkpointInterval >= 0 && !isPrediction(this->options_))
    {
      this->recordCheckpoint();
    }
    this->recordEvent("end");
  }
  this->recorder_->close();
  this->showRecorder();
  this->display_.status.update([](EngineStatus& status) { status.recordFile.clear(); });
}

std::shared_ptr<const SnapshotValues> TrainingRun::copySnapshot(const ProbeWish& recorded)
{
  auto values = this->pool_.take();
  values->step = this->model_->step();
  values->epoch = this->model_->epoch();
  this->model_->copySnapshot(values->tensors, this->options_.recordGradients);
  values->asked = this->display_.probes.wanted();
  values->probe.clear();
  values->gram.clear();
  const ProbeWish wish = joined(recorded, wishFor(this->layout_, values->asked));
  if (!wish.empty())
  {
    this->model_->copyProbe(wish, values->probe, values->gram);
  }
  return values;
}

/// Everything; but unless it must be the `whole`, matrices that take more images than others only
/// now and then, so that a record of many snapshots trains nearly as fast as one of few.
ProbeWish TrainingRun::wishForRecord(bool whole)
{
  constexpr std::int64_t passesOfStep = 3; // forwards, and backwards twice as much
  constexpr std::int64_t share = 100;      // that training has of the work, to one
  const std::vector<GramDescription>& matrices = this->layout_.gram;
  std::int64_t fewest = std::numeric_limits<std::int64_t>::max();
  for (const GramDescription& gram : matrices)
  {
    fewest = std::min(fewest, gram.images);
  }
  ProbeWish wish;
  wish.outputs = !this->layout_.probe.empty();
  wish.gram.assign(matrices.size(), false);
  this->gramSteps_.resize(matrices.size(), -1);
  for (std::size_t i = 0; i < matrices.size(); ++i)
  {
    const std::int64_t passes =
      (this->step() - this->gramSteps_[i]) * this->model_->batchSize() * passesOfStep;
    if (whole || this->gramSteps_[i] < 0 || passes >= share * (matrices[i].images - fewest))
    {
      wish.gram[i] = true;
      this->gramSteps_[i] = this->step();
    }
  }
  return wish;
}

void TrainingRun::publish(const std::shared_ptr<const SnapshotValues>& values)
{
  // First: who sees the snapshot may ask for this.
  if (!values->asked.empty())
  {
    this->display_.probes.publish(makeProbeResult(this->layout_, *values), true);
  }
  this->display_.snapshots.publish(makeNetworkSnapshot(this->layout_, values));
  this->publishedStep_ = values->step;
  this->display_.status.update(
    [this](EngineStatus& status) { status.snapshotVersion = this->display_.snapshots.version(); });
}

void TrainingRun::recordSnapshot(const std::shared_ptr<const SnapshotValues>& values, bool always)
{
  if (this->isRecording())
  {
    this->recordedSnapshotStep_ = values->step;
    this->recorder_->append(values, always);
  }
}

void TrainingRun::recordEvent(const char* event)
{
  if (this->isRecording())
  {
    nlohmann::ordered_json json{ { "event", event }, { "step", this->step() } };
    json.update(liveSettings(this->options_));
    this->recorder_->appendEvent(toLine(json));
  }
}

void TrainingRun::recordCheckpoint()
{
  if (!this->isRecording())
  {
    return;
  }
  this->recordedCheckpointStep_ = this->step();
  nlohmann::ordered_json json = liveSettings(this->options_);
  json["total_steps"] = this->plan_.totalSteps();
  json["steps_per_epoch"] = this->clock().stepsPerEpoch;
  json["first_step"] = this->clock().firstStep;
  json["first_epoch"] = this->clock().firstEpoch;
  this->recorder_->appendCheckpoint(this->step(), this->model_->saveState(), toLine(json));
}

void TrainingRun::showProgress(const TrainingModel::StepReport& report)
{
  this->speed_.add(this->step());
  this->display_.status.update(
    [&](EngineStatus& status)
    {
      status.step = this->step();
      status.epoch = this->model_->epoch();
      status.loss = report.loss;
      status.accuracy = report.accuracy;
      status.learningRate = report.learningRate;
      status.stepsPerSecond = this->speed_.stepsPerSecond();
      status.secondsLeft =
        status.stepsPerSecond > 0.0
          ? static_cast<double>(status.totalSteps - status.step) / status.stepsPerSecond
          : -1.0;
    });
}

void TrainingRun::showRecorder()
{
  if (!this->recorder_)
  {
    return;
  }
  const Recorder::Progress progress = this->recorder_->progress();
  this->display_.status.update(
    [&](EngineStatus& status)
    {
      status.recordFile = progress.active ? this->recorder_->path() : "";
      if (!progress.message.empty())
      {
        status.recordMessage = progress.message;
        status.recordFailed = true;
      }
      status.droppedRows = progress.droppedRows;
      status.droppedSnapshots = progress.droppedSnapshots;
    });
}

} // namespace tensorview
