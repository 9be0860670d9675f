#ifndef TENSORVIEW_LAYER_JSON_H
#define TENSORVIEW_LAYER_JSON_H

#include "JsonSettings.h"
#include "NetworkGraph.h"

namespace tensorview
{

/// The next layer of `graph`, whose earlier layers are there already, as a network file describes
/// it (docs/network-json.md).
/// @throws NetworkError
LayerSpec parseLayer(
  const JsonSettings& settings, const NetworkGraph& graph, const NetworkFit& fit);

} // namespace tensorview

#endif
