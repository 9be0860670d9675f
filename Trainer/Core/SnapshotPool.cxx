#include "SnapshotPool.h"

#include "FullSnapshot.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace tensorview
{

std::size_t SnapshotValues::bytes() const
{
  std::size_t count = 0;
  for (const auto& buffer : this->tensors)
  {
    count += buffer.size();
  }
  for (const auto& buffer : this->probe)
  {
    count += buffer.size();
  }
  std::size_t doubles = 0;
  for (const auto& buffer : this->gram)
  {
    doubles += buffer.size();
  }
  return count * sizeof(float) + doubles * sizeof(double);
}

struct SnapshotPool::Shelf
{
  std::mutex mutex;
  std::size_t most = 0; ///< buffers
  std::size_t mostUnused = 0;
  std::size_t out = 0; ///< given out
  std::vector<std::unique_ptr<SnapshotValues>> unused;

  void giveBack(SnapshotValues* values)
  {
    std::unique_ptr<SnapshotValues> owned(values); // freed outside the lock if there is no room
    std::lock_guard<std::mutex> lock(this->mutex);
    --this->out;
    if (this->unused.size() < this->mostUnused && this->out + this->unused.size() < this->most)
    {
      this->unused.push_back(std::move(owned));
    }
  }
};

SnapshotPool::SnapshotPool(std::size_t bytesEach, std::size_t mostBytes, std::size_t mostUnused)
  : shelf_(std::make_shared<Shelf>())
{
  this->shelf_->most = std::max<std::size_t>(2, mostBytes / std::max<std::size_t>(1, bytesEach));
  this->shelf_->mostUnused = mostUnused;
  this->shelf_->unused.reserve(mostUnused); // so that giveBack never allocates
}

bool SnapshotPool::hasRoom() const
{
  std::lock_guard<std::mutex> lock(this->shelf_->mutex);
  return this->shelf_->out < this->shelf_->most;
}

std::unique_ptr<SnapshotValues, std::function<void(SnapshotValues*)>> SnapshotPool::take()
{
  std::unique_ptr<SnapshotValues> values;
  {
    std::lock_guard<std::mutex> lock(this->shelf_->mutex);
    if (!this->shelf_->unused.empty())
    {
      values = std::move(this->shelf_->unused.back());
      this->shelf_->unused.pop_back();
    }
  }
  if (!values)
  {
    values = std::make_unique<SnapshotValues>();
  }
  const std::function<void(SnapshotValues*)> back = [shelf = this->shelf_](SnapshotValues* v)
  { shelf->giveBack(v); };
  std::lock_guard<std::mutex> lock(this->shelf_->mutex);
  ++this->shelf_->out;
  return { values.release(), back };
}

namespace
{
/// Views of `buffers`, which `owner` keeps alive.
std::vector<TensorValues> viewTensors(const ModelDescription& model,
  const std::vector<TensorDescription>& descriptions,
  const std::vector<std::vector<float>>& buffers,
  const std::shared_ptr<const SnapshotValues>& owner)
{
  std::vector<TensorValues> tensors;
  tensors.reserve(descriptions.size());
  for (std::size_t i = 0; i < descriptions.size(); ++i)
  {
    TensorValues tensor;
    tensor.description = descriptions[i];
    tensor.shape = tensor.description.shape;
    tensor.slot = presentSlots(model, tensor.description.layerId, tensor.shape.filters);
    tensor.channelSlot =
      presentSlots(model, tensor.description.channelLayerId, tensor.shape.channels);
    tensor.shape.filters = static_cast<std::int64_t>(tensor.slot.size());
    tensor.shape.channels = static_cast<std::int64_t>(tensor.channelSlot.size());
    const bool present =
      i < buffers.size() && buffers[i].size() == static_cast<std::size_t>(tensor.shape.size());
    if (present)
    {
      tensor.data = std::shared_ptr<const float>(owner, buffers[i].data());
      tensor.range = computeRange(buffers[i].data(), buffers[i].size());
    }
    else
    {
      tensor.shape.filters = 0;
      tensor.slot.clear();
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}
}

std::shared_ptr<const NetworkSnapshot> makeNetworkSnapshot(
  const RunLayout& layout, const std::shared_ptr<const SnapshotValues>& values)
{
  auto snapshot = std::make_shared<NetworkSnapshot>();
  snapshot->step = values->step;
  snapshot->epoch = values->epoch;
  snapshot->tensors = viewTensors(layout.model, layout.model.tensors, values->tensors, values);
  return snapshot;
}

} // namespace tensorview
