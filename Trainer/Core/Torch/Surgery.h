#ifndef TENSORVIEW_SURGERY_H
#define TENSORVIEW_SURGERY_H

#include "../Edit.h"
#include "NetworkData.h"

#include <cstdint>

namespace tensorview
{

/// The network that an edit makes of another, which stays as it is: with the plan's coefficients
/// the weights that leave the removed filters are folded into those of the others and into the
/// next biases (or running means, where a batch norm takes the place of a bias); then weights,
/// biases, batch norms with their running statistics and the optimizer's moments lose the removed
/// filters, and the layers behind them these channels. What stays frozen stays so.
/// @param step that the slot tables name
/// @throws std::invalid_argument if the plan does not fit the network
/// @throws std::runtime_error naming the layer if a value would not be finite
NetworkData removeFilters(const NetworkData& network, const EditPlan& plan, std::int64_t step);

} // namespace tensorview

#endif
