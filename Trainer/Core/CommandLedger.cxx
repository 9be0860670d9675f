#include "CommandLedger.h"

#include "WaitUntil.h"

namespace tensorview
{

namespace
{
bool isOpen(CommandState state)
{
  return state == CommandState::Requested || state == CommandState::Running;
}
}

std::int64_t CommandLedger::add()
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  const std::int64_t id = ++this->lastId_;
  this->commands_[id] = { id, CommandState::Requested, "" };
  ++this->open_;
  while (this->commands_.size() > remembered && !isOpen(this->commands_.begin()->second.state))
  {
    this->commands_.erase(this->commands_.begin());
  }
  return id;
}

void CommandLedger::setRunning(std::int64_t id)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  const auto found = this->commands_.find(id);
  if (found != this->commands_.end() && found->second.state == CommandState::Requested)
  {
    found->second.state = CommandState::Running;
  }
}

void CommandLedger::setDone(std::int64_t id, const std::string& remark)
{
  this->finish(id, CommandState::Done, remark);
}

void CommandLedger::setFailed(std::int64_t id, const std::string& reason)
{
  this->finish(id, CommandState::Failed, reason);
}

void CommandLedger::finish(std::int64_t id, CommandState state, const std::string& text)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  const auto found = this->commands_.find(id);
  if (found == this->commands_.end() || !isOpen(found->second.state))
  {
    return;
  }
  found->second.state = state;
  found->second.reason = text;
  --this->open_;
  this->changed_.notify_all();
}

CommandStatus CommandLedger::find(std::int64_t id) const
{
  const auto found = this->commands_.find(id);
  if (found != this->commands_.end())
  {
    return found->second;
  }
  const bool forgotten = id >= 1 && id <= this->lastId_;
  return { id, CommandState::Failed,
    forgotten ? "this command ended too long ago to be remembered" : "no such command" };
}

CommandStatus CommandLedger::status(std::int64_t id) const
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  return this->find(id);
}

CommandStatus CommandLedger::latest() const
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  return this->lastId_ == 0 ? CommandStatus{} : this->find(this->lastId_);
}

CommandStatus CommandLedger::waitFor(std::int64_t id, double seconds) const
{
  std::unique_lock<std::mutex> lock(this->mutex_);
  waitUntil(this->changed_, lock, seconds, [&] { return !isOpen(this->find(id).state); });
  return this->find(id);
}

bool CommandLedger::waitNoneOpen(double seconds) const
{
  std::unique_lock<std::mutex> lock(this->mutex_);
  return waitUntil(this->changed_, lock, seconds, [&] { return this->open_ == 0; });
}

bool CommandLedger::noneOpen() const
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  return this->open_ == 0;
}

} // namespace tensorview
