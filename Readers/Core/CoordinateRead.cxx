#include "CoordinateRead.h"

#include "RunJson.h"
#include "SegmentRows.h"
#include "SlotTable.h"

#include <algorithm>
#include <array>

namespace tensorview
{
namespace
{

using hdf5::Extents;
using hdf5::Handle;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// Columns of `tracked` that hold the coordinates; fewer than asked for if one is not tracked.
std::vector<hsize_t> trackedColumns(
  const RunLayout& layout, std::int32_t layerId, const std::vector<std::int64_t>& coordinates)
{
  std::vector<hsize_t> columns;
  for (const std::int64_t index : coordinates)
  {
    const auto found = std::find_if(layout.tracked.begin(), layout.tracked.end(),
      [&](const TrackedCoordinate& t) { return t.layerId == layerId && t.index == index; });
    if (found == layout.tracked.end())
    {
      break;
    }
    columns.push_back(static_cast<hsize_t>(found - layout.tracked.begin()));
  }
  return columns;
}

/// A flat index of the original tensor as [slot, channel, row, column].
std::array<std::int64_t, 4> positionOf(std::int64_t index, const TensorShape& shape)
{
  const std::int64_t column = index % shape.columns;
  index /= shape.columns;
  const std::int64_t row = index % shape.rows;
  index /= shape.rows;
  return { index / shape.channels, index % shape.channels, row, column };
}

/// Index in C order within `shape`, or nothing if it lies outside.
std::optional<hsize_t> flatIndex(const std::array<std::int64_t, 4>& at, const TensorShape& shape)
{
  if (at[0] >= shape.filters || at[1] >= shape.channels || at[2] >= shape.rows ||
      at[3] >= shape.columns)
  {
    return std::nullopt;
  }
  return static_cast<hsize_t>(
    ((at[0] * shape.channels + at[1]) * shape.rows + at[2]) * shape.columns + at[3]);
}

bool contains(const std::vector<std::int32_t>& ascending, std::int64_t slot)
{
  return std::binary_search(ascending.begin(), ascending.end(), static_cast<std::int32_t>(slot));
}

/// Elements `ascending` (flat indices) of the tensor in rows [first, first + count), in one read.
std::vector<float> readElements(SegmentFile& file, const TensorDescription& tensor,
  std::int64_t first, std::int64_t count, const std::vector<hsize_t>& ascending)
{
  if (count <= 0 || ascending.empty())
  {
    return {};
  }
  const hdf5::Silence silence;
  const std::string name = tensorPath(runformat::tensorGroup, tensor);
  const SegmentFile::Dataset& dataset = file.dataset(name, 5, first + count);
  const Handle from(H5Dget_space(dataset.id));
  H5Sselect_none(from);
  for (const hsize_t index : ascending)
  {
    const auto at = positionOf(static_cast<std::int64_t>(index), tensor.shape);
    const hsize_t start[5] = { static_cast<hsize_t>(first), static_cast<hsize_t>(at[0]),
      static_cast<hsize_t>(at[1]), static_cast<hsize_t>(at[2]), static_cast<hsize_t>(at[3]) };
    const hsize_t block[5] = { static_cast<hsize_t>(count), 1, 1, 1, 1 };
    H5Sselect_hyperslab(from, H5S_SELECT_OR, start, nullptr, block, nullptr);
  }
  const hsize_t values = static_cast<hsize_t>(count) * ascending.size();
  file.checkBlock(dataset, name, values, sizeof(float));
  const Handle to(H5Screate_simple(1, &values, nullptr));
  std::vector<float> read(values, nan);
  if (H5Sselect_valid(from) <= 0 ||
      H5Dread(dataset.id, H5T_NATIVE_FLOAT, to, from, H5P_DEFAULT, read.data()) < 0)
  {
    file.damaged(name, hdf5::reason());
  }
  return read;
}

/// Coordinates of one segment's snapshots `slice`, whose steps are `steps`: [steps][coordinates].
std::vector<float> readSegment(const RowSlice& slice, const std::vector<std::int64_t>& steps,
  std::int32_t layerId, const std::vector<std::array<std::int64_t, 4>>& positions)
{
  std::vector<float> result(steps.size() * positions.size(), nan);
  const ModelDescription& model = slice.file->layout().model;
  const auto tensor = std::find_if(model.tensors.begin(), model.tensors.end(),
    [&](const TensorDescription& t) { return t.layerId == layerId && t.kind == kinds::weight; });
  if (tensor == model.tensors.end())
  {
    return result;
  }
  std::vector<std::optional<hsize_t>> indices;
  std::vector<hsize_t> wanted;
  for (const auto& position : positions)
  {
    indices.push_back(flatIndex(position, tensor->shape));
    if (indices.back())
    {
      wanted.push_back(*indices.back());
    }
  }
  const std::vector<hsize_t> ascending = sortedOnce(wanted);
  const std::vector<float> read =
    readElements(*slice.file, *tensor, slice.first, slice.count, ascending);
  for (std::size_t row = 0; row < steps.size(); ++row)
  {
    const auto slots = slotsAt(model, layerId, tensor->shape.filters, steps[row]);
    const auto channels =
      slotsAt(model, tensor->channelLayerId, tensor->shape.channels, steps[row]);
    for (std::size_t i = 0; i < positions.size(); ++i)
    {
      if (indices[i] && contains(slots, positions[i][0]) && contains(channels, positions[i][1]))
      {
        const auto column =
          std::lower_bound(ascending.begin(), ascending.end(), *indices[i]) - ascending.begin();
        result[row * positions.size() + i] =
          read[row * ascending.size() + static_cast<std::size_t>(column)];
      }
    }
  }
  return result;
}

} // namespace

std::optional<CoordinateHistory> readTracked(const RunTimeAxis& steps, std::int32_t layerId,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep)
{
  CoordinateHistory history;
  history.everyStep = true;
  for (const RowSlice& slice : steps.slices())
  {
    std::vector<std::int64_t> stepsHere;
    const RowSlice part = steps.within(slice, firstStep, lastStep, stepsHere);
    if (part.count == 0)
    {
      continue;
    }
    const RunLayout& layout = slice.file->layout();
    const std::vector<hsize_t> columns = trackedColumns(layout, layerId, coordinates);
    if (columns.size() != coordinates.size())
    {
      return std::nullopt;
    }
    std::vector<float> values = readColumns(
      *part.file, runformat::tracked, part.first, part.count, layout.tracked.size(), columns);
    if (history.step.empty())
    {
      history.step = std::move(stepsHere);
      history.values = std::move(values);
      continue;
    }
    history.step.insert(history.step.end(), stepsHere.begin(), stepsHere.end());
    history.values.insert(history.values.end(), values.begin(), values.end());
  }
  return history;
}

CoordinateHistory readFromSnapshots(const RunTimeAxis& snapshots, std::int32_t layerId,
  const TensorShape& original, const std::vector<std::int64_t>& coordinates, std::int64_t firstStep,
  std::int64_t lastStep)
{
  std::vector<std::array<std::int64_t, 4>> positions;
  for (const std::int64_t index : coordinates)
  {
    positions.push_back(positionOf(index, original));
  }
  CoordinateHistory history;
  for (const RowSlice& slice : snapshots.slices())
  {
    std::vector<std::int64_t> steps;
    const RowSlice part = snapshots.within(slice, firstStep, lastStep, steps);
    const std::vector<float> values = readSegment(part, steps, layerId, positions);
    history.step.insert(history.step.end(), steps.begin(), steps.end());
    history.values.insert(history.values.end(), values.begin(), values.end());
  }
  return history;
}

} // namespace tensorview
