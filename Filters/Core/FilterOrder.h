#ifndef TENSORVIEW_FILTER_ORDER_H
#define TENSORVIEW_FILTER_ORDER_H

#include <cstdint>
#include <optional>
#include <vector>

namespace tensorview
{

/// The place in its grid of each slot, by a key of each slot: largest key first, equal keys in slot
/// order; slots without a key (not a filter any more) come last.
std::vector<std::int32_t> placesByDescending(const std::vector<std::optional<double>>& keys);

/// The same by group: group 0, 1, 2, ..., then the filters in none (-1), then slots without a
/// group.
std::vector<std::int32_t> placesByGroup(const std::vector<std::optional<int>>& groups);

} // namespace tensorview

#endif
