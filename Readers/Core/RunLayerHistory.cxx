#include "RunLayerHistory.h"

#include "RunJson.h"
#include "SegmentRows.h"
#include "SlotTable.h"

#include <algorithm>
#include <iterator>

namespace tensorview
{
namespace
{

using hdf5::Extents;
using hdf5::Handle;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr int rank = 5;

/// Slots and channels that exist at some snapshots.
struct Existing
{
  std::vector<std::int32_t> slots;
  std::vector<std::int32_t> channels;

  bool operator==(const Existing& o) const
  {
    return this->slots == o.slots && this->channels == o.channels;
  }
};

/// Where a snapshot of the weights lies.
struct Row
{
  std::size_t tensor; ///< index into RunLayerHistory::tensors_
  std::int64_t row;
  std::size_t existing; ///< index into RunLayerHistory::existing_
};

/// The weights in one segment.
struct Tensor
{
  std::shared_ptr<SegmentFile> file;
  TensorDescription description;
};

/// Which rows of a segment hold the tensor number `index` of its layout.
std::vector<bool> recordedRows(const RowSlice& slice, std::size_t index)
{
  std::vector<bool> recorded(static_cast<std::size_t>(slice.count), true);
  if (slice.file->has(runformat::snapshotRecorded))
  {
    const auto flags = readBlock<std::uint8_t>(*slice.file, runformat::snapshotRecorded,
      { static_cast<hsize_t>(slice.first), index }, { static_cast<hsize_t>(slice.count), 1 });
    std::transform(
      flags.begin(), flags.end(), recorded.begin(), [](std::uint8_t flag) { return flag != 0; });
  }
  return recorded;
}

void keepCommon(std::vector<std::int32_t>& slots, const std::vector<std::int32_t>& others)
{
  std::vector<std::int32_t> common;
  std::set_intersection(
    slots.begin(), slots.end(), others.begin(), others.end(), std::back_inserter(common));
  slots = std::move(common);
}

/// Where in a box the windows of slots and channels lie that do not exist.
std::vector<std::int64_t> missingWindows(const Existing& existing, const TensorBox& box)
{
  const auto missing = [](const std::vector<std::int32_t>& slots, std::int64_t slot)
  { return !std::binary_search(slots.begin(), slots.end(), static_cast<std::int32_t>(slot)); };
  std::vector<char> noChannel;
  for (std::int64_t channel = box.start[1]; channel < box.start[1] + box.count[1]; ++channel)
  {
    noChannel.push_back(missing(existing.channels, channel) ? 1 : 0);
  }
  const std::int64_t window = box.count[2] * box.count[3];
  std::vector<std::int64_t> positions;
  std::int64_t position = 0;
  for (std::int64_t slot = box.start[0]; slot < box.start[0] + box.count[0]; ++slot)
  {
    const bool noSlot = missing(existing.slots, slot);
    for (const char gone : noChannel)
    {
      if (noSlot || gone != 0)
      {
        positions.push_back(position);
      }
      position += window;
    }
  }
  return positions;
}

class RunLayerHistory : public LayerHistory
{
public:
  RunLayerHistory(const RunTimeAxis& snapshots, const TensorDescription& described)
  {
    this->description_.shape = described.shape;
    for (const RowSlice& slice : snapshots.slices())
    {
      const std::vector<TensorDescription>& tensors = slice.file->layout().model.tensors;
      const auto found = std::find_if(tensors.begin(), tensors.end(),
        [&](const TensorDescription& t)
        { return t.layerId == described.layerId && t.kind == described.kind; });
      if (found != tensors.end())
      {
        this->addSegment(
          slice, snapshots.steps(slice), static_cast<std::size_t>(found - tensors.begin()), *found);
      }
    }
  }

  const LayerHistoryDescription& description() const override { return this->description_; }

  void read(const TensorBox& box, const std::vector<std::size_t>& snapshots, float* values) override
  {
    const std::int64_t size = box.size();
    std::size_t existing = this->existing_.size();
    std::vector<std::int64_t> missing;
    for (std::size_t i = 0; i < snapshots.size();)
    {
      const Row first = this->rows_.at(snapshots[i]);
      std::size_t count = 1;
      while (i + count < snapshots.size())
      {
        const Row& next = this->rows_.at(snapshots[i + count]);
        if (next.tensor != first.tensor || next.row != first.row + static_cast<std::int64_t>(count))
        {
          break;
        }
        ++count;
      }
      this->readRows(first, static_cast<std::int64_t>(count), box, values);
      for (; count > 0; --count, ++i, values += size)
      {
        const Row& row = this->rows_[snapshots[i]];
        if (row.existing != existing)
        {
          existing = row.existing;
          missing = missingWindows(this->existing_[existing], box);
        }
        for (const std::int64_t position : missing)
        {
          std::fill_n(values + position, box.count[2] * box.count[3], nan);
        }
      }
    }
  }

private:
  void addSegment(const RowSlice& slice, const std::vector<std::int64_t>& steps, std::size_t index,
    const TensorDescription& tensor)
  {
    const std::vector<bool> recorded = recordedRows(slice, index);
    const ModelDescription& model = slice.file->layout().model;
    for (std::size_t i = 0; i < steps.size(); ++i)
    {
      if (!recorded[i])
      {
        continue;
      }
      const Existing existing{ slotsAt(model, tensor.layerId, tensor.shape.filters, steps[i]),
        slotsAt(model, tensor.channelLayerId, tensor.shape.channels, steps[i]) };
      if (this->existing_.empty())
      {
        this->description_.slot = existing.slots;
        this->description_.channelSlot = existing.channels;
      }
      if (this->existing_.empty() || !(this->existing_.back() == existing))
      {
        keepCommon(this->description_.slot, existing.slots);
        keepCommon(this->description_.channelSlot, existing.channels);
        this->existing_.push_back(existing);
      }
      this->rows_.push_back({ this->tensors_.size(), slice.first + static_cast<std::int64_t>(i),
        this->existing_.size() - 1 });
      this->description_.step.push_back(steps[i]);
    }
    this->tensors_.push_back({ slice.file, tensor });
    this->setPiece(slice, tensor);
  }

  /// The chunks of the newest segment.
  void setPiece(const RowSlice& slice, const TensorDescription& tensor)
  {
    const hdf5::Silence silence;
    const std::string name = tensorPath(runformat::tensorGroup, tensor);
    const SegmentFile::Dataset& dataset =
      slice.file->dataset(name, rank, slice.first + slice.count);
    const Handle creation(H5Dget_create_plist(dataset.id));
    std::array<hsize_t, rank> chunk{};
    if (H5Pget_chunk(creation, rank, chunk.data()) != rank)
    {
      slice.file->damaged(name, "it is not as described");
    }
    std::copy(chunk.begin() + 1, chunk.end(), this->description_.piece.begin());
  }

  /// `count` rows of one segment, as far as they reach into its extents.
  void readRows(const Row& first, std::int64_t count, const TensorBox& box, float* values)
  {
    const Tensor& tensor = this->tensors_[first.tensor];
    const hdf5::Silence silence;
    const std::string name = tensorPath(runformat::tensorGroup, tensor.description);
    const SegmentFile::Dataset& dataset = tensor.file->dataset(name, rank, first.row + count);
    const TensorShape& shape = tensor.description.shape;
    const std::int64_t described[4] = { shape.filters, shape.channels, shape.rows, shape.columns };
    if (!dataset.real || !std::equal(described, described + 4, dataset.extents.begin() + 1,
                           [](std::int64_t a, hsize_t b) { return static_cast<hsize_t>(a) == b; }))
    {
      tensor.file->damaged(name, "it is not as described");
    }

    std::array<hsize_t, rank> from{ static_cast<hsize_t>(first.row) };
    std::array<hsize_t, rank> block{ static_cast<hsize_t>(count) };
    std::array<hsize_t, rank> memory{ static_cast<hsize_t>(count) };
    const std::array<hsize_t, rank> zero{};
    hsize_t inside = block[0];
    for (std::size_t i = 0; i < box.count.size(); ++i)
    {
      from[i + 1] = static_cast<hsize_t>(box.start[i]);
      memory[i + 1] = static_cast<hsize_t>(box.count[i]);
      block[i + 1] = static_cast<hsize_t>(
        std::clamp<std::int64_t>(described[i] - box.start[i], 0, box.count[i]));
      inside *= block[i + 1];
    }
    const std::int64_t size = count * box.size();
    if (static_cast<std::int64_t>(inside) < size)
    {
      std::fill_n(values, size, nan); // slots of a later segment
    }
    if (inside == 0)
    {
      return;
    }
    tensor.file->checkBlock(dataset, name, inside, sizeof(float));
    const Handle fileSpace(H5Dget_space(dataset.id));
    const Handle memorySpace(H5Screate_simple(rank, memory.data(), nullptr));
    H5Sselect_hyperslab(fileSpace, H5S_SELECT_SET, from.data(), nullptr, block.data(), nullptr);
    H5Sselect_hyperslab(memorySpace, H5S_SELECT_SET, zero.data(), nullptr, block.data(), nullptr);
    if (H5Sselect_valid(fileSpace) <= 0 ||
        H5Dread(dataset.id, H5T_NATIVE_FLOAT, memorySpace, fileSpace, H5P_DEFAULT, values) < 0)
    {
      tensor.file->damaged(name, hdf5::reason());
    }
  }

  LayerHistoryDescription description_;
  std::vector<Tensor> tensors_;
  std::vector<Existing> existing_;
  std::vector<Row> rows_; ///< of each snapshot
};

} // namespace

std::unique_ptr<LayerHistory> openLayerHistory(
  const RunTimeAxis& snapshots, const TensorDescription& described)
{
  return std::make_unique<RunLayerHistory>(snapshots, described);
}

} // namespace tensorview
