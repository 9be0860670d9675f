#include "TensorRead.h"

#include "RunJson.h"

#include <algorithm>
#include <numeric>

namespace tensorview
{
namespace
{

using hdf5::Extents;
using hdf5::Handle;

/// Runs of consecutive numbers: [first, count], ascending.
std::vector<std::pair<hsize_t, hsize_t>> runs(const std::vector<std::int32_t>& numbers)
{
  std::vector<std::pair<hsize_t, hsize_t>> result;
  for (const std::int32_t number : numbers)
  {
    const auto n = static_cast<hsize_t>(number);
    if (!result.empty() && result.back().first + result.back().second == n)
    {
      ++result.back().second;
    }
    else
    {
      result.emplace_back(n, 1);
    }
  }
  return result;
}

std::vector<std::int32_t> counting(std::int64_t count)
{
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(std::max<std::int64_t>(0, count)));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

/// Slots that the data set has room for, in ascending order.
void dropBeyond(std::vector<std::int32_t>& slots, hsize_t extent)
{
  slots.erase(
    std::remove_if(slots.begin(), slots.end(),
      [&](std::int32_t slot) { return slot < 0 || static_cast<hsize_t>(slot) >= extent; }),
    slots.end());
}

} // namespace

std::vector<std::int32_t> slotsAt(
  const ModelDescription& model, std::int32_t layerId, std::int64_t step)
{
  std::vector<std::int32_t> slots;
  for (const auto& layer : model.layers)
  {
    if (layer.id != layerId)
    {
      continue;
    }
    for (const auto& entry : layer.slots)
    {
      if (entry.bornStep <= step && (entry.removedStep < 0 || step < entry.removedStep))
      {
        slots.push_back(entry.slot);
      }
    }
  }
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  return slots;
}

TensorValues readSnapshotTensor(SegmentFile& file, const char* group,
  const TensorDescription& description, std::int64_t snapshot, std::int64_t step,
  std::int64_t firstFilter, std::int64_t filterCount)
{
  const hdf5::Silence silence;
  const std::string name = tensorPath(group, description);
  const hid_t dataset = file.dataset(name, 5, snapshot + 1);
  const Extents extents = hdf5::extents(dataset);
  if (extents.size() != 5 || extents[3] != static_cast<hsize_t>(description.shape.rows) ||
      extents[4] != static_cast<hsize_t>(description.shape.columns))
  {
    file.damaged(name, "its windows are not as described");
  }

  const ModelDescription& model = file.layout().model;
  TensorValues tensor;
  tensor.description = description;
  tensor.slot = slotsAt(model, description.layerId, step);
  if (tensor.slot.empty())
  {
    tensor.slot = counting(description.shape.filters);
  }
  dropBeyond(tensor.slot, extents[1]);
  tensor.channelSlot = description.channelLayerId >= 0
                         ? slotsAt(model, description.channelLayerId, step)
                         : std::vector<std::int32_t>();
  if (tensor.channelSlot.empty())
  {
    tensor.channelSlot = counting(description.shape.channels);
  }
  dropBeyond(tensor.channelSlot, extents[2]);

  const auto present = static_cast<std::int64_t>(tensor.slot.size());
  const std::int64_t first = std::clamp<std::int64_t>(firstFilter, 0, present);
  const std::int64_t last =
    filterCount < 0 ? present : std::clamp(first + filterCount, first, present);
  tensor.slot.erase(tensor.slot.begin() + last, tensor.slot.end());
  tensor.slot.erase(tensor.slot.begin(), tensor.slot.begin() + first);
  tensor.shape = description.shape;
  tensor.shape.filters = last - first;
  tensor.shape.channels = static_cast<std::int64_t>(tensor.channelSlot.size());
  const auto count = static_cast<std::uint64_t>(tensor.shape.size());
  file.checkSize(name, count * sizeof(float));

  // Not initialised: every value is read. (C++17's make_shared would clear them first.)
  std::shared_ptr<float[]> values(new float[std::max<std::uint64_t>(1, count)]);
  if (count > 0)
  {
    const Handle from(H5Dget_space(dataset));
    H5Sselect_none(from);
    for (const auto& slots : runs(tensor.slot))
    {
      for (const auto& channels : runs(tensor.channelSlot))
      {
        const hsize_t start[5] = { static_cast<hsize_t>(snapshot), slots.first, channels.first, 0,
          0 };
        const hsize_t block[5] = { 1, slots.second, channels.second, extents[3], extents[4] };
        H5Sselect_hyperslab(from, H5S_SELECT_OR, start, nullptr, block, nullptr);
      }
    }
    const auto size = static_cast<hsize_t>(count);
    const Handle to(H5Screate_simple(1, &size, nullptr));
    if (H5Sselect_valid(from) <= 0 ||
        H5Dread(dataset, H5T_NATIVE_FLOAT, to, from, H5P_DEFAULT, values.get()) < 0)
    {
      file.damaged(name, hdf5::reason());
    }
  }
  tensor.range = computeRange(values.get(), count);
  tensor.data = std::shared_ptr<const float>(values, values.get());
  return tensor;
}

} // namespace tensorview
