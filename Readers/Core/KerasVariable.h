#ifndef TENSORVIEW_KERAS_VARIABLE_H
#define TENSORVIEW_KERAS_VARIABLE_H

#include "KerasConfig.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tensorview
{

/// Keras's name of variable `index` of a layer, in the order in which layers of its class make them
/// ("kernel", "bias"); empty if it is not known.
/// @param group  the layer's group as Keras 3 names it, without its number: "conv2d", "cell"
/// @param layer  what the config says of it; null if there is none
/// @param count  number of its variables
/// @param rank   number of axes of this one
std::string kerasVariable(std::string_view group, const KerasLayer* layer, std::size_t index,
  std::size_t count, std::size_t rank);

/// TensorRole::kind of a variable, "" for "".
std::string kerasKind(std::string_view group, std::string_view variable);

/// TensorRole::axes of a variable; empty if not known.
std::string kerasAxes(std::string_view group, std::string_view variable, std::size_t rank);

} // namespace tensorview

#endif
