#include "DurableFile.h"
#include "FullSnapshot.h"
#include "RunSegments.h"
#include "TrainerOptionsJson.h"
#include "TrainingRun.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace fs = std::filesystem;

namespace tensorview
{

namespace
{
std::vector<std::int32_t> slotsOf(const ModelDescription& model, const LayerDescription& layer)
{
  return presentSlots(model, layer.id, static_cast<std::int64_t>(layer.slots.size()));
}

/// Layers whose slots differ, with those that are in one of the two only.
std::vector<EditReport::Layer> slotChanges(
  const ModelDescription& before, const ModelDescription& after)
{
  std::vector<EditReport::Layer> changes;
  for (std::size_t i = 0; i < std::min(before.layers.size(), after.layers.size()); ++i)
  {
    const std::vector<std::int32_t> was = slotsOf(before, before.layers[i]);
    const std::vector<std::int32_t> is = slotsOf(after, after.layers[i]);
    EditReport::Layer change;
    std::set_symmetric_difference(
      was.begin(), was.end(), is.begin(), is.end(), std::back_inserter(change.slots));
    if (change.slots.empty())
    {
      continue;
    }
    change.layer = after.layers[i].name;
    change.filtersBefore = static_cast<std::int64_t>(was.size());
    change.filtersAfter = static_cast<std::int64_t>(is.size());
    changes.push_back(std::move(change));
  }
  return changes;
}

/// @throws std::runtime_error if the network does not have what the plan leaves
void checkAgainstPlan(const ModelDescription& after, const EditPlan& plan)
{
  for (const EditPlan::Member& member : plan.members)
  {
    const auto layer = std::find_if(after.layers.begin(), after.layers.end(),
      [&](const LayerDescription& candidate) { return candidate.name == member.layer; });
    std::vector<std::int32_t> left;
    std::set_difference(member.present.begin(), member.present.end(), member.removed.begin(),
      member.removed.end(), std::back_inserter(left));
    if (layer == after.layers.end() || slotsOf(after, *layer) != left)
    {
      throw std::runtime_error(
        "the edit was rolled back: it did not leave the planned filters of '" + member.layer + "'");
    }
  }
}

std::string percent(double fraction)
{
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f %%", fraction * 100.0);
  return text;
}
}

UndoPoint TrainingRun::here() const
{
  UndoPoint point;
  point.state = this->model_->keepState();
  point.history = this->history_;
  point.segment = this->segment_;
  point.evaluationOwed = this->evaluationOwed_;
  point.checkpointOwed = this->checkpointOwed_;
  point.testOwed = this->testOwed_;
  return point;
}

EditReport TrainingRun::applyEdit(const EditPreview& preview)
{
  UndoPoint before = this->here();
  EditReport report;
  try
  {
    report = this->model_->applyEdit(preview.plan);
    checkAgainstPlan(this->model_->description(), preview.plan);
  }
  catch (...)
  {
    this->model_->restoreState(*before.state);
    throw;
  }
  report.accuracyBefore = preview.accuracyBefore;
  report.accuracyAfter = preview.accuracyAfter;
  this->undo_.add(std::move(before));
  this->startSegment(this->segment_);
  this->recordEdit(report);
  return report;
}

EditReport TrainingRun::undo()
{
  return this->travel("undo", &UndoHistory::undo);
}

EditReport TrainingRun::redo()
{
  return this->travel("redo", &UndoHistory::redo);
}

/// Goes where the history of edits leads.
EditReport TrainingRun::travel(const char* what, Direction direction)
{
  EditReport report;
  report.what = what;
  const ModelDescription before = this->model_->description();
  report.leftStep = this->step();
  const UndoPoint point = (this->undo_.*direction)(this->here(),
    [this](const ModelState* state, const std::string& bytes) { this->loadPoint(state, bytes); });
  this->turnTo(report, before, point);
  return report;
}

EditReport TrainingRun::loadCheckpoint(const std::string& path)
{
  EditReport report;
  report.what = "load";
  report.leftStep = this->step();
  report.why = fs::path(path).filename().string();
  const std::string bytes = readWhole(path);
  const ModelDescription before = this->model_->description();
  UndoPoint point = this->here();
  try
  {
    this->recordLeftEnd();
    this->model_->loadState(bytes);
  }
  catch (...)
  {
    this->model_->restoreState(*point.state);
    throw;
  }
  const std::int64_t loaded = this->step();
  const bool isEnd = TrainingPlan(this->options_, this->clock()).isLast(loaded);
  if (isEnd || loaded > report.leftStep)
  {
    this->model_->restoreState(*point.state);
    throw std::runtime_error("the checkpoint '" + path + "' is of step " + std::to_string(loaded) +
                             ", ahead of the present step " + std::to_string(report.leftStep) +
                             "; use Resume to go on from there");
  }
  this->undo_.add(point);
  point.evaluationOwed = point.checkpointOwed = point.testOwed = false;
  this->turnTo(report, before, point);
  return report;
}

EditReport TrainingRun::setFrozen(
  const std::string& layer, const std::vector<int>& slots, bool frozen)
{
  const EditReport report = this->model_->setFrozen(layer, slots, frozen);
  this->recordEdit(report);
  return report;
}

void TrainingRun::noteUnpruned(const EditRequest& request, const std::string& reason)
{
  if (this->isRecording())
  {
    this->recorder_->appendEvent(nlohmann::ordered_json{ { "event", "not pruned" },
      { "step", this->step() }, { "layer", request.layer }, { "reason", reason },
      { "why", request.why } }.dump(-1, ' ', false,
      nlohmann::ordered_json::error_handler_t::replace));
  }
}

EditReport TrainingRun::pruneNow(const EditRequest& request, DataPart part, const Proceed& proceed)
{
  const EditPreview preview = previewEdit(*this->model_->study(), request, part, proceed);
  if (!proceed())
  {
    throw std::runtime_error("the edit was interrupted");
  }
  checkTolerance(preview);
  return this->applyEdit(preview);
}

void checkTolerance(const EditPreview& preview)
{
  const double tolerance = preview.plan.request.accuracyTolerance;
  const double before = preview.accuracyBefore;
  const double after = preview.accuracyAfter;
  if (std::isnan(tolerance) || before - after <= tolerance)
  {
    return;
  }
  throw std::runtime_error("the edit was not made: the accuracy would go from " + percent(before) +
                           " to " + percent(after) + ", by more than the tolerance of " +
                           percent(tolerance));
}

void TrainingRun::loadPoint(const ModelState* state, const std::string& bytes)
{
  this->recordLeftEnd();
  if (state)
  {
    this->model_->restoreState(*state);
    return;
  }
  this->model_->loadState(bytes);
}

/// The abandoned steps can be looked at up to their last.
void TrainingRun::recordLeftEnd()
{
  if (this->isRecording() && this->recordedSnapshotStep_ < this->step())
  {
    this->recordSnapshot(this->copySnapshot(this->wishForRecord(false)), true);
  }
}

/// After the network went to another step: shows and records that.
void TrainingRun::turnTo(EditReport& report, const ModelDescription& before, const UndoPoint& from)
{
  const std::int64_t step = this->step();
  report.step = step;
  report.layers = slotChanges(before, this->model_->description());
  // The settings in force are the user's, not the network's.
  this->model_->setHyperparameters(
    this->options_.learningRate, this->options_.momentum, this->options_.weightDecay);
  this->followClock();
  this->evaluationOwed_ = from.evaluationOwed;
  this->checkpointOwed_ = from.checkpointOwed;
  this->testOwed_ = from.testOwed;
  this->diverged_ = false;
  this->speed_.restart(step);

  const auto history = from.history->until(step);
  history->setEdits(this->history_->edits());
  this->history_ = history;
  this->display_.history.set(history);
  const StepTable rows = history->rows() > 0 ? history->metrics(history->rows() - 1) : StepTable();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  this->display_.status.update(
    [&](EngineStatus& status)
    {
      status.step = step;
      status.epoch = this->model_->epoch();
      status.loss = rows.values.size() > 1 ? rows.values[0] : nan;
      status.accuracy = rows.values.size() > 1 ? rows.values[1] : nan;
    });
  this->startSegment(from.segment.empty() ? this->segment_ : from.segment);
  this->recordEdit(report);
}

/// What comes from now on is of the network as it is now, and goes on from `parentSegment`.
void TrainingRun::startSegment(const std::string& parentSegment)
{
  this->layout_.model = this->model_->description();
  this->display_.model.set(std::make_shared<ModelDescription>(this->layout_.model));
  this->display_.probes.clear();
  // The training waits: the larger matrices come with a later snapshot.
  this->gramSteps_.assign(this->layout_.gram.size(), this->step());
  this->publishedStep_ = -1;
  this->recordedSnapshotStep_ = -1;
  this->recordedCheckpointStep_ = -1;
  if (this->isRecording())
  {
    this->layout_.parentSegment = parentSegment;
    this->layout_.parentStep = this->step();
    this->layout_.parentRun.clear(); // the root names it
    this->layout_.parentRunStep = -1;
    this->layout_.optionsJson = toJson(this->options_);
    const std::string root = rootSegmentPath(this->options_.recordFile);
    std::string path;
    std::error_code ignored;
    do
    {
      path = segmentPath(root, ++this->segmentNumber_);
    } while (fs::exists(path, ignored));
    this->recorder_->beginSegment(path, this->layout_);
    this->segment_ = fs::path(path).filename().string();
  }
  const auto values =
    this->copySnapshot(this->isRecording() ? this->wishForRecord(false) : ProbeWish());
  this->recordSnapshot(values, true);
  this->publish(values);
  this->showRecorder();
}

void TrainingRun::recordEdit(const EditReport& report)
{
  const std::string line = toJson(report);
  this->history_->appendEdit(line);
  if (this->isRecording())
  {
    this->recorder_->appendEdit(line);
    if (this->options_.checkpointInterval >= 0)
    {
      this->recordCheckpoint();
    }
  }
  else if (!this->begun_)
  {
    this->unrecordedEdits_.push_back(line);
  }
  this->showEdits();
}

void TrainingRun::showEdits()
{
  this->display_.status.update(
    [this](EngineStatus& status)
    {
      status.undoCount = static_cast<int>(this->undo_.undoCount());
      status.redoCount = static_cast<int>(this->undo_.redoCount());
      status.undoStep = this->undo_.undoStep();
      status.redoStep = this->undo_.redoStep();
      status.editCount = static_cast<std::int64_t>(this->history_->edits().size());
      if (!this->undo_.problem().empty())
      {
        status.warning = this->undo_.problem();
      }
    });
}

} // namespace tensorview
