#include "ProbeBoard.h"

#include "FullSnapshot.h"
#include "WaitUntil.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tensorview
{

namespace
{
constexpr int snapshotsPerRequest = 8;
constexpr std::size_t mostResults = 6;

TensorValues makeOutputs(const TensorDescription& description,
  const std::vector<std::int32_t>& slots, const std::vector<float>& values)
{
  TensorValues outputs;
  outputs.description = description;
  outputs.shape = description.shape;
  outputs.shape.filters = static_cast<std::int64_t>(slots.size());
  outputs.slot = slots;
  outputs.channelSlot = { 0 };
  const auto copy = std::make_shared<const std::vector<float>>(values);
  outputs.data = std::shared_ptr<const float>(copy, copy->data());
  outputs.range = computeRange(copy->data(), copy->size());
  return outputs;
}
}

std::shared_ptr<const ProbeResult> makeProbeResult(
  const RunLayout& layout, const SnapshotValues& values)
{
  auto result = std::make_shared<ProbeResult>();
  result->step = values.step;
  result->layers = values.asked;
  for (std::size_t i = 0; i < layout.probe.size() && i < values.probe.size(); ++i)
  {
    const TensorDescription& tensor = layout.probe[i];
    const std::vector<std::int32_t> slots =
      presentSlots(layout.model, tensor.layerId, tensor.shape.filters);
    if (result->answers(tensor.layer) && !slots.empty() &&
        values.probe[i].size() == slots.size() * static_cast<std::size_t>(tensor.shape.perFilter()))
    {
      result->outputs.push_back(makeOutputs(tensor, slots, values.probe[i]));
    }
  }
  for (std::size_t i = 0; i < layout.gram.size() && i < values.gram.size(); ++i)
  {
    const GramDescription& description = layout.gram[i];
    GramMatrix gram{ description.layer,
      presentSlots(layout.model, description.layerId, description.slots), {} };
    if (result->answers(gram.layer) && values.gram[i].size() == gram.rows() * gram.rows())
    {
      gram.values = values.gram[i];
      result->gram.push_back(std::move(gram));
    }
  }
  return result;
}

void ProbeBoard::request(const std::string& layer)
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  this->patience_[layer] = snapshotsPerRequest;
}

std::shared_ptr<const ProbeResult> ProbeBoard::findLocked(
  const std::string& layer, std::int64_t step) const
{
  const auto found = std::find_if(this->results_.begin(), this->results_.end(),
    [&](const std::shared_ptr<const ProbeResult>& result)
    { return result->step == step && result->answers(layer); });
  return found == this->results_.end() ? nullptr : *found;
}

std::shared_ptr<const ProbeResult> ProbeBoard::find(
  const std::string& layer, std::int64_t step) const
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  return this->findLocked(layer, step);
}

std::shared_ptr<const ProbeResult> ProbeBoard::waitFor(
  const std::string& layer, std::int64_t step, double seconds) const
{
  std::unique_lock<std::mutex> lock(this->mutex_);
  std::shared_ptr<const ProbeResult> result;
  const auto isThere = [&]
  {
    result = this->findLocked(layer, step);
    return result != nullptr;
  };
  waitUntil(this->answered_, lock, seconds, isThere);
  return result;
}

std::vector<std::string> ProbeBoard::wanted() const
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  std::vector<std::string> layers;
  for (const auto& entry : this->patience_)
  {
    layers.push_back(entry.first);
  }
  return layers;
}

std::vector<std::string> ProbeBoard::unanswered(std::int64_t step) const
{
  std::lock_guard<std::mutex> lock(this->mutex_);
  std::vector<std::string> layers;
  for (const auto& entry : this->patience_)
  {
    if (!this->findLocked(entry.first, step))
    {
      layers.push_back(entry.first);
    }
  }
  return layers;
}

void ProbeBoard::publish(std::shared_ptr<const ProbeResult> result, bool withSnapshot)
{
  std::shared_ptr<const ProbeResult> oldest; // dies outside the lock
  {
    std::lock_guard<std::mutex> lock(this->mutex_);
    this->results_.push_front(std::move(result));
    if (this->results_.size() > mostResults)
    {
      oldest = std::move(this->results_.back());
      this->results_.pop_back();
    }
    for (auto entry = this->patience_.begin(); withSnapshot && entry != this->patience_.end();)
    {
      entry = --entry->second > 0 ? std::next(entry) : this->patience_.erase(entry);
    }
  }
  this->answered_.notify_all();
}

void ProbeBoard::clear()
{
  std::deque<std::shared_ptr<const ProbeResult>> old;
  std::lock_guard<std::mutex> lock(this->mutex_);
  this->results_.swap(old);
}

} // namespace tensorview
