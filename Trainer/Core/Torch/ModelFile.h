#ifndef TENSORVIEW_MODEL_FILE_H
#define TENSORVIEW_MODEL_FILE_H

#include "../Network/NetworkGraph.h"
#include "ParameterStore.h"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace tensorview
{

/// Why the weights of a file do not fit a network: a sentence that names the file, all tensors that
/// are missing, unexpected or of another shape, and the remedy.
class ModelFileError : public std::runtime_error
{
public:
  using std::runtime_error::runtime_error;
};

/// Puts the weights, biases and running statistics of a file (.safetensors, or PyTorch's .pt, .pth)
/// into `store`, found by the names they have in PyTorch's state dicts. Every tensor of the network
/// must be there in its shape, and no other; num_batches_tracked and what a training keeps beside
/// the network do not count. Nothing is changed before all of it is known to fit.
/// @param skip names of layers, separated by semicolons, that stay as they are whatever the file
///   has; "classifier" means all of classifier.0, classifier.3, ..., too
/// @throws ModelFileError, TensorFileError if the file cannot be read
void loadModelFile(const std::string& path, const std::string& skip, const NetworkGraph& graph,
  ParameterStore& store);

/// Writes a .safetensors file that loadModelFile() and PyTorch's load_state_dict(strict=True) take,
/// durably (as writeSafetensors).
/// @param updates what num_batches_tracked of batch norms becomes
/// @throws ModelFileError if `path` is named otherwise, TensorFileError if it cannot be written
void saveModelFile(const std::string& path, const NetworkGraph& graph, const ParameterStore& store,
  std::int64_t updates);

} // namespace tensorview

#endif
