#ifndef TENSORVIEW_NETWORK_PROBE_H
#define TENSORVIEW_NETWORK_PROBE_H

#include "../Network/NetworkGraph.h"
#include "../ProbeWish.h"
#include "ImageStore.h"
#include "NetworkExecutor.h"
#include "ProbeGram.h"

#include <cstdint>
#include <vector>

namespace tensorview
{

/// Which images of the validation part, from its first on, tell what of which layer. It follows
/// from the network and the number of images alone.
struct ProbePlan
{
  /// A layer whose single outputs are kept.
  struct Outputs
  {
    int layer = 0; ///< convolution or dense layer; index in the graph
    int maps = 0;  ///< where its activation is
  };
  /// A layer whose maps are multiplied with each other.
  struct Products
  {
    GramSource source;
    std::int64_t images = 0;
  };

  std::int64_t images = 0; ///< whose outputs are kept
  std::vector<Outputs> outputs;
  std::vector<Products> gram;
};

/// Outputs are those of 100 images, of large networks of fewer, down to 16, so that a pass takes at
/// most some 6.4e10 multiplications. A Gram matrix takes these images, or as many more as make
/// twice as many samples and positions as there are filters, within 5.5e11 multiplications.
/// @param available images of the validation part
ProbePlan planProbe(const NetworkGraph& graph, std::int64_t available);

/// What a network makes of a fixed part of the validation images, as in an evaluation.
class NetworkProbe
{
public:
  /// @param atOnce images of a pass
  NetworkProbe(const NetworkGraph& graph, std::int64_t available, std::int64_t atOnce);

  /// What there is to wish for: RunLayout::probe and RunLayout::gram.
  const std::vector<TensorDescription>& outputs() const { return this->outputs_; }
  const std::vector<GramDescription>& gram() const { return this->gram_; }

  /// See TrainingModel::copyProbe. What is computed has the same bytes whatever else is wished for.
  void look(NetworkExecutor& executor, const ImageStore& images, const ProbeWish& wish,
    std::vector<std::vector<float>>& outputs, std::vector<std::vector<double>>& gram) const;

private:
  ProbePlan plan_;
  std::vector<TensorDescription> outputs_;
  std::vector<GramDescription> gram_;
  /// Images after which a pass ends, ascending: the same whatever is wished for.
  std::vector<std::int64_t> ends_;
};

} // namespace tensorview

#endif
