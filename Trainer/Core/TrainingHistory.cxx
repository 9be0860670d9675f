#include "TrainingHistory.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <stdexcept>

namespace tensorview
{

namespace
{
constexpr std::size_t chunkRows = 1024;
}

// A chunk's vectors get their full size at once and never move. Rows at and beyond the history's
// row count belong to the worker, those before it to everyone.
struct TrainingHistory::MetricChunk
{
  explicit MetricChunk(std::size_t columns)
    : step(chunkRows)
    , epoch(chunkRows)
    , values(chunkRows * columns)
  {
  }
  std::vector<std::int64_t> step;
  std::vector<double> epoch;
  std::vector<float> values;
};

struct TrainingHistory::TrackedChunk
{
  TrackedChunk(std::size_t columns, std::size_t first)
    : firstRow(first)
    , step(chunkRows)
    , values(chunkRows * columns)
  {
  }
  std::size_t firstRow;
  std::vector<std::int64_t> step;
  std::vector<float> values;
};

TrainingHistory::TrainingHistory(const RunLayout& layout, std::size_t trackedBytes)
  : metricColumns_(layout.metricColumns)
{
  for (const TrackedCoordinate& coordinate : layout.tracked)
  {
    const auto layer = std::find_if(layout.model.layers.begin(), layout.model.layers.end(),
      [&](const LayerDescription& l) { return l.id == coordinate.layerId; });
    this->trackedColumns_.push_back(
      { layer == layout.model.layers.end() ? "" : layer->name, coordinate.index });
  }
  const std::size_t chunkBytes =
    chunkRows * (this->trackedColumns_.size() * sizeof(float) + sizeof(std::int64_t));
  this->trackedChunkLimit_ = std::max<std::size_t>(2, trackedBytes / chunkBytes);
}

TrainingHistory::TrainingHistory(const TrainingHistory& other, Empty)
  : metricColumns_(other.metricColumns_)
  , trackedColumns_(other.trackedColumns_)
  , trackedChunkLimit_(other.trackedChunkLimit_)
{
}

std::shared_ptr<TrainingHistory> TrainingHistory::until(std::int64_t step) const
{
  // Called by the worker, the only one that changes what is read here.
  std::shared_ptr<TrainingHistory> result(new TrainingHistory(*this, Empty()));
  result->edits_ = this->edits_;
  result->recordFile_ = this->recordFile_;
  std::copy_if(this->evaluations_.begin(), this->evaluations_.end(),
    std::back_inserter(result->evaluations_),
    [step](const Evaluation& evaluation) { return evaluation.step <= step; });

  std::size_t rows = this->rows_;
  while (
    rows > 0 && this->metricChunks_[(rows - 1) / chunkRows]->step[(rows - 1) % chunkRows] > step)
  {
    --rows;
  }
  result->rows_ = rows;
  const std::size_t whole = rows / chunkRows;
  const std::size_t first = whole * chunkRows; // of the chunk that is not full, if there is one
  result->metricChunks_.assign(
    this->metricChunks_.begin(), this->metricChunks_.begin() + std::ptrdiff_t(whole));
  if (rows > first)
  {
    result->metricChunks_.push_back(std::make_shared<MetricChunk>(*this->metricChunks_[whole]));
  }
  for (const auto& chunk : this->trackedChunks_)
  {
    if (chunk->firstRow < first)
    {
      result->trackedChunks_.push_back(chunk);
    }
    else if (chunk->firstRow == first && rows > first)
    {
      result->trackedChunks_.push_back(std::make_shared<TrackedChunk>(*chunk));
    }
  }
  if (rows > first &&
      (result->trackedChunks_.empty() || result->trackedChunks_.back()->firstRow != first))
  {
    // What is to be gone on with was forgotten.
    auto chunk = std::make_shared<TrackedChunk>(this->trackedColumns_.size(), first);
    chunk->step = result->metricChunks_.back()->step;
    std::fill(chunk->values.begin(), chunk->values.end(), std::numeric_limits<float>::quiet_NaN());
    result->trackedChunks_.push_back(std::move(chunk));
  }
  return result;
}

void TrainingHistory::append(const StepBlock& block)
{
  const std::size_t columns = this->metricColumns_.size();
  const std::size_t tracked = this->trackedColumns_.size();
  const std::size_t count = block.rows();
  if (block.epoch.size() != count || block.metrics.size() != count * columns ||
      block.tracked.size() != count * tracked)
  {
    throw std::logic_error("TrainingHistory: a block of rows does not fit the layout");
  }
  for (std::size_t i = 0; i < count; ++i)
  {
    // Only this thread changes rows_ and the lists, so it may read them without the lock.
    const std::size_t row = this->rows_;
    const std::size_t at = row % chunkRows;
    std::shared_ptr<TrackedChunk> dropped; // dies outside the lock
    if (at == 0)
    {
      auto metricChunk = std::make_shared<MetricChunk>(columns);
      auto trackedChunk = std::make_shared<TrackedChunk>(tracked, row);
      std::lock_guard<std::mutex> lock(this->mutex_);
      this->metricChunks_.push_back(std::move(metricChunk));
      this->trackedChunks_.push_back(std::move(trackedChunk));
      if (this->trackedChunks_.size() > this->trackedChunkLimit_)
      {
        dropped = std::move(this->trackedChunks_.front());
        this->trackedChunks_.pop_front();
      }
    }
    MetricChunk& metrics = *this->metricChunks_.back();
    metrics.step[at] = block.step[i];
    metrics.epoch[at] = block.epoch[i];
    std::copy_n(
      block.metrics.begin() + i * columns, columns, metrics.values.begin() + at * columns);
    TrackedChunk& history = *this->trackedChunks_.back();
    history.step[at] = block.step[i];
    std::copy_n(
      block.tracked.begin() + i * tracked, tracked, history.values.begin() + at * tracked);
    std::lock_guard<std::mutex> lock(this->mutex_);
    this->rows_ = row + 1;
  }
}

void TrainingHistory::append(const Evaluation& evaluation)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  this->evaluations_.push_back(evaluation);
}

void TrainingHistory::appendEdit(const std::string& json)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  this->edits_.push_back(json);
}

void TrainingHistory::setEdits(std::vector<std::string> lines)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  this->edits_.swap(lines);
}

std::size_t TrainingHistory::rows() const
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  return this->rows_;
}

StepTable TrainingHistory::metrics(std::size_t firstRow) const
{
  std::vector<std::shared_ptr<MetricChunk>> chunks;
  std::size_t rows = 0;
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    rows = this->rows_;
    const std::size_t firstChunk = std::min(firstRow / chunkRows, this->metricChunks_.size());
    chunks.assign(this->metricChunks_.begin() + firstChunk, this->metricChunks_.end());
  }
  StepTable table;
  table.columns = this->metricColumns_;
  if (firstRow >= rows)
  {
    return table;
  }
  const std::size_t columns = this->metricColumns_.size();
  table.step.reserve(rows - firstRow);
  table.epoch.reserve(rows - firstRow);
  table.values.reserve((rows - firstRow) * columns);
  for (std::size_t row = firstRow; row < rows;)
  {
    const MetricChunk& chunk = *chunks[row / chunkRows - firstRow / chunkRows];
    const std::size_t begin = row % chunkRows;
    const std::size_t end = std::min(chunkRows, begin + (rows - row));
    table.step.insert(table.step.end(), chunk.step.begin() + begin, chunk.step.begin() + end);
    table.epoch.insert(table.epoch.end(), chunk.epoch.begin() + begin, chunk.epoch.begin() + end);
    table.values.insert(table.values.end(), chunk.values.begin() + begin * columns,
      chunk.values.begin() + end * columns);
    row += end - begin;
  }
  return table;
}

void TrainingHistory::setRecordFile(const std::string& path)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  this->recordFile_ = path;
}

std::string TrainingHistory::recordFile() const
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  return this->recordFile_;
}

std::int64_t TrainingHistory::forgottenBefore() const
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  const bool forgets = !this->trackedChunks_.empty() && this->trackedChunks_.front()->firstRow > 0;
  return forgets ? this->trackedChunks_.front()->step.front() : 0;
}

std::vector<Evaluation> TrainingHistory::evaluations() const
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  return this->evaluations_;
}

std::vector<std::string> TrainingHistory::edits() const
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  return this->edits_;
}

std::vector<std::size_t> TrainingHistory::trackedColumns(
  const std::string& layer, const std::vector<std::int64_t>& coordinates) const
{
  std::vector<std::size_t> columns;
  for (const std::int64_t index : coordinates)
  {
    const auto found = std::find_if(this->trackedColumns_.begin(), this->trackedColumns_.end(),
      [&](const TrackedColumn& c) { return c.index == index && c.layer == layer; });
    if (found == this->trackedColumns_.end())
    {
      return {};
    }
    columns.push_back(static_cast<std::size_t>(found - this->trackedColumns_.begin()));
  }
  return columns;
}

bool TrainingHistory::isTracked(
  const std::string& layer, const std::vector<std::int64_t>& coordinates) const
{
  return this->trackedColumns(layer, coordinates).size() == coordinates.size();
}

CoordinateHistory TrainingHistory::coordinates(const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep) const
{
  CoordinateHistory history;
  const std::vector<std::size_t> columns = this->trackedColumns(layer, coordinates);
  if (columns.empty())
  {
    return history;
  }
  history.everyStep = true;
  std::deque<std::shared_ptr<TrackedChunk>> chunks;
  std::size_t rows = 0;
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    chunks = this->trackedChunks_;
    rows = this->rows_;
  }
  const std::size_t width = this->trackedColumns_.size();
  for (const auto& chunk : chunks)
  {
    const std::size_t filled = std::min(chunkRows, rows - chunk->firstRow);
    const auto begin = chunk->step.begin();
    const auto first = std::lower_bound(begin, begin + filled, firstStep);
    const auto last = std::upper_bound(first, begin + filled, lastStep);
    for (auto row = first; row != last; ++row)
    {
      history.step.push_back(*row);
      const float* values = chunk->values.data() + (row - begin) * width;
      for (const std::size_t column : columns)
      {
        history.values.push_back(values[column]);
      }
    }
  }
  return history;
}

} // namespace tensorview
