#include "TensorRead.h"

#include "FloatBuffer.h"
#include "RunJson.h"
#include "SegmentRows.h"
#include "SlotTable.h"

#include <algorithm>

namespace tensorview
{
namespace
{

using hdf5::Extents;

constexpr std::int64_t scratchBytes = 4 << 20;

/// The snapshot that holds what a tensor is at `snapshot`: an earlier one for a constant; -1 if it
/// was not recorded.
std::int64_t recordedSnapshot(SegmentFile& file, const TensorChoice& choice, std::int64_t snapshot)
{
  if (!file.has(runformat::snapshotRecorded))
  {
    return snapshot;
  }
  const RunLayout& layout = file.layout();
  const std::size_t column = choice.index + (choice.probe ? layout.model.tensors.size() : 0);
  const std::int64_t first = choice.in(layout).constant ? 0 : snapshot;
  const std::vector<std::uint8_t> recorded =
    readBlock<std::uint8_t>(file, runformat::snapshotRecorded,
      { static_cast<hsize_t>(first), column }, { static_cast<hsize_t>(snapshot - first + 1), 1 });
  for (std::int64_t at = snapshot; at >= first; --at)
  {
    if (recorded[static_cast<std::size_t>(at - first)] != 0)
    {
      return at;
    }
  }
  return -1;
}

/// Reads tensors of one data set, some consecutive slots at a time.
class SlotReader
{
public:
  SlotReader(SegmentFile& file, const TensorChoice& choice, std::int64_t snapshot)
    : file_(file)
    , shape_(choice.in(file.layout()).shape)
    , snapshot_(snapshot)
    , name_(tensorPath(
        choice.probe ? runformat::probeGroup : runformat::tensorGroup, choice.in(file.layout())))
    , dataset_(file.dataset(this->name_, 5, snapshot + 1))
  {
    const Extents& extents = this->dataset_.extents;
    const std::int64_t described[4] = { this->shape_.filters, this->shape_.channels,
      this->shape_.rows, this->shape_.columns };
    if (!std::equal(described, described + 4, extents.begin() + 1,
          [](std::int64_t a, hsize_t b) { return static_cast<hsize_t>(a) == b; }) ||
        !this->dataset_.real)
    {
      file.damaged(this->name_, "it is not as described");
    }
  }

  /// @throws RunFileError if the file cannot hold `values` values
  void checkValues(std::int64_t values) const
  {
    this->file_.checkBlock(
      this->dataset_, this->name_, static_cast<std::uint64_t>(values), sizeof(float));
  }

  /// All channels of slots [slot, slot + count).
  void read(std::int32_t slot, std::int64_t count, float* to) const
  {
    const Extents& extents = this->dataset_.extents;
    const Extents start{ static_cast<hsize_t>(this->snapshot_), static_cast<hsize_t>(slot), 0, 0,
      0 };
    const Extents block{ 1, static_cast<hsize_t>(count), extents[2], extents[3], extents[4] };
    if (!hdf5::readBlock(this->dataset_.id, H5T_NATIVE_FLOAT, start, block, to))
    {
      this->file_.damaged(this->name_, hdf5::reason());
    }
  }

  /// The channels `channels` of slots [slot, slot + count), one after the other.
  void read(std::int32_t slot, std::int64_t count, const std::vector<std::int32_t>& channels,
    float* to) const
  {
    const std::int64_t window = this->shape_.rows * this->shape_.columns;
    const std::int64_t perSlot = this->shape_.perFilter();
    const std::int64_t most =
      std::max<std::int64_t>(1, scratchBytes / static_cast<std::int64_t>(sizeof(float)) / perSlot);
    std::vector<float> scratch(static_cast<std::size_t>(std::min(most, count) * perSlot));
    for (std::int64_t done = 0; done < count; done += most)
    {
      const std::int64_t now = std::min(most, count - done);
      this->read(slot + static_cast<std::int32_t>(done), now, scratch.data());
      for (std::int64_t i = 0; i < now; ++i)
      {
        for (const std::int32_t channel : channels)
        {
          to = std::copy_n(scratch.data() + i * perSlot + channel * window, window, to);
        }
      }
    }
  }

private:
  SegmentFile& file_;
  TensorShape shape_;
  std::int64_t snapshot_;
  std::string name_;
  const SegmentFile::Dataset& dataset_;
};

} // namespace

TensorValues readTensorAt(SegmentFile& file, const TensorChoice& choice, std::int64_t snapshot,
  std::int64_t step, std::int64_t firstFilter, std::int64_t filterCount)
{
  const hdf5::Silence silence;
  const TensorDescription& description = choice.in(file.layout());
  const ModelDescription& model = file.layout().model;
  TensorValues tensor;
  tensor.description = description;
  tensor.shape = description.shape;
  tensor.shape.filters = 0;
  const std::int64_t recorded = recordedSnapshot(file, choice, snapshot);
  if (recorded < 0)
  {
    return tensor;
  }

  std::vector<std::int32_t> slots =
    slotsAt(model, description.layerId, description.shape.filters, step);
  const auto present = static_cast<std::int64_t>(slots.size());
  const std::int64_t first = std::clamp<std::int64_t>(firstFilter, 0, present);
  const std::int64_t count =
    filterCount < 0 ? present - first : std::min(filterCount, present - first);
  tensor.slot.assign(slots.begin() + first, slots.begin() + first + count);
  tensor.channelSlot = slotsAt(model, description.channelLayerId, description.shape.channels, step);
  const bool allChannels =
    static_cast<std::int64_t>(tensor.channelSlot.size()) == description.shape.channels;
  tensor.shape.filters = count;
  tensor.shape.channels = static_cast<std::int64_t>(tensor.channelSlot.size());

  const SlotReader reader(file, choice, recorded);
  const std::int64_t size = tensor.shape.size();
  reader.checkValues(size);
  // Not initialised: every value is read.
  const std::shared_ptr<float> values = makeFloats(static_cast<std::size_t>(size));
  float* to = values.get();
  for (std::int64_t i = 0; i < count;)
  {
    const std::int32_t slot = tensor.slot[static_cast<std::size_t>(i)];
    std::int64_t run = 1;
    while (i + run < count && tensor.slot[static_cast<std::size_t>(i + run)] == slot + run)
    {
      ++run;
    }
    if (allChannels)
    {
      reader.read(slot, run, to);
    }
    else
    {
      reader.read(slot, run, tensor.channelSlot, to);
    }
    to += run * tensor.shape.perFilter();
    i += run;
  }
  tensor.range = computeRange(values.get(), static_cast<std::size_t>(size));
  tensor.data = values;
  return tensor;
}

} // namespace tensorview
