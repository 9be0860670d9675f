#ifndef TENSORVIEW_STATE_DICT_NAMES_H
#define TENSORVIEW_STATE_DICT_NAMES_H

#include <cstddef>
#include <string>
#include <vector>

namespace tensorview
{

/// A tensor of a network, found among a file's tensors by its name.
struct ModelTensor
{
  std::size_t index = 0; ///< into the names
  std::string layer;     ///< "layer1.0.bn1"
  std::string kind;      ///< one of `kinds`, e.g. "running_mean"
};

/// Which of a file's tensors are the network's, and what of it they are, by the names that PyTorch
/// gives: "layer1.0.bn1.running_var" is (layer1.0.bn1, running_variance).
///
/// Left out is what a training keeps beside the network (optimizer, scheduler, an averaged copy
/// "ema", random states, ...), known by the first part of the name, unless there is nothing else.
/// What the remaining names all begin with, of "state_dict.", "model_state_dict.", "model.",
/// "module.", "net.", "network." and "_orig_mod." (torch.compile), is taken off. Names whose last
/// part is no known kind are kept whole: (fc1.scale, other).
std::vector<ModelTensor> modelTensors(const std::vector<std::string>& names);

} // namespace tensorview

#endif
