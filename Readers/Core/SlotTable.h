#ifndef TENSORVIEW_SLOT_TABLE_H
#define TENSORVIEW_SLOT_TABLE_H

#include "TensorTypes.h"

namespace tensorview
{

/// Which of the slots [0, slots) of a layer exist at `step`, ascending. A layer without a table
/// (unknown, or nothing was ever removed and its writer left it out) has them all.
std::vector<std::int32_t> slotsAt(
  const ModelDescription& model, std::int32_t layerId, std::int64_t slots, std::int64_t step);

} // namespace tensorview

#endif
