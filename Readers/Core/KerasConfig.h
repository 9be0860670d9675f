#ifndef TENSORVIEW_KERAS_CONFIG_H
#define TENSORVIEW_KERAS_CONFIG_H

#include <string>
#include <string_view>
#include <vector>

namespace tensorview
{

/// A layer as the JSON description of a Keras model has it.
struct KerasLayer
{
  std::string name;      ///< that of a model's model: "encoder/conv1"
  std::string className; ///< "Conv2D"
  std::string path;      ///< where Keras 3 stores it: "layers/functional/layers/conv2d_1"
  bool scale = true;     ///< of a normalisation: has a gamma
  bool center = true;    ///< ... a beta
};

/// The layers of a model in its own order, those of models in it one by one at their place; none if
/// the text is no such description.
std::vector<KerasLayer> kerasLayers(std::string_view json);

/// As Keras 3 names groups: "BatchNormalization" becomes "batch_normalization".
std::string kerasGroupName(std::string_view className);

} // namespace tensorview

#endif
