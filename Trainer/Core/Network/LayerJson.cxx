#include "LayerJson.h"

#include <algorithm>

namespace tensorview
{

namespace
{
using nlohmann::json;

constexpr std::int64_t maximumUnits = std::int64_t(1) << 24; // filter ids have 24 bits for the slot
constexpr std::int64_t maximumWeights = std::int64_t(1) << 32;
constexpr std::size_t maximumName = 200;

constexpr LayerType layerTypes[] = { LayerType::Convolution, LayerType::BatchNorm, LayerType::Relu,
  LayerType::MaxPool, LayerType::AveragePool, LayerType::Dense, LayerType::Dropout, LayerType::Add,
  LayerType::Flatten };

LayerType parseType(const JsonSettings& settings)
{
  settings.need("type");
  const std::string text = settings.text("type", "");
  std::string known;
  for (const LayerType type : layerTypes)
  {
    if (text == toString(type))
    {
      return type;
    }
    known += known.empty() ? toString(type) : std::string(", ") + toString(type);
  }
  settings.refuse("unknown type '" + text + "'; known are " + known);
}

std::vector<int> parseInputs(
  const JsonSettings& settings, const NetworkGraph& graph, const std::string& ownName)
{
  const json* value = settings.find("inputs");
  if (value == nullptr)
  {
    return { static_cast<int>(graph.layers.size()) - 1 };
  }
  if (!value->is_array() || value->empty())
  {
    settings.refuse("'inputs' must be a list of names of earlier layers, not " + quote(*value));
  }
  std::vector<int> inputs;
  for (const json& name : *value)
  {
    if (!name.is_string())
    {
      settings.refuse("'inputs' must hold names of earlier layers, not " + quote(name));
    }
    const std::string layer = name.get<std::string>();
    const int index = layer == "image" ? imageInput : graph.find(layer);
    if (index == -1 && layer != "image")
    {
      settings.refuse(layer == ownName ? "it cannot be its own input"
                                       : "its input '" + layer +
                                           "' is no earlier layer (the image is called 'image')");
    }
    inputs.push_back(index);
  }
  return inputs;
}

std::int64_t parseUnits(const JsonSettings& settings, const char* name, const NetworkFit& fit)
{
  const json& value = settings.need(name);
  if (value == "classes")
  {
    return fit.classes;
  }
  return settings.integer(name, value, 1, maximumUnits);
}

/// Rows or columns behind a convolution or pooling.
std::int64_t slide(std::int64_t extent, const LayerSpec& layer)
{
  const std::int64_t way = extent + 2 * layer.padding - layer.kernel;
  const bool rest = layer.ceilMode && way % layer.stride != 0;
  // As in PyTorch a window must begin within the map or the padding before it.
  const bool counts = rest && (way / layer.stride + 1) * layer.stride < extent + layer.padding;
  return way / layer.stride + (counts ? 2 : 1);
}

void needMaps(const JsonSettings& settings, const LayerSpec& layer, bool flatInput)
{
  if (flatInput)
  {
    settings.refuse(
      std::string("a ") + toString(layer.type) + " layer needs maps, but its input was flattened");
  }
}

void slideOver(const JsonSettings& settings, const MapShape& input, LayerSpec& layer)
{
  for (const std::int64_t extent : { input.rows, input.columns })
  {
    if (extent + 2 * layer.padding < layer.kernel)
    {
      settings.refuse("its kernel of " + std::to_string(layer.kernel) +
                      " does not fit into its input of " + toString(input) + " with a padding of " +
                      std::to_string(layer.padding) + "; larger images would (ImageSize)");
    }
  }
  layer.output.rows = slide(input.rows, layer);
  layer.output.columns = slide(input.columns, layer);
}

void needWeights(const JsonSettings& settings, std::int64_t units, std::int64_t perUnit)
{
  if (perUnit > maximumWeights / units)
  {
    settings.refuse("it would have more than " + std::to_string(maximumWeights) + " weights");
  }
}

/// "initial_weights" of a convolution or dense layer.
void parseInitialWeights(const JsonSettings& settings, LayerSpec& layer)
{
  const json* value = settings.find("initial_weights");
  if (value == nullptr || *value == "uniform")
  {
    return;
  }
  if (*value == "kaiming_normal")
  {
    layer.initialWeights = InitialWeights::KaimingNormal;
    return;
  }
  if (!value->is_number())
  {
    settings.refuse("'initial_weights' must be \"uniform\", \"kaiming_normal\" or a standard "
                    "deviation, not " +
                    quote(*value));
  }
  layer.initialWeights = InitialWeights::Normal;
  layer.initialDeviation = settings.number("initial_weights", 0.0, 0.0, 1000.0);
}

void parseConvolution(
  const JsonSettings& settings, const MapShape& input, const NetworkFit& fit, LayerSpec& layer)
{
  settings.allowOnly({ "name", "type", "inputs", "layerId", "filters", "kernel", "stride",
    "padding", "bias", "initial_weights" });
  layer.units = parseUnits(settings, "filters", fit);
  layer.kernel = settings.integer("kernel", settings.need("kernel"), 1, 1024);
  layer.stride = settings.integer("stride", 1, 1, 1024);
  const json* padding = settings.find("padding");
  if (padding == nullptr || *padding == "same")
  {
    if (layer.kernel % 2 == 0)
    {
      settings.refuse("padding \"same\" needs an odd kernel, not " + std::to_string(layer.kernel) +
                      "; give the padding as a number");
    }
    layer.padding = layer.kernel / 2;
  }
  else
  {
    layer.padding = settings.integer("padding", *padding, 0, 1024);
  }
  layer.bias = settings.boolean("bias", true);
  parseInitialWeights(settings, layer);
  needWeights(settings, layer.units, input.channels * layer.kernel * layer.kernel);
  slideOver(settings, input, layer);
  layer.output.channels = layer.units;
}

/// Average pooling to given extents: "output" in place of "kernel", "stride" and "padding".
void parseAdaptivePool(const JsonSettings& settings, const MapShape& input, LayerSpec& layer)
{
  settings.allowOnly({ "name", "type", "inputs", "layerId", "output" });
  const json& value = settings.need("output");
  const bool pair = value.is_array() && value.size() == 2;
  layer.adaptive = true;
  layer.output.rows =
    std::min(input.rows, settings.integer("output", pair ? value[0] : value, 1, maximumExtent));
  layer.output.columns =
    std::min(input.columns, settings.integer("output", pair ? value[1] : value, 1, maximumExtent));
}

void parsePool(const JsonSettings& settings, const MapShape& input, LayerSpec& layer)
{
  if (layer.type == LayerType::AveragePool && settings.find("output") != nullptr)
  {
    parseAdaptivePool(settings, input, layer);
    return;
  }
  settings.allowOnly(
    { "name", "type", "inputs", "layerId", "kernel", "stride", "padding", "ceil_mode" });
  const json* kernel = settings.find("kernel");
  if (kernel != nullptr && *kernel == "all")
  {
    if (layer.type != LayerType::AveragePool || input.rows != input.columns)
    {
      settings.refuse("kernel \"all\" is for an average_pool over square maps");
    }
    layer.kernel = input.rows;
  }
  else
  {
    layer.kernel = settings.integer("kernel", 2, 1, 1024);
  }
  layer.stride = settings.integer("stride", layer.kernel, 1, 1024);
  layer.padding = settings.integer("padding", 0, 0, 1024);
  if (layer.padding > layer.kernel / 2)
  {
    settings.refuse("'padding' may be at most half of the kernel, " +
                    std::to_string(layer.kernel / 2) + ", not " + std::to_string(layer.padding));
  }
  layer.ceilMode = settings.boolean("ceil_mode", false);
  slideOver(settings, input, layer);
}

void parseDense(const JsonSettings& settings, const MapShape& input, bool flatInput,
  const NetworkFit& fit, LayerSpec& layer)
{
  settings.allowOnly({ "name", "type", "inputs", "layerId", "units", "bias", "initial_weights" });
  if (!flatInput)
  {
    settings.refuse(
      "a dense layer needs a flatten layer before it; its input has maps of " + toString(input));
  }
  layer.units = parseUnits(settings, "units", fit);
  layer.bias = settings.boolean("bias", true);
  parseInitialWeights(settings, layer);
  needWeights(settings, layer.units, input.channels);
  layer.output = { layer.units, 1, 1 };
  layer.flat = true;
}

void parseSettings(
  const JsonSettings& settings, const NetworkGraph& graph, const NetworkFit& fit, LayerSpec& layer)
{
  const int first = layer.inputs[0];
  const MapShape input = graph.outputOf(first);
  const bool flatInput = first != imageInput && graph.layers[static_cast<std::size_t>(first)].flat;
  if (layer.type != LayerType::Add && layer.inputs.size() != 1)
  {
    settings.refuse(std::string("a ") + toString(layer.type) + " layer has one input, not " +
                    std::to_string(layer.inputs.size()));
  }
  layer.output = input;
  layer.flat = flatInput;
  switch (layer.type)
  {
    case LayerType::Convolution:
      needMaps(settings, layer, flatInput);
      parseConvolution(settings, input, fit, layer);
      break;
    case LayerType::MaxPool:
    case LayerType::AveragePool:
      needMaps(settings, layer, flatInput);
      parsePool(settings, input, layer);
      break;
    case LayerType::Dense:
      parseDense(settings, input, flatInput, fit, layer);
      break;
    case LayerType::BatchNorm:
      settings.allowOnly({ "name", "type", "inputs", "layerId", "epsilon", "momentum" });
      layer.epsilon = settings.number("epsilon", layer.epsilon, 1e-12, 1.0);
      layer.momentum = settings.number("momentum", layer.momentum, 0.0, 1.0);
      break;
    case LayerType::Dropout:
      settings.allowOnly({ "name", "type", "inputs", "layerId", "probability" });
      layer.probability = settings.number("probability", layer.probability, 0.0, 1.0);
      break;
    case LayerType::Relu:
      settings.allowOnly({ "name", "type", "inputs", "layerId" });
      break;
    case LayerType::Flatten:
      settings.allowOnly({ "name", "type", "inputs", "layerId" });
      needMaps(settings, layer, flatInput);
      layer.output = { input.size(), 1, 1 };
      layer.flat = true;
      break;
    case LayerType::Add:
      settings.allowOnly({ "name", "type", "inputs", "layerId" });
      if (layer.inputs.size() < 2)
      {
        settings.refuse("an add layer needs two or more 'inputs'");
      }
      for (const int other : layer.inputs)
      {
        const bool otherFlat =
          other != imageInput && graph.layers[static_cast<std::size_t>(other)].flat;
        if (graph.outputOf(other) != input || otherFlat != flatInput)
        {
          settings.refuse("its inputs differ in size: " + toString(input) + " and " +
                          toString(graph.outputOf(other)));
        }
      }
      break;
  }
}

std::string parseName(const JsonSettings& settings, LayerType type, const NetworkGraph& graph)
{
  const auto sameType = std::count_if(graph.layers.begin(), graph.layers.end(),
    [type](const LayerSpec& other) { return other.type == type; });
  const std::string name = settings.text("name", toString(type) + std::to_string(sameType + 1));
  const bool control = std::any_of(
    name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (name.empty() || name.size() > maximumName || control)
  {
    settings.refuse("a layer's name has 1 to " + std::to_string(maximumName) +
                    " bytes and no control characters");
  }
  if (name == "image" || name == "*")
  {
    settings.refuse("'" + name + "' cannot be a layer's name: it has a meaning of its own");
  }
  if (graph.find(name) != -1)
  {
    settings.refuse("the name '" + name + "' is used twice");
  }
  return name;
}
}

LayerSpec parseLayer(const JsonSettings& settings, const NetworkGraph& graph, const NetworkFit& fit)
{
  LayerSpec layer;
  layer.type = parseType(settings);
  layer.name = parseName(settings, layer.type, graph);
  layer.id = static_cast<std::int32_t>(
    settings.integer("layerId", static_cast<std::int64_t>(graph.layers.size()), 0, 1 << 30));
  layer.inputs = parseInputs(settings, graph, layer.name);
  parseSettings(settings, graph, fit, layer);
  return layer;
}

} // namespace tensorview
