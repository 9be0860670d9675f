#include "Recorder.h"

#include "FullSnapshot.h"
#include "RunWriter.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <filesystem>
#include <future>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tensorview
{

namespace
{
std::size_t bytesPerRow(const RunLayout& layout)
{
  return sizeof(std::int64_t) + sizeof(double) +
         sizeof(float) * (layout.metricColumns.size() + layout.tracked.size()) +
         layout.statisticTensors.size() *
           (sizeof(float) * (statisticCount + 2) + sizeof(std::uint32_t) * histogramBins + 1);
}

void appendRows(FilterBlock& to, const FilterBlock& from)
{
  to.step.insert(to.step.end(), from.step.begin(), from.step.end());
  to.series.resize(std::max(to.series.size(), from.series.size()));
  for (std::size_t i = 0; i < from.series.size(); ++i)
  {
    to.series[i].insert(to.series[i].end(), from.series[i].begin(), from.series[i].end());
  }
  to.changeBands.insert(to.changeBands.end(), from.changeBands.begin(), from.changeBands.end());
}
}

Recorder::Recorder(
  const std::string& path, const RunLayout& layout, bool overwrite, const Limits& limits)
  : path_(path)
  , limits_(limits)
  , rowBytes_(bytesPerRow(layout))
  , checkpoints_(path)
  , waiting_(1)
{
  // The file's whole life is in its thread: HDF5 keeps its error state per thread.
  std::promise<void> promise;
  std::future<void> created = promise.get_future();
  this->thread_ = std::thread(
    [this, path, layout, overwrite, promise = std::move(promise)]() mutable
    {
      std::unique_ptr<RunWriter> writer;
      try
      {
        writer = RunWriter::create(path, layout, overwrite);
        if (overwrite)
        {
          this->checkpoints_.removeAll();
        }
      }
      catch (...)
      {
        promise.set_exception(std::current_exception());
        return;
      }
      promise.set_value();
      try
      {
        this->run(writer, layout);
        writer->close();
        this->checkFile(*writer);
      }
      catch (const std::exception& error)
      {
        this->fail(error.what());
      }
      this->active_.store(false, std::memory_order_relaxed);
    });
  try
  {
    created.get();
  }
  catch (...)
  {
    this->thread_.join();
    throw;
  }
}

Recorder::~Recorder()
{
  this->close();
}

void Recorder::close()
{
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    this->closing_ = true;
  }
  this->wake_.notify_one();
  if (this->thread_.joinable())
  {
    this->thread_.join();
  }
}

void Recorder::append(const StepBlock& rows)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  if (!this->isActive() || this->closing_)
  {
    return;
  }
  this->step_ = rows.step.empty() ? this->step_ : rows.step.back();
  if ((this->rowsHeld_ + rows.rows()) * this->rowBytes_ > this->limits_.rowBytes)
  {
    this->progress_.droppedRows += static_cast<std::int64_t>(rows.rows());
    return;
  }
  this->rowsHeld_ += rows.rows();
  this->waiting_.back().rows.append(rows);
  this->progress_.rows += static_cast<std::int64_t>(rows.rows());
}

void Recorder::append(const FilterBlock& rows)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  // Filter rows are few: they share the step rows' limit by count.
  FilterBlock& filters = this->waiting_.back().filters;
  if (this->isActive() && !this->closing_ && filters.rows() < this->limits_.events)
  {
    appendRows(filters, rows);
  }
}

void Recorder::append(std::shared_ptr<const SnapshotValues> snapshot, bool always)
{
  const std::size_t bytes = snapshot->bytes();
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    if (!this->isActive() || this->closing_)
    {
      return;
    }
    const std::size_t together = this->snapshotBytesHeld_ + bytes;
    const bool room = together <= this->limits_.smallSnapshotBytes ||
                      (this->snapshotsHeld_ < this->limits_.snapshots &&
                        (this->snapshotsHeld_ == 0 || together <= this->limits_.snapshotBytes));
    if (!room && !always)
    {
      ++this->progress_.droppedSnapshots;
      return;
    }
    ++this->snapshotsHeld_;
    this->snapshotBytesHeld_ += bytes;
    ++this->progress_.snapshots;
    this->waiting_.back().snapshots.push_back(std::move(snapshot));
  }
  this->wake_.notify_one();
}

void Recorder::leaveSnapshotOut()
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  ++this->progress_.droppedSnapshots;
}

void Recorder::append(const Evaluation& evaluation)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  std::vector<Evaluation>& evaluations = this->waiting_.back().evaluations;
  if (this->isActive() && !this->closing_ && evaluations.size() < this->limits_.events)
  {
    evaluations.push_back(evaluation);
  }
}

void Recorder::appendEvent(const std::string& json)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  std::vector<std::string>& events = this->waiting_.back().events;
  if (this->isActive() && !this->closing_ && events.size() < this->limits_.events)
  {
    events.push_back(json);
  }
}

void Recorder::appendEdit(const std::string& json)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  std::vector<std::string>& edits = this->waiting_.back().edits;
  if (this->isActive() && !this->closing_ && edits.size() < this->limits_.events)
  {
    edits.push_back(json);
  }
}

void Recorder::beginSegment(const std::string& path, const RunLayout& layout)
{
  Waiting fresh;
  fresh.segment = Segment{ path, layout };
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    if (!this->isActive() || this->closing_)
    {
      return;
    }
    this->path_ = path;
    this->waiting_.push_back(std::move(fresh));
  }
  this->wake_.notify_one();
}

void Recorder::appendCheckpoint(std::int64_t step, std::string state, const std::string& details)
{
  auto checkpoint = std::make_unique<Checkpoint>();
  checkpoint->step = step;
  checkpoint->state = std::move(state);
  checkpoint->details = details;
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    if (!this->isActive() || this->closing_)
    {
      return;
    }
    this->waiting_.back().checkpoint.swap(checkpoint);
  }
  this->wake_.notify_one();
}

Recorder::Progress Recorder::progress() const
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  Progress progress = this->progress_;
  progress.active = this->isActive();
  return progress;
}

void Recorder::run(std::unique_ptr<RunWriter>& writer, const RunLayout& layout)
{
  using Clock = std::chrono::steady_clock;
  const std::chrono::duration<double> interval(this->limits_.flushSeconds);
  FullSnapshot full(layout);
  auto flushed = Clock::now();
  bool first = true; // a run that is there can be opened at once, with its first snapshot
  for (Work work; !work.last;)
  {
    this->takeWork(work);
    this->write(*writer, full, work);
    if (first || work.last || work.checkpoint || work.next || Clock::now() - flushed >= interval)
    {
      first = first && !work.snapshot;
      writer->flush();
      flushed = Clock::now();
    }
    this->checkFile(*writer);
    if (work.checkpoint)
    {
      this->writeCheckpoint(*writer, *work.checkpoint);
    }
    if (work.next)
    {
      writer->close();
      this->checkFile(*writer);
      writer = RunWriter::create(work.next->path, work.next->layout);
      full = FullSnapshot(work.next->layout);
      first = true;
    }
  }
}

void Recorder::takeWork(Work& work)
{
  if (work.snapshot)
  {
    const std::size_t bytes = work.snapshot->bytes();
    work.snapshot.reset(); // may free memory: outside the lock
    std::lock_guard<std::mutex> lock(this->mutex_);
    --this->snapshotsHeld_;
    this->snapshotBytesHeld_ -= bytes;
  }
  work = {};

  std::unique_lock<std::mutex> lock(this->mutex_);
  this->wake_.wait_for(lock, std::chrono::duration<double>(this->limits_.flushSeconds),
    [this]
    {
      return this->closing_ || this->waiting_.size() > 1 ||
             !this->waiting_.front().snapshots.empty() || this->waiting_.front().checkpoint ||
             this->rowsHeld_ * this->rowBytes_ > this->limits_.rowBytes / 4;
    });
  Waiting& front = this->waiting_.front();
  std::swap(work.rows, front.rows);
  this->rowsHeld_ -= work.rows.rows();
  std::swap(work.filters, front.filters);
  std::swap(work.evaluations, front.evaluations);
  std::swap(work.edits, front.edits);
  std::swap(work.events, front.events);
  if (!front.snapshots.empty())
  {
    work.snapshot = std::move(front.snapshots.front());
    front.snapshots.pop_front();
  }
  // A checkpoint comes after everything that was appended before it, snapshots included; likewise
  // the next segment.
  if (front.snapshots.empty())
  {
    work.checkpoint = std::move(front.checkpoint);
    if (this->waiting_.size() > 1)
    {
      this->waiting_.pop_front();
      work.next = std::move(this->waiting_.front().segment);
    }
    else
    {
      work.last = this->closing_;
    }
  }
  if (work.last && (this->progress_.droppedRows > 0 || this->progress_.droppedSnapshots > 0))
  {
    work.events.push_back(nlohmann::ordered_json{ { "event", "dropped" }, { "step", this->step_ },
      { "rows", this->progress_.droppedRows }, { "snapshots", this->progress_.droppedSnapshots } }
                            .dump());
  }
}

void Recorder::write(RunWriter& writer, FullSnapshot& full, const Work& work)
{
  if (work.rows.rows() > 0)
  {
    writer.appendSteps(work.rows);
  }
  if (work.filters.rows() > 0)
  {
    writer.appendFilters(work.filters);
  }
  for (const std::string& edit : work.edits)
  {
    writer.appendJsonLine("edits", edit);
  }
  if (work.snapshot)
  {
    full.take(*work.snapshot);
    writer.appendSnapshot(
      work.snapshot->step, work.snapshot->epoch, full.tensors(), full.probe(), full.gram());
  }
  for (const Evaluation& evaluation : work.evaluations)
  {
    writer.appendEvaluation(evaluation);
  }
  for (const std::string& event : work.events)
  {
    writer.appendJsonLine("events", event);
  }
}

void Recorder::writeCheckpoint(RunWriter& writer, const Checkpoint& checkpoint)
{
  auto event = nlohmann::ordered_json::parse(checkpoint.details);
  event["event"] = "checkpoint";
  event["step"] = checkpoint.step;
  try
  {
    event["file"] = this->checkpoints_.write(checkpoint.step, checkpoint.state);
  }
  catch (const std::exception& error)
  {
    // The run file may still have room; only this checkpoint is missing.
    event["event"] = "checkpoint_failed";
    event["reason"] = error.what();
    std::lock_guard<std::mutex> lock(this->mutex_);
    this->progress_.message = std::string("no checkpoint: ") + error.what();
  }
  writer.appendJsonLine(
    "events", event.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  writer.flush();
}

void Recorder::checkFile(const RunWriter& writer) const
{
  if (!writer.error().empty())
  {
    throw std::runtime_error(writer.error());
  }
  std::error_code ignored;
  if (!std::filesystem::exists(writer.path(), ignored))
  {
    throw std::runtime_error(
      "'" + writer.path() + "' is gone: its folder was moved or removed while it was written");
  }
}

void Recorder::fail(const std::string& message)
{
  std::deque<Waiting> waiting(1); // what it becomes dies outside the lock
  std::lock_guard<std::mutex> lock(this->mutex_);
  this->active_.store(false, std::memory_order_relaxed);
  this->progress_.message = "recording stopped: " + message;
  this->waiting_.swap(waiting);
}

} // namespace tensorview
