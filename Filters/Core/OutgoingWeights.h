#ifndef TENSORVIEW_OUTGOING_WEIGHTS_H
#define TENSORVIEW_OUTGOING_WEIGHTS_H

#include "FilterValues.h"
#include "ParallelFor.h"

#include <cstdint>
#include <vector>

namespace tensorview
{

/// Adds to products[i][j] the products of the weights that leave filters i and j of a layer, summed
/// over filters and window positions of a layer that is fed by it: W W^T, see MergeError. Needs
/// memory for a few of those filters, not for a copy of the tensor.
/// @param weights of the layer that is fed; its channels are the filters of the layer
/// @param slot of each filter of the layer; channels that are none of them are left out
/// @param products [slot, slot]
/// @throws std::invalid_argument if a slot is not among the channels, or sizes do not fit
void addOutgoingProducts(const FilterValues& weights, const std::vector<std::int32_t>& slot,
  std::vector<double>& products, const ParallelFor& parallel = serialFor);

} // namespace tensorview

#endif
