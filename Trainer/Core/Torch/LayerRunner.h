#ifndef TENSORVIEW_LAYER_RUNNER_H
#define TENSORVIEW_LAYER_RUNNER_H

#include "../Network/NetworkGraph.h"
#include "ParameterStore.h"

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <vector>

namespace tensorview
{

/// What a pass through the network is for.
enum class PassMode
{
  Training,   ///< batch statistics, which enter the running ones; dropout
  Preview,    ///< batch statistics, nothing is changed or drawn; no dropout
  Evaluation, ///< running statistics; no dropout
};

/// What the layers of one pass through the network share.
struct Pass
{
  PassMode mode = PassMode::Training;
  at::Generator* generator = nullptr; ///< of dropout
  bool firstOfStep = true;            ///< gradients of parameters are written, else added

  at::Tensor images;
  /// By layer; some fused layers leave theirs undefined. Given up after the last use.
  std::vector<at::Tensor> outputs;
  std::vector<at::Tensor> gradients; ///< by layer, d(loss) / d(output)

  /// Batch sums by layer: defined for the layers whose sum is wanted, and added to.
  std::vector<at::Tensor> activationSums;
  std::vector<at::Tensor> gradientSums;

  /// If set: told every output as soon as it is there, except those within fused layers. Later
  /// layers may change its values in place.
  std::function<void(int layer, const at::Tensor& output)> seen;

  /// The pass ends behind this layer; -1: behind the last one.
  int lastWanted = -1;

  const at::Tensor& output(int layer) const
  {
    return layer == imageInput ? this->images : this->outputs[static_cast<std::size_t>(layer)];
  }
  /// Gradients of several readers add up.
  void addGradient(int layer, const at::Tensor& gradient);
  /// Adds the sum over the images of `values` to `sums` of the layer, if that is wanted.
  static void addSum(std::vector<at::Tensor>& sums, int layer, const at::Tensor& values);
};

/// Computes one layer, or several fused ones, forwards and backwards. Keeps what its backward
/// needs from the forward in Training.
class LayerRunner
{
public:
  virtual ~LayerRunner() = default;
  virtual void forward(Pass& pass) = 0;
  /// Only after a forward in Training.
  virtual void backward(Pass& pass) = 0;
  /// Gives up what was kept for backward.
  virtual void release() {}
};

/// How a network is computed on a device.
struct RunnerPlan
{
  const NetworkGraph& graph;
  ParameterStore& store;
  at::MemoryFormat format; ///< of maps
  bool fuse;               ///< use the CPU kernels that take several layers at once
  /// By layer: whether a gradient of its output is of any use.
  std::vector<bool> needsGradient;

  bool needsInputGradient(int layer) const
  {
    const int input = this->graph.layers[static_cast<std::size_t>(layer)].inputs[0];
    return input != imageInput && this->needsGradient[static_cast<std::size_t>(input)];
  }
};

/// A runner that begins with layer `index`, and the number of layers it takes.
struct PlannedRunner
{
  std::unique_ptr<LayerRunner> runner;
  int layers = 1;
};

PlannedRunner makeRunner(const RunnerPlan& plan, int index);

/// @name One layer each
/// @{
std::unique_ptr<LayerRunner> makeConvolutionRunner(const RunnerPlan& plan, int index);
std::unique_ptr<LayerRunner> makeDenseRunner(const RunnerPlan& plan, int index);
std::unique_ptr<LayerRunner> makeBatchNormRunner(const RunnerPlan& plan, int index);
std::unique_ptr<LayerRunner> makeReluRunner(const RunnerPlan& plan, int index);
std::unique_ptr<LayerRunner> makePoolRunner(const RunnerPlan& plan, int index);
std::unique_ptr<LayerRunner> makeDropoutRunner(const RunnerPlan& plan, int index);
std::unique_ptr<LayerRunner> makeAddRunner(const RunnerPlan& plan, int index);
std::unique_ptr<LayerRunner> makeFlattenRunner(const RunnerPlan& plan, int index);
/// @}

/// Convolution, ReLU and 2x2 max pooling in one, where the graph has them in a row with nothing
/// else reading between.
bool canFuseConvolutionPool(const NetworkGraph& graph, int index);
std::unique_ptr<LayerRunner> makeConvolutionPoolRunner(const RunnerPlan& plan, int index);

/// Writes a gradient to its place in the flat buffer, or adds it.
void storeGradient(const at::Tensor& place, const at::Tensor& gradient, const Pass& pass);

} // namespace tensorview

#endif
