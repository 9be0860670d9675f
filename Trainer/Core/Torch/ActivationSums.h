#ifndef TENSORVIEW_ACTIVATION_SUMS_H
#define TENSORVIEW_ACTIVATION_SUMS_H

#include "../Network/NetworkGraph.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace tensorview
{

/// Sums over batches of what layers put out (or of its gradient). A sum runs over `batches`
/// batches, then it is published and a new one begins. With one batch it is only taken in the steps
/// that ask for it.
class ActivationSums
{
public:
  ActivationSums() = default;
  ActivationSums(const NetworkGraph& graph, int batches, c10::Device device);

  /// Begins a step. @return by layer of the graph: tensors of zeros that the step's sums are to be
  /// added to, undefined where there is nothing to sum
  std::vector<at::Tensor> beginStep(bool wanted);
  /// Takes the sums of a step that came to its end.
  void commitStep(const std::vector<at::Tensor>& sums);
  /// Forgets everything, e.g. when another state was loaded.
  void clear();

  /// The newest published sum of convolution or dense layer `layer`, [channels, rows, columns];
  /// undefined if there is none.
  const at::Tensor& published(int layer) const;

private:
  struct Entry
  {
    int layer;      ///< the convolution or dense layer
    int activation; ///< the layer whose output is its activation
    std::vector<std::int64_t> shape;
    at::Tensor running;
    at::Tensor published;
  };
  std::size_t layers_ = 0;
  int batches_ = 1;
  int summed_ = 0; ///< batches in `running`
  at::TensorOptions options_;
  std::vector<Entry> entries_;
};

} // namespace tensorview

#endif
