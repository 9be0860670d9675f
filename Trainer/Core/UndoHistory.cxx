#include "UndoHistory.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>

namespace tensorview
{

UndoHistory::UndoHistory(std::size_t mostBytes, const std::string& folder)
  : mostBytes_(mostBytes)
  , folder_(folder)
{
}

UndoHistory::~UndoHistory()
{
  for (auto* entries : { &this->undo_, &this->redo_ })
  {
    for (Entry& entry : *entries)
    {
      forget(entry);
    }
  }
}

void UndoHistory::forget(Entry& entry)
{
  if (entry.write.valid())
  {
    entry.write.wait();
  }
  entry.file.reset();
}

UndoHistory::Entry UndoHistory::makeEntry(UndoPoint point) const
{
  Entry entry;
  entry.step = point.state->step();
  entry.point = std::move(point);
  return entry;
}

void UndoHistory::add(UndoPoint point)
{
  for (Entry& entry : this->redo_)
  {
    forget(entry);
  }
  this->redo_.clear();
  this->undo_.push_back(this->makeEntry(std::move(point)));
  this->spill();
}

/// Looks at a write that has ended; its state leaves the memory.
void UndoHistory::finishWriting(Entry& entry)
{
  const std::string reason = entry.write.get();
  if (reason.empty())
  {
    entry.point.state.reset();
    return;
  }
  entry.file.reset();
  this->problem_ = "the oldest edits cannot be undone any more: their states do not fit into "
                   "UndoMemory, and " +
                   reason;
}

void UndoHistory::spill()
{
  // Nearest to the present first: these stay in memory.
  std::vector<Entry*> entries;
  for (std::size_t i = 0; i < std::max(this->undo_.size(), this->redo_.size()); ++i)
  {
    for (auto* from : { &this->undo_, &this->redo_ })
    {
      if (i < from->size())
      {
        entries.push_back(&(*from)[from->size() - 1 - i]);
      }
    }
  }
  std::size_t held = 0;
  for (Entry* entry : entries)
  {
    if (entry->write.valid() &&
        entry->write.wait_for(std::chrono::seconds(0)) == std::future_status::ready)
    {
      this->finishWriting(*entry);
    }
    if (!entry->point.state)
    {
      continue;
    }
    held += entry->point.state->bytes();
    if (held <= this->mostBytes_ || entry->write.valid() || !this->problem_.empty())
    {
      continue;
    }
    entry->file = std::make_shared<UnnamedFile>(this->folder_);
    entry->write = std::async(std::launch::async,
      [state = entry->point.state, file = entry->file]
      {
        try
        {
          file->write(state->serialize());
          return std::string();
        }
        catch (const std::exception& error)
        {
          return std::string(error.what());
        }
      });
  }
  // What could not be written must not fill the memory.
  while (!this->problem_.empty() && held > this->mostBytes_ && this->undo_.size() > 1)
  {
    Entry& oldest = this->undo_.front();
    held -= oldest.point.state ? oldest.point.state->bytes() : 0;
    forget(oldest);
    this->undo_.erase(this->undo_.begin());
  }
}

std::int64_t UndoHistory::undoStep() const
{
  return this->undo_.empty() ? -1 : this->undo_.back().step;
}

std::int64_t UndoHistory::redoStep() const
{
  return this->redo_.empty() ? -1 : this->redo_.back().step;
}

UndoPoint UndoHistory::go(std::vector<Entry>& from, std::vector<Entry>& to, UndoPoint here,
  const Load& load, const char* what)
{
  if (from.empty())
  {
    throw std::runtime_error(std::string("there is no edit to ") + what);
  }
  Entry& entry = from.back();
  if (entry.write.valid())
  {
    this->finishWriting(entry);
  }
  load(entry.point.state.get(), entry.point.state ? std::string() : entry.file->read());
  to.push_back(this->makeEntry(std::move(here)));
  UndoPoint point = std::move(entry.point);
  forget(entry);
  from.pop_back();
  this->spill();
  return point;
}

UndoPoint UndoHistory::undo(UndoPoint here, const Load& load)
{
  return this->go(this->undo_, this->redo_, std::move(here), load, "undo");
}

UndoPoint UndoHistory::redo(UndoPoint here, const Load& load)
{
  return this->go(this->redo_, this->undo_, std::move(here), load, "redo");
}

} // namespace tensorview
