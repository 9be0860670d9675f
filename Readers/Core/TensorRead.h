#ifndef TENSORVIEW_TENSOR_READ_H
#define TENSORVIEW_TENSOR_READ_H

#include "SegmentFile.h"
#include "TensorTypes.h"

namespace tensorview
{

/// Which tensor of a segment is meant: `index` counts layout().model.tensors, or layout().probe if
/// `probe`.
struct TensorChoice
{
  bool probe = false;
  std::size_t index = 0;

  const TensorDescription& in(const RunLayout& layout) const
  {
    return this->probe ? layout.probe.at(this->index) : layout.model.tensors.at(this->index);
  }
};

/// Filters [firstFilter, firstFilter + filterCount) of those that exist at `step`, the step of row
/// `snapshot`; filterCount < 0 = all. A tensor that was not recorded then has no filters and no
/// data. Values are read straight to where they stay, unless channels are missing between them.
TensorValues readTensorAt(SegmentFile& file, const TensorChoice& choice, std::int64_t snapshot,
  std::int64_t step, std::int64_t firstFilter, std::int64_t filterCount);

} // namespace tensorview

#endif
