#include "EngineCore.h"

#include "EngineRegistry.h"
#include "ReasonOf.h"
#include "TrainerOptionsCheck.h"
#include "TrainerOptionsFields.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tensorview
{

namespace
{
constexpr const char* endedText = "the engine has been shut down";

std::string atStep(std::int64_t step)
{
  return "at step " + std::to_string(step);
}
}

EngineCore::EngineCore(EngineBackend backend)
  : backend_(std::move(backend))
{
}

EngineCore::~EngineCore()
{
  this->shutdown();
}

void EngineCore::configure(const TrainerOptions& options)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  this->configured_ = options;
  this->configurationChanged_ = true;
  this->pending_.store(true, std::memory_order_release);
  this->wake_.notify_one();
}

std::int64_t EngineCore::submit(const EngineCommand& command)
{
  const std::int64_t id = this->ledger_.add();
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    if (this->quit_)
    {
      this->ledger_.setFailed(id, endedText);
      return id;
    }
    this->queue_.push_back({ id, command });
    if (command.kind == EngineCommand::Kind::Stop)
    {
      this->stopRequested_.store(true, std::memory_order_relaxed);
    }
    if (command.kind == EngineCommand::Kind::Pause)
    {
      this->pauseRequested_.store(true, std::memory_order_relaxed);
    }
    this->pending_.store(true, std::memory_order_release);
  }
  this->wake_.notify_one();
  std::lock_guard<std::mutex> lock(this->threadMutex_);
  const std::string reason =
    this->thread_.joinable()
      ? std::string()
      : reasonOf([this] { this->thread_ = std::thread([this] { this->work(); }); });
  if (!reason.empty())
  {
    this->ledger_.setFailed(id, "there is no training thread: " + reason);
  }
  return id;
}

void EngineCore::answerProbe()
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  this->probeAsked_ = true;
  this->pending_.store(true, std::memory_order_release);
  this->wake_.notify_one();
}

void EngineCore::shutdown()
{
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    this->quit_ = true;
    this->stopRequested_.store(true, std::memory_order_relaxed);
    this->pending_.store(true, std::memory_order_release);
  }
  this->wake_.notify_one();
  std::lock_guard<std::mutex> lock(this->threadMutex_);
  this->shutDown_ = true;
  if (this->thread_.joinable())
  {
    this->thread_.join();
  }
  EngineRegistry::remove(this);
}

bool EngineCore::mayTrain() const
{
  return !this->stopRequested_.load(std::memory_order_relaxed) &&
         !this->pauseRequested_.load(std::memory_order_relaxed);
}

bool EngineCore::mayPrepare() const
{
  return !this->stopRequested_.load(std::memory_order_relaxed);
}

void EngineCore::work() noexcept
{
  for (bool going = true; going;)
  {
    const std::string reason = reasonOf(
      [&]
      {
        if (!this->running_ || this->pending_.load(std::memory_order_acquire))
        {
          going = this->atBoundary();
        }
        else
        {
          this->trainStep();
        }
      });
    if (!reason.empty())
    {
      this->running_ = false;
      reasonOf([&] { this->fail(reason); });
    }
  }
  reasonOf(
    [this]
    {
      this->forgetAutomatic(endedText);
      this->endStudy(endedText);
    });
  this->closeRun();
  reasonOf([this] { this->endAll(); });
}

/// The worker's last act: what is open has failed, and the network goes.
void EngineCore::endAll()
{
  this->running_ = false;
  this->run_.reset();
  this->data_.reset();
  this->endGoals(endedText);
  std::deque<QueuedCommand> left;
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    left.swap(this->queue_);
  }
  for (const QueuedCommand& queued : left)
  {
    this->ledger_.setFailed(queued.id, endedText);
  }
  this->show(TrainingState::Finished, endedText);
}

void EngineCore::lookAtProbe()
{
  if (this->running_ || !this->run_)
  {
    return;
  }
  const std::string reason = reasonOf([this] { this->run_->answerProbe(); });
  if (!reason.empty())
  {
    this->display_.status.update([&](EngineStatus& status)
      { status.warning = "the network could not be looked at: " + reason; });
  }
}

/// Applies what others have asked for; when not running, waits for it. False = quit.
bool EngineCore::atBoundary()
{
  this->lookAtProbe();
  QueuedCommand next;
  bool configurationChanged = false;
  bool studyDone = false;
  {
    std::unique_lock<std::mutex> lock(this->mutex_);
    const auto hasWork = [this]
    {
      return this->quit_ || this->configurationChanged_ || this->probeAsked_ || this->studyDone_ ||
             !this->queue_.empty();
    };
    if (!this->running_)
    {
      this->wake_.wait(lock, hasWork);
    }
    if (this->quit_)
    {
      return false;
    }
    configurationChanged = this->configurationChanged_;
    this->configurationChanged_ = false;
    this->probeAsked_ = false;
    studyDone = this->studyDone_;
    this->studyDone_ = false;
    if (!this->queue_.empty())
    {
      next = std::move(this->queue_.front());
      this->queue_.pop_front();
    }
    const auto isQueued = [this](EngineCommand::Kind kind)
    {
      return std::any_of(this->queue_.begin(), this->queue_.end(),
        [kind](const QueuedCommand& queued) { return queued.command.kind == kind; });
    };
    this->stopRequested_.store(isQueued(EngineCommand::Kind::Stop), std::memory_order_relaxed);
    this->pauseRequested_.store(isQueued(EngineCommand::Kind::Pause), std::memory_order_relaxed);
    this->pending_.store(!this->queue_.empty(), std::memory_order_relaxed);
  }
  if (configurationChanged)
  {
    this->applyConfiguration();
  }
  if (studyDone)
  {
    this->finishStudy();
  }
  if (next.id != 0)
  {
    this->ledger_.setRunning(next.id);
    const std::string reason = reasonOf([&] { this->apply(next); });
    if (!reason.empty())
    {
      this->display_.status.update([&](EngineStatus& status) { status.message = reason; });
      this->ledger_.setFailed(next.id, reason);
    }
  }
  return true;
}

void EngineCore::apply(const QueuedCommand& queued)
{
  std::string remark;
  switch (queued.command.kind)
  {
    case EngineCommand::Kind::Prepare:
      remark = this->prepare();
      break;
    case EngineCommand::Kind::Start:
      this->start();
      break;
    case EngineCommand::Kind::Advance:
      this->advanceBy(queued.id, queued.command.steps);
      return; // done when its last step is
    case EngineCommand::Kind::Pause:
      this->pause("paused");
      break;
    case EngineCommand::Kind::Stop:
      this->stop();
      break;
    case EngineCommand::Kind::Evaluate:
      remark = this->evaluate();
      break;
    case EngineCommand::Kind::SaveCheckpoint:
      remark = this->save(
        queued.command.path, [this](const std::string& path) { this->run_->saveCheckpoint(path); });
      break;
    case EngineCommand::Kind::SaveModel:
      remark = this->save(
        queued.command.path, [this](const std::string& path) { this->run_->saveModel(path); });
      break;
    case EngineCommand::Kind::PauseAt:
      this->pauseAt(queued.id, queued.command.steps);
      return; // done when its step is
    case EngineCommand::Kind::PreviewEdit:
      this->beginStudy(queued.id, false, queued.command.edit);
      return; // done when the study is
    case EngineCommand::Kind::ApplyEdit:
      this->beginStudy(queued.id, true, queued.command.edit);
      return;
    case EngineCommand::Kind::LoadCheckpoint:
    case EngineCommand::Kind::UndoEdit:
    case EngineCommand::Kind::RedoEdit:
    case EngineCommand::Kind::Freeze:
    case EngineCommand::Kind::Unfreeze:
      remark = this->edit(queued.command);
      break;
    case EngineCommand::Kind::PruneTrained:
      remark = this->pruneTrained(queued.command.edit);
      break;
  }
  this->ledger_.setDone(queued.id, remark);
}

TrainerOptions EngineCore::configuration()
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  return this->configured_;
}

void EngineCore::applyConfiguration()
{
  const TrainerOptions options = this->configuration();
  std::string warning;
  if (this->run_ && !this->finished_)
  {
    warning = reasonOf([&] { this->run_->follow(options); });
    if (!warning.empty())
    {
      warning += "; the values before it stay in force";
    }
  }
  this->display_.status.update([&](EngineStatus& status) { status.warning = warning; });
  this->tellWhatWaits(options);
  this->tellWhatComes();
  if (this->run_ && !this->finished_ && !this->run_->isBegun() && options.resume.empty())
  {
    this->run_->showExpectedSize(options);
  }
}

/// Which settings of a training under way have been changed and act from the next start.
void EngineCore::tellWhatWaits(const TrainerOptions& options)
{
  if (!this->running_)
  {
    return;
  }
  std::string names;
  for (const std::string& name : differingOptions(options, this->preparedFor_))
  {
    if (!isLive(name))
    {
      names += (names.empty() ? "" : ", ") + name;
    }
  }
  this->say(
    this->underWay() + (names.empty() ? "" : "; these settings act from the next start: " + names));
}

/// What follows a message: a batch size that the next epoch begins with; else empty.
std::string EngineCore::whatComes() const
{
  const std::string size =
    this->run_ && !this->finished_ ? this->run_->comingBatchSize() : std::string();
  return size.empty() ? size : "; " + size;
}

/// After a batch size may have been set or come into force.
void EngineCore::tellWhatComes()
{
  if (this->whatComes() != this->coming_)
  {
    this->say(this->message_);
  }
}

/// What a network that runs does, in a word.
std::string EngineCore::underWay() const
{
  return isPrediction(this->run_->options()) ? "predicting" : "training";
}

std::string EngineCore::prepare()
{
  const TrainerOptions asked = this->configuration();
  const bool mustFinish = this->run_ && !this->finished_ && this->run_->isBegun();
  if (this->run_ && (mustFinish || sameTraining(asked, this->preparedFor_)))
  {
    return "already prepared";
  }
  this->closeRun();
  this->run_.reset();
  this->finished_ = false;
  this->failure_.clear();
  std::unique_ptr<TrainingRun> run;
  const std::string reason = reasonOf([&] { run = this->makeRun(asked); });
  if (!reason.empty())
  {
    this->fail(reason);
    throw std::runtime_error(reason);
  }
  this->run_ = std::move(run);
  this->preparedFor_ = asked;
  const std::string note = this->data_ ? this->data_->note : std::string();
  const char* const purpose = isPrediction(this->run_->options()) ? "predict with " : "train ";
  this->show(TrainingState::Ready, std::string("ready to ") + purpose +
                                     this->run_->options().network + this->run_->resumedFrom() +
                                     (note.empty() ? "" : "; " + note));
  this->display_.status.update(
    [this](EngineStatus& status) { status.warning = this->run_->resumeWarning(); });
  return {};
}

std::unique_ptr<TrainingRun> EngineCore::makeRun(const TrainerOptions& asked)
{
  this->show(TrainingState::Preparing, "checking the settings");
  std::optional<ResumePoint> resume;
  if (!asked.resume.empty())
  {
    resume = loadResumePoint(asked);
  }
  const TrainerOptions options = resume ? resume->options : asked;
  checkOptions(options);
  const std::shared_ptr<const Dataset> data = this->loadData(options);
  if (!this->mayPrepare())
  {
    throw std::runtime_error("interrupted by Stop");
  }
  this->show(TrainingState::Preparing, "building the network " + options.network);
  TrainerOptions before = options;
  before.optimizer = resume ? resume->optimizer : options.optimizer;
  std::unique_ptr<TrainingModel> model = this->backend_.createModel(before, data);
  model->threadBegin();
  checkAutoPrune(options, model->description());
  if (resume)
  {
    model->loadState(resume->state); // of the optimizer that was used then
    model->setMethod(options);
  }
  return std::make_unique<TrainingRun>(
    options, std::move(model), std::move(resume), this->display_);
}

std::shared_ptr<const Dataset> EngineCore::loadData(const TrainerOptions& options)
{
  // A fresh run on the same data does not read it again.
  const std::string key =
    options.dataset + '\n' + options.dataDirectory + '\n' + std::to_string(options.seed);
  if (this->data_ && this->dataKey_ == key)
  {
    return this->data_;
  }
  this->data_.reset();
  const std::string text = "reading data set " + options.dataset;
  this->show(TrainingState::Preparing, text);
  this->data_ = this->backend_.loadData(options,
    [&](double fraction)
    {
      this->display_.status.update([&](EngineStatus& status)
        { status.message = text + ": " + std::to_string(int(fraction * 100.0)) + " %"; });
      return this->mayPrepare();
    });
  this->dataKey_ = key;
  return this->data_;
}

void EngineCore::start()
{
  if (this->running_)
  {
    this->pauseAtGoal_ = false; // an Advance under way goes on beyond its goal
    return;
  }
  const bool goesOn = this->run_ && !this->finished_ && this->run_->isBegun();
  if (!goesOn)
  {
    if (this->finished_)
    {
      this->closeRun();
      this->run_.reset();
    }
    this->prepare();
  }
  const bool isFirst = !this->run_->isBegun();
  this->run_->begin(this->configuration());
  this->running_ = true;
  this->pauseAtGoal_ = false;
  this->show(TrainingState::Running, this->underWay());
  if (isFirst)
  {
    this->epochEnds(); // of a run that is resumed there
  }
  if (this->study_.waits)
  {
    this->finishAutomatic();
  }
}

void EngineCore::advanceBy(std::int64_t id, std::int64_t steps)
{
  if (steps < 1)
  {
    throw std::invalid_argument(
      "cannot advance by " + std::to_string(steps) + " steps: give 1 or more");
  }
  if (this->run_ && this->finished_)
  {
    throw std::runtime_error("the training has ended; Start begins a fresh run");
  }
  const bool wasRunning = this->running_;
  const bool hadGoal = this->pauseAtGoal_;
  this->start();
  // Behind an Advance that is under way, else from here.
  const std::int64_t from =
    wasRunning && hadGoal && !this->goals_.empty() ? this->goals_.back().step : this->run_->step();
  this->goals_.push_back({ id, from, from + steps });
  this->pauseAtGoal_ = true;
}

void EngineCore::pause(const std::string& why)
{
  if (!this->run_)
  {
    if (!this->failure_.empty())
    {
      throw std::runtime_error("nothing to pause: " + this->failure_);
    }
    return;
  }
  if (!this->running_)
  {
    return;
  }
  this->running_ = false;
  const std::string reason = reasonOf([this] { this->run_->showPresent(); });
  this->show(this->run_->step() == 0 ? TrainingState::Ready : TrainingState::Paused,
    why + " " + atStep(this->run_->step()) + (reason.empty() ? "" : "; no snapshot: " + reason));
  this->endGoals("interrupted " + atStep(this->run_->step()) + ": " + why);
}

void EngineCore::stop()
{
  if (!this->run_ || this->finished_)
  {
    return;
  }
  this->running_ = false;
  const std::string reason = reasonOf([this] { this->run_->showPresent(); });
  this->closeRun();
  this->finished_ = true;
  this->show(TrainingState::Finished,
    "stopped " + atStep(this->run_->step()) + (reason.empty() ? "" : "; no snapshot: " + reason));
  this->endGoals("interrupted " + atStep(this->run_->step()) + ": stopped");
}

std::string EngineCore::evaluate()
{
  if (!this->run_)
  {
    throw std::runtime_error(
      "nothing to evaluate: " +
      (this->failure_.empty() ? "no network is prepared yet" : this->failure_));
  }
  if (!this->run_->evaluate([this] { return this->mayTrain(); }))
  {
    throw std::runtime_error("the evaluation was interrupted by Pause or Stop");
  }
  return {};
}

std::string EngineCore::save(
  const std::string& path, const std::function<void(const std::string& path)>& write)
{
  if (!this->run_)
  {
    throw std::runtime_error(
      "nothing to save: " +
      (this->failure_.empty() ? "no network is prepared yet" : this->failure_));
  }
  if (path.empty())
  {
    throw std::invalid_argument("no file name was given to save to");
  }
  write(path);
  return "saved step " + std::to_string(this->run_->step()) + " to " + path;
}

void EngineCore::trainStep()
{
  const std::int64_t next = this->run_->step() + 1;
  const bool pauses =
    (this->pauseAtGoal_ && !this->goals_.empty() && this->goals_.back().step == next) ||
    (this->pause_.id != 0 && this->pause_.step == next);
  TrainingRun::StepResult result = TrainingRun::StepResult::Done;
  const std::string reason =
    reasonOf([&] { result = this->run_->advance(pauses, [this] { return this->mayTrain(); }); });
  if (!this->hasStepped_)
  {
    EngineRegistry::renew();
    this->hasStepped_ = true;
  }
  if (reason.empty() && this->run_->step() == next)
  {
    this->epochEnds();
  }
  if (!reason.empty())
  {
    this->running_ = false;
    this->closeRun();
    this->finished_ = true;
    this->fail("step " + std::to_string(next) + ": " + reason);
    return;
  }
  switch (result)
  {
    case TrainingRun::StepResult::Interrupted:
      return; // the command that interrupted is waiting
    case TrainingRun::StepResult::Diverged:
      this->pause("the training diverged: the loss is not a finite number any more, so it was "
                  "paused. A lower learning rate may help; Stop, then Start begins afresh. It was");
      return;
    case TrainingRun::StepResult::Finished:
      this->running_ = false;
      this->closeRun();
      this->finished_ = true;
      this->show(TrainingState::Finished, "finished " + atStep(this->run_->step()));
      this->reachGoals();
      for (const Goal& goal : this->goals_)
      {
        this->ledger_.setDone(goal.id, "the training ended " + atStep(this->run_->step()));
      }
      this->goals_.clear();
      this->pauseAtGoal_ = false;
      return;
    case TrainingRun::StepResult::Done:
      this->tellWhatComes();
      this->reachGoals();
      return;
  }
}

void EngineCore::pauseAt(std::int64_t id, std::int64_t step)
{
  if (!this->run_ || this->finished_)
  {
    throw std::runtime_error("there is no training to pause at step " + std::to_string(step));
  }
  if (step <= this->run_->step())
  {
    throw std::invalid_argument("cannot pause at step " + std::to_string(step) + ": step " +
                                std::to_string(this->run_->step()) + " is done already");
  }
  if (this->pause_.id != 0)
  {
    this->ledger_.setFailed(this->pause_.id, "replaced by a newer one");
  }
  this->pause_ = { id, this->run_->step(), step };
}

void EngineCore::reachGoals()
{
  const std::int64_t step = this->run_->step();
  const Goal paused = this->pause_;
  const bool pauses = paused.id != 0 && step >= paused.step;
  if (pauses)
  {
    this->pause_ = {};
  }
  std::vector<Goal> reached;
  while (!this->goals_.empty() && this->goals_.front().step <= step)
  {
    reached.push_back(this->goals_.front());
    this->goals_.erase(this->goals_.begin());
  }
  if (this->running_ && this->goals_.empty() && this->pauseAtGoal_ && !reached.empty())
  {
    this->pause("paused");
  }
  for (const Goal& goal : reached)
  {
    this->ledger_.setDone(goal.id);
  }
  if (pauses)
  {
    if (this->running_)
    {
      this->pause("paused");
    }
    this->ledger_.setDone(paused.id);
  }
}

void EngineCore::endGoals(const std::string& reason)
{
  for (const Goal& goal : this->goals_)
  {
    this->ledger_.setFailed(goal.id, reason);
  }
  this->goals_.clear();
  this->pauseAtGoal_ = false;
}

void EngineCore::endPause(const std::string& reason)
{
  if (this->pause_.id != 0)
  {
    this->ledger_.setFailed(this->pause_.id, reason);
    this->pause_ = {};
  }
}

void EngineCore::closeRun() noexcept
{
  if (!this->run_)
  {
    return;
  }
  reasonOf(
    [this]
    {
      this->forgetAutomatic("the training has ended");
      this->endStudy("the training has ended");
      this->endPause("the training has ended");
    });
  const std::string reason = reasonOf([this] { this->run_->close(); });
  if (!reason.empty())
  {
    this->display_.status.update([&](EngineStatus& status)
      { status.recordMessage = "the recording did not end cleanly: " + reason; });
  }
}

void EngineCore::fail(const std::string& reason)
{
  this->failure_ = reason;
  this->show(TrainingState::Failed, reason);
  this->endGoals(reason);
}

void EngineCore::show(TrainingState state, const std::string& message)
{
  const std::string text = this->withWhatComes(message);
  this->display_.status.update(
    [&](EngineStatus& status)
    {
      status.state = state;
      status.message = text;
      if (state != TrainingState::Running)
      {
        status.stepsPerSecond = 0.0;
        status.secondsLeft = -1.0;
      }
    });
}

void EngineCore::say(const std::string& message)
{
  const std::string text = this->withWhatComes(message);
  this->display_.status.update([&](EngineStatus& status) { status.message = text; });
}

std::string EngineCore::withWhatComes(const std::string& message)
{
  this->message_ = message;
  this->coming_ = this->whatComes();
  return this->message_ + this->coming_;
}

} // namespace tensorview
