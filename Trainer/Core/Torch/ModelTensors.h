#ifndef TENSORVIEW_MODEL_TENSORS_H
#define TENSORVIEW_MODEL_TENSORS_H

#include "../../../Readers/Core/TensorTypes.h"
#include "../Network/NetworkGraph.h"
#include "../Network/SlotTables.h"
#include "ParameterStore.h"

#include <vector>

namespace tensorview
{

/// Where the values of a described tensor come from.
enum class TensorOrigin
{
  Value,    ///< of a parameter
  Gradient, ///< of a parameter
  RunningMean,
  RunningVariance,
  Activation,
  ActivationGradient
};

struct TensorSource
{
  TensorOrigin origin = TensorOrigin::Value;
  const Parameter* parameter = nullptr; ///< of Value and Gradient
  int layer = 0;                        ///< index in the graph
};

/// A network as others see it, and where each of its tensors comes from.
struct ModelTensors
{
  ModelDescription description;
  std::vector<TensorSource> sources; ///< of description.tensors

  /// @param slots of the graph: extents are those of all slots that ever were
  /// @param store must outlive this object
  /// @param gradients describe the gradients of weights, biases and activations too
  ModelTensors(const NetworkGraph& graph, const SlotTables& slots, const ParameterStore& store,
    bool gradients);
};

/// Layers whose single outputs for a probe batch are wanted, because their maps are too small to be
/// correlated pixel by pixel: indices in the graph.
std::vector<int> findProbedLayers(const NetworkGraph& graph);

} // namespace tensorview

#endif
