#ifndef TENSORVIEW_KERAS_NAMES_H
#define TENSORVIEW_KERAS_NAMES_H

#include "TensorCatalogue.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tensorview
{

/// Tells what the arrays of an HDF5 file are that Keras wrote; leaves other files as they are.
///
/// - Keras 2 (and .h5 files of Keras 3): a group per layer; "layer_names" and "weight_names" give
///   the order, "model_config" the layers' classes. The variable is the last part of a path
///   ("conv2d/conv2d/kernel:0").
/// - Keras 3 (.keras, .weights.h5): "layers/conv2d_1/vars/0": groups are named after the class and
///   its number among the layers of its class, variables are numbered in the order in which layers
///   of that class make them. Layer order and own names are in the config of a .keras archive;
///   without one the names are in the attribute "name" of "vars", and the order is that in which
///   Keras has written the layers, which goes through the network.
///
/// Sets format, roles, the order of the tensors (what lies beside the network comes last) and
/// metadata "order" ("network", or "written"), "keras_version", "backend".
/// @param texts   as Hdf5Listing has them
/// @param config  the config.json of a .keras archive, or empty
/// @param written Hdf5Array::address of each tensor
void nameKerasTensors(const std::map<std::string, std::vector<std::string>>& texts,
  std::string_view config, const std::vector<std::uint64_t>& written, TensorCatalogue& catalogue);

} // namespace tensorview

#endif
