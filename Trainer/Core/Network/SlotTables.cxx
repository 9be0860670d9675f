#include "SlotTables.h"

#include <algorithm>

namespace tensorview
{

namespace
{
bool hasSlots(const LayerSpec& layer)
{
  return layer.hasFilters() || layer.type == LayerType::BatchNorm;
}

std::vector<SlotEntry> firstSlots(std::int64_t count)
{
  std::vector<SlotEntry> entries(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < entries.size(); ++i)
  {
    entries[i].slot = static_cast<std::int32_t>(i);
  }
  return entries;
}

void checkEntries(const LayerSpec& layer, const std::vector<SlotEntry>& entries)
{
  std::int64_t present = 0;
  for (std::size_t i = 0; i < entries.size(); ++i)
  {
    if (entries[i].slot != static_cast<std::int32_t>(i))
    {
      throw NetworkError("the slot table of layer '" + layer.name + "' does not ascend from 0");
    }
    present += entries[i].removedStep < 0 ? 1 : 0;
  }
  if (present != layer.output.channels)
  {
    throw NetworkError("the slot table of layer '" + layer.name + "' has " +
                       std::to_string(present) + " filters, but the layer has " +
                       std::to_string(layer.output.channels));
  }
}
}

SlotTables::SlotTables(const NetworkGraph& graph)
  : SlotTables(graph, std::vector<std::vector<SlotEntry>>(graph.layers.size()))
{
}

SlotTables::SlotTables(const NetworkGraph& graph, std::vector<std::vector<SlotEntry>> entries)
  : entries_(std::move(entries))
{
  this->entries_.resize(graph.layers.size());
  for (std::size_t i = 0; i < graph.layers.size(); ++i)
  {
    const LayerSpec& layer = graph.layers[i];
    if (!hasSlots(layer))
    {
      this->entries_[i].clear();
      continue;
    }
    if (this->entries_[i].empty())
    {
      this->entries_[i] = firstSlots(layer.output.channels);
    }
    checkEntries(layer, this->entries_[i]);
  }
}

std::vector<int> SlotTables::present(int layer) const
{
  std::vector<int> slots;
  for (const SlotEntry& entry : this->entries(layer))
  {
    if (entry.removedStep < 0)
    {
      slots.push_back(entry.slot);
    }
  }
  return slots;
}

std::vector<std::int64_t> SlotTables::places(int layer) const
{
  std::vector<std::int64_t> places;
  std::int64_t next = 0;
  for (const SlotEntry& entry : this->entries(layer))
  {
    places.push_back(entry.removedStep < 0 ? next++ : -1);
  }
  return places;
}

bool SlotTables::hasRemoved(int layer) const
{
  const std::vector<SlotEntry>& entries = this->entries(layer);
  return std::any_of(
    entries.begin(), entries.end(), [](const SlotEntry& entry) { return entry.removedStep >= 0; });
}

bool SlotTables::hasRemoved() const
{
  for (std::size_t layer = 0; layer < this->entries_.size(); ++layer)
  {
    if (this->hasRemoved(static_cast<int>(layer)))
    {
      return true;
    }
  }
  return false;
}

TensorShape SlotTables::everShape(
  const NetworkGraph& graph, int layer, const TensorShape& shape, bool isWeight) const
{
  TensorShape result = shape;
  result.filters = this->everBorn(layer);
  const int feeding = isWeight ? graph.feedingLayer(layer) : imageInput;
  if (feeding != imageInput)
  {
    result.channels = this->everBorn(feeding);
  }
  return result;
}

void SlotTables::remove(
  const FilterRemoval& removal, const std::vector<std::int64_t>& places, std::int64_t step)
{
  for (const int member : removal.members)
  {
    this->remove(member, places, step);
  }
  for (const FilterRemoval::Norm& norm : removal.norms)
  {
    this->remove(norm.layer, expandPlaces(places, norm.block), step);
  }
}

void SlotTables::remove(int layer, const std::vector<std::int64_t>& places, std::int64_t step)
{
  const std::vector<int> slots = this->present(layer);
  for (const std::int64_t place : places)
  {
    const auto slot = static_cast<std::size_t>(slots[static_cast<std::size_t>(place)]);
    this->entries_[static_cast<std::size_t>(layer)][slot].removedStep = step;
  }
}

std::vector<std::int64_t> placesLeft(std::int64_t count, const std::vector<std::int64_t>& removed)
{
  std::vector<std::int64_t> left;
  for (std::int64_t place = 0; place < count; ++place)
  {
    if (std::find(removed.begin(), removed.end(), place) == removed.end())
    {
      left.push_back(place);
    }
  }
  return left;
}

std::vector<std::int64_t> expandPlaces(const std::vector<std::int64_t>& places, std::int64_t block)
{
  std::vector<std::int64_t> expanded;
  for (const std::int64_t place : places)
  {
    for (std::int64_t i = 0; i < block; ++i)
    {
      expanded.push_back(place * block + i);
    }
  }
  return expanded;
}

} // namespace tensorview
