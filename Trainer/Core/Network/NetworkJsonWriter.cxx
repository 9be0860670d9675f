#include "NetworkGraph.h"
#include "NetworkJsonFormat.h"

#include <nlohmann/json.hpp>

namespace tensorview
{

namespace
{
using nlohmann::json;

json describeInitialWeights(const LayerSpec& layer)
{
  switch (layer.initialWeights)
  {
    case InitialWeights::KaimingNormal:
      return "kaiming_normal";
    case InitialWeights::Normal:
      return layer.initialDeviation;
    case InitialWeights::Uniform:
      break;
  }
  return "uniform";
}

json settingsOf(const NetworkGraph& graph, const LayerSpec& layer)
{
  json result = { { "layerId", layer.id }, { "name", layer.name },
    { "type", toString(layer.type) } };
  json inputs = json::array();
  for (const int input : layer.inputs)
  {
    inputs.push_back(input == imageInput ? std::string("image")
                                         : graph.layers[static_cast<std::size_t>(input)].name);
  }
  result["inputs"] = inputs;
  switch (layer.type)
  {
    case LayerType::Convolution:
      result["filters"] = layer.units;
      result["kernel"] = layer.kernel;
      result["stride"] = layer.stride;
      result["padding"] = layer.padding;
      result["bias"] = layer.bias;
      result["initial_weights"] = describeInitialWeights(layer);
      break;
    case LayerType::MaxPool:
    case LayerType::AveragePool:
      if (layer.adaptive)
      {
        result["output"] = { layer.output.rows, layer.output.columns };
        break;
      }
      result["kernel"] = layer.kernel;
      result["stride"] = layer.stride;
      result["padding"] = layer.padding;
      result["ceil_mode"] = layer.ceilMode;
      break;
    case LayerType::Dense:
      result["units"] = layer.units;
      result["bias"] = layer.bias;
      result["initial_weights"] = describeInitialWeights(layer);
      break;
    case LayerType::BatchNorm:
      result["epsilon"] = layer.epsilon;
      result["momentum"] = layer.momentum;
      break;
    case LayerType::Dropout:
      result["probability"] = layer.probability;
      break;
    case LayerType::Relu:
    case LayerType::Add:
    case LayerType::Flatten:
      break;
  }
  return result;
}
}

std::string toJson(const NetworkGraph& graph)
{
  json layers = json::array();
  for (const LayerSpec& layer : graph.layers)
  {
    layers.push_back(settingsOf(graph, layer));
  }
  const json document = { { "format", networkFormatName }, { "version", networkFormatVersion },
    { "name", graph.name },
    { "input", { graph.input.channels, graph.input.rows, graph.input.columns } },
    { "layers", layers } };
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace tensorview
