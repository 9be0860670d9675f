#ifndef TENSORVIEW_NETWORK_EXECUTOR_H
#define TENSORVIEW_NETWORK_EXECUTOR_H

#include "LayerRunner.h"

#include <memory>
#include <vector>

namespace tensorview
{

/// Computes a network forwards and backwards, layer by layer: a hand-written backward instead of
/// autograd, which saves its overhead and yields the gradients of activations on the way. Made anew
/// when the graph or the store's buffers are replaced.
class NetworkExecutor
{
public:
  /// @param graph, store must outlive this object
  NetworkExecutor(
    const NetworkGraph& graph, ParameterStore& store, at::MemoryFormat format, bool fuse);

  /// A pass with nothing summed; set what is needed before forward().
  Pass beginPass(PassMode mode, at::Tensor images) const;

  /// @return scores [images, outputs]; undefined if the pass ends before
  at::Tensor forward(Pass& pass);
  /// Fills the store's gradients. @param gradient d(loss) / d(scores)
  void backward(Pass& pass, const at::Tensor& gradient);
  /// Gives up what forward() kept for backward().
  void release();

private:
  struct Stage
  {
    std::unique_ptr<LayerRunner> runner;
    int last;   ///< the layer whose output it makes
    bool fused; ///< takes batch sums itself
    bool needsBackward;
    std::vector<std::size_t> lastUses; ///< layers whose outputs no later stage reads
  };

  std::size_t layers_;
  std::vector<Stage> stages_;
};

} // namespace tensorview

#endif
