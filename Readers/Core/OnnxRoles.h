#ifndef TENSORVIEW_ONNX_ROLES_H
#define TENSORVIEW_ONNX_ROLES_H

#include "OnnxGraph.h"
#include "TensorCatalogue.h"

#include <cstddef>
#include <vector>

namespace tensorview
{

/// What an initialiser is, by the first node that takes it.
struct OnnxRole
{
  TensorRole role;
  std::size_t place = 0; ///< number of that node; that of all nodes if none takes it
  std::size_t input = 0; ///< which of its inputs it is
};

/// The roles of a graph's initialisers, in their order. A layer is named after its weight if that
/// has a name as PyTorch gives it ("conv1.weight"), else after its node ("/conv1/Conv" is conv1).
/// An Add behind a MatMul holds the bias of its layer.
std::vector<OnnxRole> onnxRoles(const OnnxGraph& graph);

} // namespace tensorview

#endif
