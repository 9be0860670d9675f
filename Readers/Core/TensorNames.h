#ifndef TENSORVIEW_TENSOR_NAMES_H
#define TENSORVIEW_TENSOR_NAMES_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// Whose habit a name follows; it tells the order of the axes, too.
enum class NameStyle : std::uint8_t
{
  Torch, ///< "conv1.weight", and all names that tell nothing
  Keras  ///< "conv1/kernel:0", also of JAX
};

/// A tensor of a network, found among a file's tensors by its name.
struct ModelTensor
{
  std::size_t index = 0; ///< into the names
  std::string layer;     ///< "layer1.0.bn1"
  std::string kind;      ///< one of `kinds`, e.g. "running_mean"
  NameStyle style = NameStyle::Torch;
  std::string word; ///< the part of the name that tells the kind, e.g. "depthwise_kernel"
};

/// Which of a file's tensors are the network's, and what of it they are, by the names that PyTorch,
/// Keras and JAX give (docs/model-files.md has the table): "layer1.0.bn1.running_var" is
/// (layer1.0.bn1, running_variance), "conv1/kernel:0" is (conv1, weight).
///
/// The parts of a name are parted by '.' or '/'; in a name without any, the last '_' before a known
/// word parts them: "conv1_weight". Left out is what a training keeps beside the network
/// (optimizer, scheduler, an averaged copy "ema", random states, ...), known by the first part of
/// the name, unless there is nothing else. What the remaining names all begin with, of
/// "state_dict.", "model_state_dict.", "model.", "module.", "net.", "network.", "params." and
/// "_orig_mod." (torch.compile), is taken off. Names whose last part is no known word are kept
/// whole: (fc1.scale, other).
/// @param everything also what a training keeps beside the network, named as in the file
std::vector<ModelTensor> modelTensors(
  const std::vector<std::string>& names, bool everything = false);

} // namespace tensorview

#endif
