#include "ModelTensors.h"

namespace tensorview
{

namespace
{
/// Maps from this size on are correlated pixel by pixel (SCIENCE: Grouping).
constexpr std::int64_t fewestPixels = 16;

LayerDescription describeLayer(const LayerSpec& layer, const std::vector<SlotEntry>& slots)
{
  LayerDescription description;
  description.id = layer.id;
  description.name = layer.name;
  description.type = toString(layer.type);
  description.slots = slots;
  return description;
}
}

ModelTensors::ModelTensors(
  const NetworkGraph& graph, const SlotTables& slots, const ParameterStore& store, bool gradients)
{
  this->description.name = graph.name;
  const bool constant = !store.gradients.defined();
  this->description.graphJson = toJson(graph);
  for (std::size_t i = 0; i < graph.layers.size(); ++i)
  {
    const LayerSpec& layer = graph.layers[i];
    if (!layer.hasFilters() && layer.type != LayerType::BatchNorm)
    {
      continue;
    }
    const int index = static_cast<int>(i);
    this->description.layers.push_back(describeLayer(layer, slots.entries(index)));
    const auto add = [&](const char* kind, const TensorShape& shape, TensorOrigin origin,
                       const Parameter* parameter)
    {
      const bool isWeight =
        parameter != nullptr && parameter->role == ParameterRole::Weight && layer.hasFilters();
      TensorDescription tensor = { layer.id, layer.name, kind,
        slots.everShape(graph, index, shape, isWeight) };
      if (isWeight)
      {
        const int feeding = graph.feedingLayer(index);
        tensor.channelLayerId =
          feeding == imageInput ? -1 : graph.layers[static_cast<std::size_t>(feeding)].id;
      }
      tensor.constant = constant && origin != TensorOrigin::Activation;
      this->description.tensors.push_back(tensor);
      this->sources.push_back({ origin, parameter, index });
    };
    const Parameter* weight = store.find(index, ParameterRole::Weight);
    const Parameter* bias = store.find(index, ParameterRole::Bias);
    add(kinds::weight, weight->shape, TensorOrigin::Value, weight);
    if (bias != nullptr)
    {
      add(kinds::bias, bias->shape, TensorOrigin::Value, bias);
    }
    TensorShape perFilter;
    perFilter.filters = layer.output.channels;
    if (layer.type == LayerType::BatchNorm)
    {
      add(kinds::runningMean, perFilter, TensorOrigin::RunningMean, nullptr);
      add(kinds::runningVariance, perFilter, TensorOrigin::RunningVariance, nullptr);
    }
    const TensorShape activation = { layer.output.channels, 1, layer.output.rows,
      layer.output.columns };
    if (layer.hasFilters())
    {
      add(kinds::activation, activation, TensorOrigin::Activation, nullptr);
    }
    if (!gradients)
    {
      continue;
    }
    add(kinds::weightGradient, weight->shape, TensorOrigin::Gradient, weight);
    if (bias != nullptr)
    {
      add(kinds::biasGradient, bias->shape, TensorOrigin::Gradient, bias);
    }
    if (layer.hasFilters())
    {
      add(kinds::activationGradient, activation, TensorOrigin::ActivationGradient, nullptr);
    }
  }
}

std::vector<int> findProbedLayers(const NetworkGraph& graph)
{
  std::vector<int> layers;
  for (std::size_t i = 0; i < graph.layers.size(); ++i)
  {
    if (graph.layers[i].hasFilters() && graph.layers[i].output.pixels() < fewestPixels)
    {
      layers.push_back(static_cast<int>(i));
    }
  }
  return layers;
}

} // namespace tensorview
