#include "NetworkGraph.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <set>

namespace tensorview
{

namespace
{
using nlohmann::json;

constexpr const char* formatName = "tensorview-network";
constexpr int formatVersion = 1;
constexpr std::int64_t maximumUnits = std::int64_t(1) << 24; // filter ids have 24 bits for the slot
constexpr std::int64_t maximumExtent = 1 << 16;
constexpr std::int64_t maximumWeights = std::int64_t(1) << 32;
constexpr std::size_t maximumLayers = 10000;
constexpr std::size_t maximumName = 200;

constexpr LayerType layerTypes[] = { LayerType::Convolution, LayerType::BatchNorm, LayerType::Relu,
  LayerType::MaxPool, LayerType::AveragePool, LayerType::Dense, LayerType::Dropout, LayerType::Add,
  LayerType::Flatten };

/// A value as it stands in the file, shortened, for messages.
std::string quote(const json& value)
{
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > 60)
  {
    text.resize(57);
    text += "...";
  }
  return text;
}

/// Where and why parsing ended, without the library's name for it and without bytes that are no
/// text.
std::string reasonOf(const json::parse_error& error)
{
  std::string text = error.what();
  const std::size_t name = text.find("] ");
  text.erase(0, name == std::string::npos ? 0 : name + 2);
  std::replace_if(
    text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

/// One JSON object with checked access to its members; `where` starts every message.
class Settings
{
public:
  Settings(const json& object, std::string where)
    : object_(object)
    , where_(std::move(where))
  {
    if (!object.is_object())
    {
      this->refuse("a JSON object { ... } is expected, not " + quote(object));
    }
  }

  [[noreturn]] void refuse(const std::string& reason) const
  {
    throw NetworkError(this->where_ + ": " + reason);
  }

  void allowOnly(std::initializer_list<const char*> names) const
  {
    for (const auto& member : this->object_.items())
    {
      if (std::find(names.begin(), names.end(), member.key()) == names.end())
      {
        std::string known;
        for (const char* name : names)
        {
          known += known.empty() ? name : std::string(", ") + name;
        }
        this->refuse("unknown setting '" + member.key() + "'; known are " + known);
      }
    }
  }

  const json* find(const char* name) const
  {
    const auto member = this->object_.find(name);
    return member == this->object_.end() ? nullptr : &*member;
  }

  const json& need(const char* name) const
  {
    const json* value = this->find(name);
    if (value == nullptr)
    {
      this->refuse(std::string("'") + name + "' is missing");
    }
    return *value;
  }

  std::int64_t integer(
    const char* name, const json& value, std::int64_t lowest, std::int64_t highest) const
  {
    const bool fits = value.is_number_unsigned()
                        ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(highest)
                        : value.is_number_integer() && value.get<std::int64_t>() <= highest;
    if (!fits || value.get<std::int64_t>() < lowest)
    {
      this->refuse(std::string("'") + name + "' must be a whole number from " +
                   std::to_string(lowest) + " to " + std::to_string(highest) + ", not " +
                   quote(value));
    }
    return value.get<std::int64_t>();
  }

  std::int64_t integer(
    const char* name, std::int64_t otherwise, std::int64_t lowest, std::int64_t highest) const
  {
    const json* value = this->find(name);
    return value == nullptr ? otherwise : this->integer(name, *value, lowest, highest);
  }

  /// A number in [lowest, highest).
  double number(const char* name, double otherwise, double lowest, double highest) const
  {
    const json* value = this->find(name);
    if (value == nullptr)
    {
      return otherwise;
    }
    const double result = value->is_number() ? value->get<double>() : std::nan("");
    if (!(result >= lowest && result < highest))
    {
      this->refuse(std::string("'") + name + "' must be a number from " + json(lowest).dump() +
                   " to less than " + json(highest).dump() + ", not " + quote(*value));
    }
    return result;
  }

  bool boolean(const char* name, bool otherwise) const
  {
    const json* value = this->find(name);
    if (value == nullptr)
    {
      return otherwise;
    }
    if (!value->is_boolean())
    {
      this->refuse(std::string("'") + name + "' must be true or false, not " + quote(*value));
    }
    return value->get<bool>();
  }

  std::string text(const char* name, const std::string& otherwise) const
  {
    const json* value = this->find(name);
    if (value == nullptr)
    {
      return otherwise;
    }
    if (!value->is_string())
    {
      this->refuse(std::string("'") + name + "' must be a text in quotes, not " + quote(*value));
    }
    return value->get<std::string>();
  }

private:
  const json& object_;
  std::string where_;
};

LayerType parseType(const Settings& settings)
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
  const Settings& settings, const NetworkGraph& graph, const std::string& ownName)
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

std::int64_t parseUnits(const Settings& settings, const char* name, const NetworkFit& fit)
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

void needMaps(const Settings& settings, const LayerSpec& layer, bool flatInput)
{
  if (flatInput)
  {
    settings.refuse(
      std::string("a ") + toString(layer.type) + " layer needs maps, but its input was flattened");
  }
}

void slideOver(const Settings& settings, const MapShape& input, LayerSpec& layer)
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

void needWeights(const Settings& settings, std::int64_t units, std::int64_t perUnit)
{
  if (perUnit > maximumWeights / units)
  {
    settings.refuse("it would have more than " + std::to_string(maximumWeights) + " weights");
  }
}

/// "initial_weights" of a convolution or dense layer.
void parseInitialWeights(const Settings& settings, LayerSpec& layer)
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
  const Settings& settings, const MapShape& input, const NetworkFit& fit, LayerSpec& layer)
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
void parseAdaptivePool(const Settings& settings, const MapShape& input, LayerSpec& layer)
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

void parsePool(const Settings& settings, const MapShape& input, LayerSpec& layer)
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

void parseDense(const Settings& settings, const MapShape& input, bool flatInput,
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
  const Settings& settings, const NetworkGraph& graph, const NetworkFit& fit, LayerSpec& layer)
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

std::string parseName(const Settings& settings, LayerType type, const NetworkGraph& graph)
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

std::string layerLabel(const json& value, std::size_t index)
{
  if (value.is_object())
  {
    const auto name = value.find("name");
    if (name != value.end() && name->is_string())
    {
      return "layer '" + name->get<std::string>() + "'";
    }
  }
  return "layer " + std::to_string(index + 1);
}

MapShape parseInput(const Settings& settings, const NetworkFit& fit)
{
  const json* value = settings.find("input");
  if (value == nullptr)
  {
    return fit.input;
  }
  if (!value->is_array() || value->size() != 3)
  {
    settings.refuse("'input' must be [channels, rows, columns], not " + quote(*value));
  }
  const auto extent = [&](std::size_t place, std::int64_t given)
  {
    const json& asked = (*value)[place];
    return asked == "any" ? given : settings.integer("input", asked, 1, maximumExtent);
  };
  const MapShape input = { extent(0, fit.input.channels), extent(1, fit.input.rows),
    extent(2, fit.input.columns) };
  const bool repeated = fit.input.channels == 1;
  if (input.rows != fit.input.rows || input.columns != fit.input.columns ||
      (input.channels != fit.input.channels && !repeated))
  {
    const bool scalable =
      input.rows == input.columns && (input.channels == fit.input.channels || repeated);
    settings.refuse("its input is " + toString(input) + ", but the images of the data set are " +
                    toString(fit.input) + " (channels x rows x columns)" +
                    (scalable ? "; set ImageSize to " + std::to_string(input.rows) : ""));
  }
  return input;
}

void checkIds(const std::string& source, const NetworkGraph& graph)
{
  std::set<std::int32_t> ids;
  for (const LayerSpec& layer : graph.layers)
  {
    if (!ids.insert(layer.id).second)
    {
      throw NetworkError(source + ": layer '" + layer.name + "': its layerId " +
                         std::to_string(layer.id) + " is used twice");
    }
  }
}

void checkWhole(const std::string& source, const NetworkGraph& graph, const NetworkFit& fit)
{
  for (std::size_t i = 0; i + 1 < graph.layers.size(); ++i)
  {
    if (graph.readers(static_cast<int>(i)).empty())
    {
      throw NetworkError(
        source + ": layer '" + graph.layers[i].name +
        "': no later layer reads its output; name it in the 'inputs' of one or leave it out");
    }
  }
  const LayerSpec& last = graph.layers.back();
  if (!last.flat)
  {
    throw NetworkError(source + ": layer '" + last.name + "': the last layer must put out one " +
                       "value per class, but it has maps of " + toString(last.output) +
                       "; end with a flatten or a dense layer");
  }
  if (last.output.channels < fit.classes)
  {
    throw NetworkError(source + ": layer '" + last.name + "': the network has " +
                       std::to_string(last.output.channels) +
                       " outputs, but the labels of the data set go up to " +
                       std::to_string(fit.classes - 1) + "; it needs at least " +
                       std::to_string(fit.classes) + " (or \"classes\" for as many as there are)");
  }
  const bool learns = std::any_of(graph.layers.begin(), graph.layers.end(),
    [](const LayerSpec& layer) { return layer.hasFilters(); });
  if (!learns)
  {
    throw NetworkError(source + ": there is no convolution and no dense layer to train");
  }
}

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

NetworkGraph parseNetworkGraph(
  const std::string& text, const std::string& source, const NetworkFit& fit)
{
  if (text.empty())
  {
    throw NetworkError(source + ": it is empty; write a description, or name another file");
  }
  json document;
  try
  {
    document = json::parse(text);
  }
  catch (const json::parse_error& error)
  {
    throw NetworkError(source + ": it is not valid JSON: " + reasonOf(error) +
                       "; correct it there, or name another file");
  }
  const Settings settings(document, source);
  settings.allowOnly({ "format", "version", "name", "input", "layers" });
  if (settings.text("format", formatName) != formatName)
  {
    settings.refuse(std::string("'format' must be \"") + formatName + "\"");
  }
  if (settings.integer("version", formatVersion, 1, maximumExtent) != formatVersion)
  {
    settings.refuse("it has version " + quote(settings.need("version")) +
                    ", but this program reads version " + std::to_string(formatVersion) +
                    "; use a newer TensorView, or write that version");
  }
  NetworkGraph graph;
  graph.name = settings.text("name", "network");
  graph.input = parseInput(settings, fit);
  const json& layers = settings.need("layers");
  if (!layers.is_array() || layers.empty() || layers.size() > maximumLayers)
  {
    settings.refuse("'layers' must be a list of 1 to " + std::to_string(maximumLayers) + " layers");
  }
  for (std::size_t i = 0; i < layers.size(); ++i)
  {
    const Settings layerSettings(layers[i], source + ": " + layerLabel(layers[i], i));
    LayerSpec layer;
    layer.type = parseType(layerSettings);
    layer.name = parseName(layerSettings, layer.type, graph);
    layer.id = static_cast<std::int32_t>(
      layerSettings.integer("layerId", static_cast<std::int64_t>(i), 0, 1 << 30));
    layer.inputs = parseInputs(layerSettings, graph, layer.name);
    parseSettings(layerSettings, graph, fit, layer);
    graph.layers.push_back(std::move(layer));
  }
  checkIds(source, graph);
  checkWhole(source, graph, fit);
  return graph;
}

std::string toJson(const NetworkGraph& graph)
{
  json layers = json::array();
  for (const LayerSpec& layer : graph.layers)
  {
    layers.push_back(settingsOf(graph, layer));
  }
  const json document = { { "format", formatName }, { "version", formatVersion },
    { "name", graph.name },
    { "input", { graph.input.channels, graph.input.rows, graph.input.columns } },
    { "layers", layers } };
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace tensorview
