#ifndef TENSORVIEW_NETWORK_EVALUATION_H
#define TENSORVIEW_NETWORK_EVALUATION_H

#include "../Network/NetworkGraph.h"
#include "ImageStore.h"
#include "NetworkExecutor.h"

#include <cstdint>
#include <functional>

namespace tensorview
{

/// How many images a pass without gradients takes at once: few enough for their largest maps.
std::int64_t evaluationChunk(const NetworkGraph& graph);

/// Loss, accuracy and classes for all images, as in an evaluation; `step` and `epoch` are left to
/// the caller. @param proceed asked between batches: false ends it early, without a result
Evaluation evaluateNetwork(NetworkExecutor& executor, const ImageStore& images, std::int64_t atOnce,
  const std::function<bool()>& proceed);

} // namespace tensorview

#endif
