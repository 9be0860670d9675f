#ifndef TENSORVIEW_ONNX_GRAPH_H
#define TENSORVIEW_ONNX_GRAPH_H

#include "OnnxTensor.h"

#include <string>
#include <vector>

namespace tensorview
{

/// An operation of an ONNX network. Names as in the file.
struct OnnxNode
{
  std::string name;
  std::string operation; ///< "Conv", "Gemm"
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  bool transposesB = false; ///< of a Gemm
};

/// The main graph of an ONNX file, its tensors' elements not read.
struct OnnxGraph
{
  std::vector<OnnxNode> nodes; ///< in the order in which they run
  std::vector<OnnxTensor> initializers;
  /// Tensors that are no part of the main graph or not dense, with a problem: "If_1/then_branch/w".
  std::vector<OnnxTensor> others;
  std::string producer; ///< "pytorch 2.11.0"
};

/// True if the first bytes may be an ONNX file's, which has no mark of its own: a version, then
/// fields of a ModelProto.
bool looksLikeOnnx(const std::shared_ptr<const ByteSource>& source);

/// @throws TensorFileError without the file's name
OnnxGraph readOnnxGraph(const std::shared_ptr<const ByteSource>& source);

} // namespace tensorview

#endif
