#include "FullSnapshot.h"

#include "SlotTable.h"

#include <algorithm>
#include <limits>

namespace tensorview
{

std::vector<std::int32_t> presentSlots(
  const ModelDescription& model, std::int32_t layerId, std::int64_t slots)
{
  return slotsAt(model, layerId, slots, std::numeric_limits<std::int64_t>::max());
}

std::size_t FullSnapshot::Place::values() const
{
  return this->filters.size() * this->channels.size() *
         static_cast<std::size_t>(this->shape.rows * this->shape.columns);
}

std::vector<FullSnapshot::Place> FullSnapshot::placesOf(
  const ModelDescription& model, const std::vector<TensorDescription>& tensors)
{
  std::vector<Place> places;
  for (const TensorDescription& tensor : tensors)
  {
    Place place;
    place.shape = tensor.shape;
    place.filters = presentSlots(model, tensor.layerId, tensor.shape.filters);
    place.channels = presentSlots(model, tensor.channelLayerId, tensor.shape.channels);
    place.whole = static_cast<std::int64_t>(place.filters.size()) == tensor.shape.filters &&
                  static_cast<std::int64_t>(place.channels.size()) == tensor.shape.channels;
    places.push_back(std::move(place));
  }
  return places;
}

FullSnapshot::FullSnapshot(const RunLayout& layout)
  : tensorPlaces_(placesOf(layout.model, layout.model.tensors))
  , probePlaces_(placesOf(layout.model, layout.probe))
{
  for (const GramDescription& gram : layout.gram)
  {
    Place place;
    place.shape = { gram.slots + 1, gram.slots + 1, 1, 1 };
    place.filters = presentSlots(layout.model, gram.layerId, gram.slots);
    place.whole = static_cast<std::int64_t>(place.filters.size()) == gram.slots;
    place.filters.push_back(static_cast<std::int32_t>(gram.slots));
    place.channels = place.filters;
    this->gramPlaces_.push_back(std::move(place));
  }
}

template <typename T>
void FullSnapshot::spread(const std::vector<Place>& places, const std::vector<std::vector<T>>& from,
  std::vector<std::vector<T>>& memory, std::vector<const T*>& to)
{
  to.clear();
  memory.resize(places.size());
  for (std::size_t i = 0; i < from.size(); ++i)
  {
    if (i >= places.size() || from[i].size() != places[i].values() || from[i].empty())
    {
      to.push_back(nullptr);
      continue;
    }
    const Place& place = places[i];
    if (place.whole)
    {
      to.push_back(from[i].data());
      continue;
    }
    std::vector<T>& full = memory[i];
    full.assign(static_cast<std::size_t>(place.shape.size()), std::numeric_limits<T>::quiet_NaN());
    const std::int64_t window = place.shape.rows * place.shape.columns;
    auto source = from[i].begin();
    for (const std::int32_t filter : place.filters)
    {
      for (const std::int32_t channel : place.channels)
      {
        const std::int64_t at = (filter * place.shape.channels + channel) * window;
        std::copy_n(source, window, full.begin() + at);
        source += window;
      }
    }
    to.push_back(full.data());
  }
}

void FullSnapshot::take(const SnapshotValues& values)
{
  spread(this->tensorPlaces_, values.tensors, this->tensorMemory_, this->tensors_);
  spread(this->probePlaces_, values.probe, this->probeMemory_, this->probe_);
  spread(this->gramPlaces_, values.gram, this->gramMemory_, this->gram_);
}

} // namespace tensorview
