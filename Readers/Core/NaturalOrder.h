#ifndef TENSORVIEW_NATURAL_ORDER_H
#define TENSORVIEW_NATURAL_ORDER_H

#include <string_view>

namespace tensorview
{

/// Compares texts with the numbers in them by value: "conv2" < "conv10". Texts that differ in
/// leading zeros only are told apart by them, so that the order is total.
bool naturalLess(std::string_view a, std::string_view b);

} // namespace tensorview

#endif
