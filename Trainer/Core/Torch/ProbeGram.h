#ifndef TENSORVIEW_PROBE_GRAM_H
#define TENSORVIEW_PROBE_GRAM_H

#include "../Network/NetworkGraph.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tensorview
{

/// A layer whose filters are only read by convolutions and dense layers behind it, all of the same
/// maps: removing a filter then removes a channel of these maps and nothing else.
struct GramSource
{
  int layer = 0; ///< convolution or dense layer that owns the filters; index in the graph
  int maps = 0;  ///< layer whose output the next layers see
};

/// All such layers of at most `largestGram` filters, in the graph's order. Layers that feed a sum
/// are none, nor those that have as many filters as there are values of each in `images` images:
/// any filter could be rebuilt from others then.
std::vector<GramSource> findGramSources(const NetworkGraph& graph, std::int64_t images);

/// Adds to `gram` [channels + 1, channels + 1] (double; made if undefined) the products of maps
/// [image, channel, ...] and of a constant 1, the last row and column.
void addGram(at::Tensor& gram, const at::Tensor& maps);

} // namespace tensorview

#endif
