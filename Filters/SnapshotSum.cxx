#include "SnapshotSum.h"

#include "PartValues.h"

#include "vtkModelProvider.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace
{
using vtkTensorCollection::Part;

constexpr std::size_t mostKept = std::size_t{ 1 } << 30;

/// A copy whose values may be changed.
Part Copied(const Part& part)
{
  Part copy = part;
  const auto size = static_cast<std::size_t>(part.values.shape.size());
  const float* values = part.values.data.get();
  copy.values.data = PartValues::Share(std::vector<float>(values, values + size));
  return copy;
}

std::ptrdiff_t IndexOf(const std::vector<std::int32_t>& slots, std::int32_t slot)
{
  const auto found = std::lower_bound(slots.begin(), slots.end(), slot);
  return found != slots.end() && *found == slot ? found - slots.begin() : -1;
}

/// Adds the windows of one filter.
void AddFilter(const Part& older, std::ptrdiff_t filter, const Part& part, float* to)
{
  const auto window =
    static_cast<std::ptrdiff_t>(part.values.shape.rows * part.values.shape.columns);
  const float* values = older.values.data.get() + filter * older.values.shape.perFilter();
  for (std::size_t c = 0; c < part.values.channelSlot.size(); ++c)
  {
    const std::ptrdiff_t channel = IndexOf(older.values.channelSlot, part.values.channelSlot[c]);
    float* sum = to + static_cast<std::ptrdiff_t>(c) * window;
    if (channel >= 0)
    {
      const float* from = values + channel * window;
      std::transform(from, from + window, sum, sum, [](float a, float b) { return a + b; });
    }
  }
}

void AddPart(const Part& older, Part& part)
{
  if (older.values.shape.rows != part.values.shape.rows ||
      older.values.shape.columns != part.values.shape.columns)
  {
    return;
  }
  // Copied() made the values; nobody else has them.
  auto* values = const_cast<float*>(part.values.data.get());
  for (std::size_t i = 0; i < part.values.slot.size(); ++i)
  {
    const std::ptrdiff_t filter = IndexOf(older.values.slot, part.values.slot[i]);
    if (filter >= 0)
    {
      AddFilter(older, filter, part,
        values + static_cast<std::ptrdiff_t>(i) * part.values.shape.perFilter());
    }
  }
}

void MeasureRanges(std::vector<Part>& parts)
{
  for (Part& part : parts)
  {
    part.values.range = PartValues::RangeOf(
      part.values.data.get(), static_cast<std::size_t>(part.values.shape.size()));
  }
}

std::size_t BytesOf(const std::vector<Part>& parts)
{
  std::size_t bytes = 0;
  for (const Part& part : parts)
  {
    bytes += static_cast<std::size_t>(part.values.shape.size()) * sizeof(float);
  }
  return bytes;
}
}

std::vector<Part> SnapshotSum::Add(
  const std::vector<Part>& parts, bool owned, const std::vector<Part>& older)
{
  std::vector<Part> sums = parts;
  for (Part& part : sums)
  {
    part = owned ? part : Copied(part);
    for (const Part& before : older)
    {
      AddPart(before, part);
    }
  }
  return sums;
}

std::size_t SnapshotSum::AddRecorded(vtkModelProvider* provider, const std::string& layer,
  const std::string& kind, double step, std::size_t snapshots, std::vector<Part>& parts)
{
  const std::vector<std::int64_t> steps =
    provider ? provider->GetSnapshotSteps() : std::vector<std::int64_t>();
  if (steps.empty())
  {
    return 0;
  }
  auto at = std::lower_bound(steps.begin(), steps.end(), step,
    [](std::int64_t recorded, double now) { return static_cast<double>(recorded) < now; });
  std::size_t summed = 1;
  while (at != steps.begin() && summed < snapshots)
  {
    --at;
    Part older;
    if (provider->ReadSnapshot(layer, kind, *at, 0, -1, older.values))
    {
      parts = Add(parts, summed > 1, { older });
      ++summed;
    }
  }
  MeasureRanges(parts);
  return summed;
}

std::size_t SnapshotSum::Passing::Add(
  const std::string& tensor, double step, std::size_t snapshots, std::vector<Part>& parts)
{
  if (this->Tensor != tensor || (!this->Snapshots.empty() && step < this->Snapshots.back().step))
  {
    this->Snapshots.clear();
  }
  this->Tensor = tensor;
  if (!this->Snapshots.empty() && this->Snapshots.back().step == step)
  {
    this->Snapshots.pop_back();
  }
  this->Snapshots.push_back({ step, parts });
  const std::size_t most =
    std::max<std::size_t>(1, mostKept / std::max<std::size_t>(1, BytesOf(parts)));
  while (this->Snapshots.size() > std::min(snapshots, most))
  {
    this->Snapshots.erase(this->Snapshots.begin());
  }
  const std::size_t summed = this->Snapshots.size();
  for (std::size_t i = 0; i + 1 < summed; ++i)
  {
    parts = SnapshotSum::Add(parts, i > 0, this->Snapshots[i].parts);
  }
  MeasureRanges(parts);
  return summed;
}
