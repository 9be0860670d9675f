#ifndef TENSORVIEW_RECORDER_H
#define TENSORVIEW_RECORDER_H

#include "CheckpointStore.h"
#include "RunLayout.h"
#include "SnapshotPool.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tensorview
{

class FullSnapshot;
class RunWriter;

/// Writes the run files of a training from a thread of its own, so that training never waits for
/// the disk. What the disk is too slow for is dropped and counted. A full disk, a vanished file or
/// another error ends the recording with a message; what was flushed stays readable.
///
/// The training thread calls append*(), which return at once; anyone calls progress().
class Recorder
{
public:
  struct Limits
  {
    std::size_t snapshots = 4; ///< waiting or being written
    /// Likewise, but one always fits.
    std::size_t snapshotBytes = std::size_t(1) << 30;
    /// Small snapshots may be more than `snapshots`, up to this together.
    std::size_t smallSnapshotBytes = std::size_t(64) << 20;
    std::size_t rowBytes = std::size_t(128) << 20; ///< rows waiting
    std::size_t events = 10000;                    ///< lines and evaluations waiting
    double flushSeconds = 0.5;
  };

  struct Progress
  {
    bool active = false;
    std::string message;   ///< why recording stopped, empty while it goes well
    std::int64_t rows = 0; ///< taken so far, dropped ones not counted
    std::int64_t snapshots = 0;
    std::int64_t droppedRows = 0;
    std::int64_t droppedSnapshots = 0;
  };

  /// Creates the file; blocks until it is there. With `overwrite` also removes the checkpoints of
  /// the run that is replaced.
  /// @throws RunFileError as RunWriter::create
  Recorder(const std::string& path, const RunLayout& layout, bool overwrite, const Limits& limits);
  /// Calls close().
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void append(const StepBlock& rows);
  void append(const FilterBlock& rows);
  /// @param always take it even if the queue is full: the first and the last snapshot of a run
  void append(std::shared_ptr<const SnapshotValues> snapshot, bool always);
  /// Counts a snapshot that could not be taken for want of memory.
  void leaveSnapshotOut();
  void append(const Evaluation& evaluation);
  void appendEvent(const std::string& json);
  void appendEdit(const std::string& json);
  /// Writes a checkpoint file once everything appended before is on the disk, then an event that
  /// names it with the members of the JSON object `details`. If one is waiting already, the new
  /// one replaces it.
  void appendCheckpoint(std::int64_t step, std::string state, const std::string& details);

  /// What is appended from now on goes to another segment, which is made once everything appended
  /// before is on the disk; returns at once. A file that cannot be made ends the recording.
  /// @param path of the new segment, which must not exist
  /// @param layout with the same columns, tracked coordinates and series as before
  void beginSegment(const std::string& path, const RunLayout& layout);

  /// Writes what is waiting and closes the file; blocks. Later calls do nothing.
  void close();

  /// False once recording has stopped or closed.
  bool isActive() const { return this->active_.load(std::memory_order_relaxed); }
  Progress progress() const;
  /// Of the segment that is appended to. Of the training thread, as all that appends.
  const std::string& path() const { return this->path_; }

private:
  struct Segment
  {
    std::string path;
    RunLayout layout;
  };
  struct Checkpoint
  {
    std::int64_t step = 0;
    std::string state;
    std::string details;
  };
  /// What waits for one segment.
  struct Waiting
  {
    std::optional<Segment> segment; ///< to be made first
    StepBlock rows;
    FilterBlock filters;
    std::deque<std::shared_ptr<const SnapshotValues>> snapshots;
    std::vector<Evaluation> evaluations;
    std::vector<std::string> edits;
    std::vector<std::string> events;
    std::unique_ptr<Checkpoint> checkpoint;
  };
  /// What the two threads hand over; all of it swapped, never copied, under the lock.
  struct Work
  {
    StepBlock rows;
    FilterBlock filters;
    std::shared_ptr<const SnapshotValues> snapshot;
    std::vector<Evaluation> evaluations;
    std::vector<std::string> edits;
    std::vector<std::string> events;
    std::unique_ptr<Checkpoint> checkpoint;
    std::optional<Segment> next; ///< where the work after this goes
    bool last = false;
  };

  void run(std::unique_ptr<RunWriter>& writer, const RunLayout& layout);
  void takeWork(Work& work);
  void write(RunWriter& writer, FullSnapshot& full, const Work& work);
  void writeCheckpoint(RunWriter& writer, const Checkpoint& checkpoint);
  void checkFile(const RunWriter& writer) const;
  void fail(const std::string& message);

  std::string path_; ///< of the training thread
  const Limits limits_;
  const std::size_t rowBytes_;
  CheckpointStore checkpoints_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> waiting_;   ///< one or more; the last is appended to
  std::size_t rowsHeld_ = 0;      ///< waiting
  std::size_t snapshotsHeld_ = 0; ///< waiting and being written
  std::size_t snapshotBytesHeld_ = 0;
  Progress progress_;
  std::int64_t step_ = 0; ///< of the last row that came, written or dropped
  bool closing_ = false;
  std::atomic<bool> active_{ true };
  std::thread thread_;
};

} // namespace tensorview

#endif
