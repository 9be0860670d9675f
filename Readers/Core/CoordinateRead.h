#ifndef TENSORVIEW_COORDINATE_READ_H
#define TENSORVIEW_COORDINATE_READ_H

#include "RunTimeAxis.h"

#include <optional>

namespace tensorview
{

/// History of tracked coordinates of layer `layerId`, in one read per segment. Nothing if one of
/// them is not tracked in a segment that has rows in [firstStep, lastStep].
std::optional<CoordinateHistory> readTracked(const RunTimeAxis& steps, std::int32_t layerId,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep);

/// The same of any coordinates, from snapshots. `original` is the shape of the weights that the
/// coordinates count in. NaN where the slot or channel does not exist.
CoordinateHistory readFromSnapshots(const RunTimeAxis& snapshots, std::int32_t layerId,
  const TensorShape& original, const std::vector<std::int64_t>& coordinates, std::int64_t firstStep,
  std::int64_t lastStep);

} // namespace tensorview

#endif
