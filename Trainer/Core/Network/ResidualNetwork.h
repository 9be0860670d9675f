#ifndef TENSORVIEW_RESIDUAL_NETWORK_H
#define TENSORVIEW_RESIDUAL_NETWORK_H

#include <array>
#include <string>

namespace tensorview
{

/// What tells residual networks apart (He et al. 2015).
struct ResidualNetwork
{
  std::array<int, 4> blocks = {}; ///< in layer1 to layer4
  /// Blocks of 1x1, 3x3 and 1x1 convolutions, the last of four times the filters, instead of two of
  /// 3x3.
  bool bottleneck = false;
};

inline constexpr ResidualNetwork resnet18 = { { 2, 2, 2, 2 }, false };
inline constexpr ResidualNetwork resnet50 = { { 3, 4, 6, 3 }, true };

/// A residual network as a network description: layers, names and initial weights are those of
/// torchvision's resnet18, resnet50, ... (strides are in the 3x3 convolutions). For images of 3
/// channels (grey ones are repeated) and any size. Where PyTorch gives a block's one ReLU module
/// several uses, here each is a layer: relu1, relu2, relu3.
std::string toJson(const ResidualNetwork& network, const std::string& name);

} // namespace tensorview

#endif
