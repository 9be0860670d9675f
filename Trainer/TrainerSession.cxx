#include "TrainerSession.h"

#include "Core/TrainerOptionsFields.h"

#include <cmath>
#include <tuple>
#include <utility>

namespace tensorview
{

namespace
{

constexpr double waitSlice = 0.1; // seconds

/// What the data and the network at step 0 depend on.
auto preparation(const TrainerOptions& o)
{
  return std::tie(o.mode, o.network, o.classes, o.loadModel, o.loadModelSkip, o.dataset,
    o.dataDirectory, o.imageSize, o.normalization, o.device, o.seed, o.batchSize, o.microBatchSize,
    o.optimizer, o.threads, o.accumulateBatches, o.recordGradients, o.trackedWeights, o.resume);
}

/// The options as the engine wants them: a resumed run takes from here what was set on purpose. A
/// property that has its default value was not, as far as one can tell; and what a run cannot
/// change is told, not refused, since a panel always has some value there.
TrainerOptions withGiven(const TrainerOptions& options)
{
  TrainerOptions result = options;
  for (const std::string& name : differingOptions(options, TrainerOptions()))
  {
    if (!staysOnResume(name))
    {
      result.given.insert(name);
    }
  }
  return result;
}

bool isOver(const CommandStatus& command)
{
  return command.state == CommandState::Done || command.state == CommandState::Failed;
}

}

TrainerSession::TrainerSession(EngineOpener opener)
  : opener_(std::move(opener))
{
}

void TrainerSession::setOptions(const TrainerOptions& options)
{
  this->options_ = options;
  if (this->engine_)
  {
    this->engine_->configure(withGiven(options));
  }
}

bool TrainerSession::open()
{
  if (!this->engine_)
  {
    this->openError_.clear();
    this->engine_ = this->opener_(this->openError_);
    if (!this->engine_)
    {
      this->tell(true, this->openError_);
    }
  }
  return this->engine_ != nullptr;
}

bool TrainerSession::networkIsOfEarlierSettings(const EngineStatus& status) const
{
  switch (status.state)
  {
    case TrainingState::Idle:
      return true;
    case TrainingState::Ready:
    case TrainingState::Failed:
      return preparation(this->options_) != preparation(this->preparedOptions_);
    default:
      return false;
  }
}

void TrainerSession::prepare(const Patience& patience)
{
  if (!this->open())
  {
    return;
  }
  if (this->networkIsOfEarlierSettings(this->engine_->status()))
  {
    this->told_.clear();
    this->engine_->configure(withGiven(this->options_));
    this->preparedOptions_ = this->options_;
    this->prepareId_ = this->engine_->prepare();
  }
  double waited = 0.0;
  while (this->prepareId_ != 0 && !isOver(this->engine_->waitFor(this->prepareId_, waitSlice)))
  {
    waited += waitSlice;
    if (!patience(waited))
    {
      this->tell(false, "The trainer is still preparing: " + this->engine_->status().message);
      return;
    }
  }
}

void TrainerSession::command(const std::function<std::int64_t(Engine&)>& give, double seconds)
{
  ++this->commandCount_;
  this->told_.clear();
  this->refusal_.clear();
  if (!this->open())
  {
    return;
  }
  this->engine_->configure(withGiven(this->options_));
  this->prepareId_ = 0; // what became of it counts no more
  this->commandId_ = give(*this->engine_);
  double waited = 0.0;
  while ((seconds < 0.0 || waited < seconds) &&
         !isOver(this->engine_->waitFor(this->commandId_, waitSlice)))
  {
    waited += waitSlice;
  }
}

void TrainerSession::start()
{
  this->command(
    [this](Engine& engine)
    {
      this->preparedOptions_ = this->options_;
      return engine.start();
    },
    commandPatience);
}

void TrainerSession::pause()
{
  this->command([](Engine& engine) { return engine.pause(); }, commandPatience);
}

void TrainerSession::stop()
{
  this->command([](Engine& engine) { return engine.stop(); }, commandPatience);
}

void TrainerSession::evaluate(bool wait)
{
  this->command([](Engine& engine) { return engine.evaluate(); }, wait ? commandPatience : 0.0);
}

void TrainerSession::advance(std::int64_t steps, bool wait)
{
  this->command(
    [this, steps](Engine& engine)
    {
      this->preparedOptions_ = this->options_;
      return engine.advance(steps);
    },
    wait ? -1.0 : 0.0);
}

void TrainerSession::saveCheckpoint(const std::string& path, bool wait)
{
  this->command(
    [&](Engine& engine) { return engine.saveCheckpoint(path); }, wait ? commandPatience : 0.0);
}

void TrainerSession::pauseAt(std::int64_t step)
{
  this->command([step](Engine& engine) { return engine.pauseAt(step); }, 0.0);
}

void TrainerSession::previewEdit(const EditRequest& request, bool wait)
{
  this->command([&](Engine& engine) { return engine.previewEdit(request); }, wait ? -1.0 : 0.0);
}

void TrainerSession::applyEdit(const EditRequest& request, bool wait)
{
  this->command([&](Engine& engine) { return engine.applyEdit(request); }, wait ? -1.0 : 0.0);
}

void TrainerSession::undoEdit(bool wait)
{
  this->command([](Engine& engine) { return engine.undoEdit(); }, wait ? -1.0 : 0.0);
}

void TrainerSession::redoEdit(bool wait)
{
  this->command([](Engine& engine) { return engine.redoEdit(); }, wait ? -1.0 : 0.0);
}

void TrainerSession::freeze(const std::string& layer, const std::vector<int>& slots, bool wait)
{
  this->command([&](Engine& engine) { return engine.freeze(layer, slots); }, wait ? -1.0 : 0.0);
}

void TrainerSession::unfreeze(const std::string& layer, const std::vector<int>& slots, bool wait)
{
  this->command([&](Engine& engine) { return engine.unfreeze(layer, slots); }, wait ? -1.0 : 0.0);
}

void TrainerSession::loadCheckpoint(const std::string& path, bool wait)
{
  this->command([&](Engine& engine) { return engine.loadCheckpoint(path); }, wait ? -1.0 : 0.0);
}

void TrainerSession::refuse(const std::string& reason)
{
  ++this->commandCount_;
  this->told_.clear();
  this->refusal_ = reason;
  this->commandId_ = 0; // what became of the one before counts no more
  this->tell(true, reason);
}

CommandStatus TrainerSession::command() const
{
  CommandStatus result;
  if (!this->refusal_.empty())
  {
    result.state = CommandState::Failed;
    result.reason = this->refusal_;
  }
  else if (this->engine_ && this->commandId_ != 0)
  {
    result = this->engine_->command(this->commandId_);
  }
  else if (this->commandCount_ > 0)
  {
    result.state = CommandState::Failed;
    result.reason = this->openError_;
  }
  result.id = this->commandCount_;
  return result;
}

EngineStatus TrainerSession::status() const
{
  if (this->engine_)
  {
    return this->engine_->status();
  }
  EngineStatus status;
  if (!this->openError_.empty())
  {
    status.state = TrainingState::Failed;
    status.message = this->openError_;
  }
  return status;
}

void TrainerSession::tell(bool isError, const std::string& text)
{
  if (!text.empty() && this->told_.insert(text).second)
  {
    this->problems_.push_back({ isError, text });
  }
}

std::vector<TrainerSession::Problem> TrainerSession::takeProblems()
{
  if (this->engine_)
  {
    bool failed = false;
    for (const std::int64_t id : { this->prepareId_, this->commandId_ })
    {
      const CommandStatus command = id != 0 ? this->engine_->command(id) : CommandStatus{};
      if (command.state == CommandState::Failed)
      {
        this->tell(true, command.reason);
        failed = true;
      }
    }
    const EngineStatus status = this->engine_->status();
    const bool diverged =
      status.state == TrainingState::Paused && status.step > 0 && !std::isfinite(status.loss);
    if (!failed)
    {
      this->tell(false, status.warning); // else the reason above says the same
    }
    if (status.state == TrainingState::Failed)
    {
      this->tell(true, status.message);
    }
    else if (diverged)
    {
      this->tell(false, status.message);
    }
    if (status.state == TrainingState::Running && status.recordFile.empty() &&
        !this->options_.recordFile.empty())
    {
      this->tell(false, status.recordMessage);
    }
  }
  return std::exchange(this->problems_, {});
}

} // namespace tensorview
