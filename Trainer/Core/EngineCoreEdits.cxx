#include "EngineCore.h"
#include "ReasonOf.h"

#include <stdexcept>
#include <utility>

namespace tensorview
{

namespace
{
/// "pruned conv1 from 16 to 12 filters at step 300".
std::string inWords(const EditReport& report)
{
  std::string text;
  for (const EditReport::Layer& layer : report.layers)
  {
    text += (text.empty() ? "" : ", ") + layer.layer + " from " +
            std::to_string(layer.filtersBefore) + " to " + std::to_string(layer.filtersAfter) +
            " filters";
  }
  text =
    report.what + (text.empty() ? "" : ": " + text) + ", at step " + std::to_string(report.step);
  if (report.leftStep >= 0)
  {
    text += ", coming from step " + std::to_string(report.leftStep);
  }
  return text;
}

std::string inWords(const EditPreview& preview)
{
  std::string text;
  for (const EditPlan::Member& member : preview.plan.members)
  {
    text += (text.empty() ? "" : ", ") + std::to_string(member.removed.size()) + " of " +
            std::to_string(member.present.size()) + " filters of " + member.layer;
  }
  return text + " would go";
}
}

/// The run, if it can be edited.
TrainingRun& EngineCore::runToEdit()
{
  if (!this->run_)
  {
    throw std::runtime_error(
      "nothing to edit: " +
      (this->failure_.empty() ? "no network is prepared yet" : this->failure_));
  }
  if (this->finished_)
  {
    throw std::runtime_error(
      "nothing to edit: the training has ended; Start begins a fresh run, Resume goes on");
  }
  return *this->run_;
}

/// @throws std::runtime_error while an edit is planned that shall be made
void EngineCore::refuseWhileEditing() const
{
  if (this->study_.purpose == Study::Purpose::Edit)
  {
    throw std::runtime_error("an edit is under way (command " + std::to_string(this->study_.id) +
                             "): wait until it is done");
  }
}

void EngineCore::beginStudy(std::int64_t id, bool apply, const EditRequest& request)
{
  this->runToEdit();
  this->refuseWhileEditing();
  this->endStudy(apply ? "an edit took its place" : "a newer preview took its place");
  this->study(request);
  this->study_.id = id;
  this->study_.purpose = apply ? Study::Purpose::Edit : Study::Purpose::Preview;
}

/// Has a copy of the network looked at beside the training.
void EngineCore::study(const EditRequest& request)
{
  // Shared, since std::function wants to copy what it holds.
  const std::shared_ptr<EditStudy> study = this->run_->study();
  this->study_.request = request;
  this->studyThread_.begin(
    [this, study, request](const std::function<bool()>& proceed)
    {
      this->study_.reason = reasonOf(
        [&]
        {
          try
          {
            this->study_.preview = previewEdit(*study, request, DataPart::Validation, proceed);
          }
          catch (const NothingToMerge&)
          {
            this->study_.nothing = true;
            throw;
          }
        });
    },
    [this]
    {
      {
        std::lock_guard<std::mutex> lock(this->mutex_);
        this->studyDone_ = true;
        this->pending_.store(true, std::memory_order_release);
      }
      this->wake_.notify_one();
    });
}

/// What the study thread has found is shown or done.
void EngineCore::finishStudy()
{
  if (this->study_.purpose == Study::Purpose::None || this->studyThread_.isBusy())
  {
    return; // of a study that was ended
  }
  if (this->study_.purpose == Study::Purpose::Automatic)
  {
    this->finishAutomatic();
    return;
  }
  const std::int64_t id = this->study_.id;
  std::string remark;
  const std::string reason = reasonOf([&] { remark = this->finishEdit(); });
  this->study_ = {};
  if (reason.empty())
  {
    this->ledger_.setDone(id, remark);
  }
  else
  {
    this->display_.status.update([&](EngineStatus& status) { status.message = reason; });
    this->ledger_.setFailed(id, reason);
  }
  this->pruneAutomatically();
}

/// After a step, and where a resumed run goes on: an epoch may be over.
void EngineCore::epochEnds()
{
  const std::int64_t step = this->run_->step();
  if (this->run_->plan().endsEpoch(step))
  {
    this->autoPrune_.epochEnds(this->run_->options(), this->run_->clock().epochIndex(step));
    this->pruneAutomatically();
  }
}

/// Has the next edit of automatic pruning planned beside the training, if there is one.
void EngineCore::pruneAutomatically()
{
  if (!this->run_ || this->finished_ || this->study_.purpose != Study::Purpose::None)
  {
    return;
  }
  const std::string reason = reasonOf(
    [&]
    {
      const auto request = this->autoPrune_.take(*this->display_.model.get());
      if (request)
      {
        this->study(*request);
        this->study_.purpose = Study::Purpose::Automatic;
      }
    });
  if (!reason.empty())
  {
    this->display_.status.update(
      [&](EngineStatus& status) { status.warning = "AutoPrune: " + reason; });
  }
}

/// Removes what automatic pruning has found, now or when the training goes on; what it leaves is
/// told, and the training goes on in any case.
void EngineCore::finishAutomatic()
{
  this->study_.waits = !this->running_; // what is paused stands still
  if (this->study_.waits)
  {
    return;
  }
  const Study found = std::move(this->study_);
  this->study_ = {};
  const std::string reason = reasonOf(
    [&]
    {
      if (!found.reason.empty())
      {
        throw std::runtime_error(found.reason);
      }
      checkTolerance(found.preview);
      this->runToEdit().applyEdit(found.preview);
    });
  if (!reason.empty())
  {
    reasonOf([&] { this->run_->noteUnpruned(found.request, reason); });
    if (!found.nothing)
    {
      this->display_.status.update(
        [&](EngineStatus& status) { status.warning = "AutoPrune: " + reason; });
    }
  }
  this->pruneAutomatically();
}

/// Automatic pruning waits for the end of another epoch.
void EngineCore::forgetAutomatic(const std::string& reason)
{
  if (this->study_.purpose == Study::Purpose::Automatic)
  {
    this->endStudy(reason);
  }
  this->autoPrune_.clear();
}

std::string EngineCore::finishEdit()
{
  if (!this->study_.reason.empty())
  {
    throw std::runtime_error(this->study_.reason);
  }
  TrainingRun& run = this->runToEdit();
  const EditPreview& preview = this->study_.preview;
  this->display_.preview.set(std::make_shared<EditPreview>(preview));
  this->display_.status.update([](EngineStatus& status) { ++status.previewCount; });
  if (this->study_.purpose == Study::Purpose::Preview)
  {
    return inWords(preview);
  }
  checkTolerance(preview);
  const std::string text = inWords(run.applyEdit(preview));
  if (!this->running_)
  {
    this->say(text);
  }
  return text;
}

void EngineCore::endStudy(const std::string& reason)
{
  this->studyThread_.interrupt();
  if (this->study_.purpose == Study::Purpose::Automatic)
  {
    this->autoPrune_.putBack(this->study_.request);
  }
  else if (this->study_.purpose != Study::Purpose::None)
  {
    this->ledger_.setFailed(this->study_.id, reason);
  }
  this->study_ = {};
}

std::string EngineCore::edit(const EngineCommand& command)
{
  TrainingRun& run = this->runToEdit();
  this->refuseWhileEditing();
  const EditRequest& edit = command.edit;
  EditReport report;
  switch (command.kind)
  {
    case EngineCommand::Kind::UndoEdit:
      report = run.undo();
      break;
    case EngineCommand::Kind::RedoEdit:
      report = run.redo();
      break;
    case EngineCommand::Kind::LoadCheckpoint:
      report = run.loadCheckpoint(command.path);
      break;
    default:
      report = run.setFrozen(edit.layer, edit.slots, command.kind == EngineCommand::Kind::Freeze);
      break;
  }
  if (report.leftStep >= 0)
  {
    const std::string jumped = "interrupted by " + report.what;
    this->forgetAutomatic(jumped);
    this->endStudy(jumped); // a preview of a network that is no more
    this->endPause(jumped);
    if (this->running_ && this->pauseAtGoal_)
    {
      this->pause(jumped); // an Advance whose goal is another step now
    }
  }
  const std::string text = inWords(report);
  if (!this->running_)
  {
    this->say(text);
  }
  this->tellWhatComes();
  return text;
}

std::string EngineCore::pruneTrained(const EditRequest& request)
{
  if (!this->run_ || !this->finished_)
  {
    throw std::runtime_error("the training has not ended yet");
  }
  return inWords(
    this->run_->pruneNow(request, DataPart::Test, [this] { return this->mayTrain(); }));
}

} // namespace tensorview
