#ifndef TENSORVIEW_RUN_LAYER_HISTORY_H
#define TENSORVIEW_RUN_LAYER_HISTORY_H

#include "LayerHistory.h"
#include "RunTimeAxis.h"

#include <memory>

namespace tensorview
{

/// The history of the weights of layer `layerId` in the snapshots of a run; snapshots in which they
/// were not recorded are left out. `described` is the tensor by the newest segment. Only steps and
/// flags are read here. Stays good as long as nothing refreshes the segments.
/// @throws RunFileError
std::unique_ptr<LayerHistory> openLayerHistory(
  const RunTimeAxis& snapshots, const TensorDescription& described);

} // namespace tensorview

#endif
