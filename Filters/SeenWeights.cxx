#include "SeenWeights.h"

#include <algorithm>
#include <iterator>
#include <limits>

using tensorview::TensorBox;
using tensorview::TensorShape;
using tensorview::TensorValues;

namespace
{
void KeepCommon(std::vector<std::int32_t>& slots, const std::vector<std::int32_t>& others)
{
  std::vector<std::int32_t> common;
  std::set_intersection(
    slots.begin(), slots.end(), others.begin(), others.end(), std::back_inserter(common));
  slots = std::move(common);
}
}

SeenWeights::SeenWeights(const TensorShape& shape, std::size_t maximumBytes)
{
  this->description_.shape = shape;
  this->description_.piece = { shape.filters, shape.channels, shape.rows, shape.columns };
  const auto bytes =
    static_cast<std::size_t>(std::max<std::int64_t>(1, shape.size())) * sizeof(float);
  this->most_ = maximumBytes / bytes;
}

void SeenWeights::add(std::int64_t step, const TensorValues& tensor)
{
  const TensorShape& shape = this->description_.shape;
  const std::int64_t window = shape.rows * shape.columns;
  Snapshot snapshot;
  snapshot.slot = tensor.slot;
  snapshot.channelSlot = tensor.channelSlot;
  snapshot.values.assign(
    static_cast<std::size_t>(shape.size()), std::numeric_limits<float>::quiet_NaN());
  const float* from = tensor.data.get();
  for (const std::int32_t slot : tensor.slot)
  {
    for (const std::int32_t channel : tensor.channelSlot)
    {
      if (slot < shape.filters && channel < shape.channels)
      {
        std::copy_n(
          from, window, snapshot.values.begin() + (slot * shape.channels + channel) * window);
      }
      from += window;
    }
  }

  const auto known = this->snapshots_.find(step);
  if (known != this->snapshots_.end())
  {
    snapshot.number = known->second.number;
    known->second = std::move(snapshot);
  }
  else
  {
    // The newest is kept for as long as it is the newest.
    if (!this->snapshots_.empty() && this->snapshots_.rbegin()->second.number % this->every_ != 0)
    {
      this->snapshots_.erase(std::prev(this->snapshots_.end()));
    }
    snapshot.number = this->added_++;
    this->snapshots_[step] = std::move(snapshot);
    this->thinOut();
  }
  this->describe();
}

void SeenWeights::thinOut()
{
  while (this->snapshots_.size() > std::max<std::size_t>(2, this->most_))
  {
    this->every_ *= 2;
    for (auto it = this->snapshots_.begin(); it != this->snapshots_.end();)
    {
      const bool newest = std::next(it) == this->snapshots_.end();
      it = newest || it->second.number % this->every_ == 0 ? std::next(it)
                                                           : this->snapshots_.erase(it);
    }
  }
}

void SeenWeights::describe()
{
  this->description_.step.clear();
  this->description_.slot = this->snapshots_.begin()->second.slot;
  this->description_.channelSlot = this->snapshots_.begin()->second.channelSlot;
  for (const auto& [step, snapshot] : this->snapshots_)
  {
    this->description_.step.push_back(step);
    KeepCommon(this->description_.slot, snapshot.slot);
    KeepCommon(this->description_.channelSlot, snapshot.channelSlot);
  }
}

void SeenWeights::read(
  const TensorBox& box, const std::vector<std::size_t>& snapshots, float* values)
{
  const TensorShape& shape = this->description_.shape;
  for (const std::size_t index : snapshots)
  {
    const Snapshot& snapshot = this->snapshots_.at(this->description_.step.at(index));
    for (std::int64_t slot = box.start[0]; slot < box.start[0] + box.count[0]; ++slot)
    {
      for (std::int64_t channel = box.start[1]; channel < box.start[1] + box.count[1]; ++channel)
      {
        for (std::int64_t row = box.start[2]; row < box.start[2] + box.count[2]; ++row)
        {
          const std::int64_t from =
            ((slot * shape.channels + channel) * shape.rows + row) * shape.columns + box.start[3];
          values = std::copy_n(snapshot.values.begin() + from, box.count[3], values);
        }
      }
    }
  }
}
