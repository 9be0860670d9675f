#ifndef TENSORVIEW_TENSOR_READ_H
#define TENSORVIEW_TENSOR_READ_H

#include "SegmentFile.h"
#include "TensorTypes.h"

namespace tensorview
{

/// Slots of a layer that exist at `step`, ascending. Empty if the layer is unknown.
std::vector<std::int32_t> slotsAt(
  const ModelDescription& model, std::int32_t layerId, std::int64_t step);

/// Reads filters [firstFilter, firstFilter + filterCount) (of those that exist at the snapshot's
/// step; filterCount < 0: all) of one tensor at row `snapshot` of `group` ("tensors" or "probe").
/// Straight into its own memory, in one read.
TensorValues readSnapshotTensor(SegmentFile& file, const char* group,
  const TensorDescription& description, std::int64_t snapshot, std::int64_t step,
  std::int64_t firstFilter, std::int64_t filterCount);

} // namespace tensorview

#endif
