#ifndef TENSORVIEW_TRAINING_HISTORY_H
#define TENSORVIEW_TRAINING_HISTORY_H

#include "RunLayout.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tensorview
{

/// One run's metrics, evaluations and tracked coordinates in memory, record file or not. The
/// worker appends; any thread reads, without keeping the worker waiting: rows lie in chunks that
/// never move, and a reader takes only the list of chunks under the lock.
///
/// Metrics are kept whole (some 50 bytes a step for a small network). Tracked values are kept up
/// to `trackedBytes`; then the oldest chunk goes.
class TrainingHistory
{
public:
  /// @param layout gives the columns and the tracked coordinates
  explicit TrainingHistory(
    const RunLayout& layout, std::size_t trackedBytes = std::size_t(256) << 20);

  /// @name Worker
  /// Appends the rows of `block` (steps ascend). A block whose columns do not fit is a programming
  /// mistake: @throws std::logic_error.
  void append(const StepBlock& block);
  void append(const Evaluation& evaluation);
  void appendEdit(const std::string& json);
  /// All that was done, what was undone too, in the order in which it was done.
  void setEdits(std::vector<std::string> lines);
  /// The file that holds these rows too, from now on.
  void setRecordFile(const std::string& path);
  /// A history that goes on from `step`, whose later rows and evaluations it leaves out. Rows are
  /// shared, but the last few. This one stays as it is.
  std::shared_ptr<TrainingHistory> until(std::int64_t step) const;

  /// @name Anyone
  std::size_t rows() const;
  /// The first step whose tracked values are still there, once older ones had to go; else 0.
  std::int64_t forgottenBefore() const;
  /// Path of a file with all the rows; empty if there is none.
  std::string recordFile() const;
  StepTable metrics(std::size_t firstRow = 0) const;
  std::vector<Evaluation> evaluations() const;
  std::vector<std::string> edits() const;
  /// Whether every one of `coordinates` of `layer` is tracked.
  bool isTracked(const std::string& layer, const std::vector<std::int64_t>& coordinates) const;
  /// Values of tracked coordinates at the steps in [firstStep, lastStep]; empty if one of them is
  /// not tracked.
  CoordinateHistory coordinates(const std::string& layer,
    const std::vector<std::int64_t>& coordinates, std::int64_t firstStep,
    std::int64_t lastStep) const;

private:
  struct Empty
  {
  };
  TrainingHistory(const TrainingHistory& other, Empty);
  struct MetricChunk;
  struct TrackedChunk;
  std::vector<std::size_t> trackedColumns(
    const std::string& layer, const std::vector<std::int64_t>& coordinates) const;

  // Fixed at construction.
  std::vector<std::string> metricColumns_;
  struct TrackedColumn
  {
    std::string layer;
    std::int64_t index;
  };
  std::vector<TrackedColumn> trackedColumns_;
  std::size_t trackedChunkLimit_;

  mutable std::mutex mutex_;
  std::size_t rows_ = 0;
  std::vector<std::shared_ptr<MetricChunk>> metricChunks_;
  std::deque<std::shared_ptr<TrackedChunk>> trackedChunks_; ///< the newest of them
  std::vector<Evaluation> evaluations_;
  std::vector<std::string> edits_;
  std::string recordFile_;
};

} // namespace tensorview

#endif
