#include "NetworkGraph.h"

#include "LayerJson.h"
#include "NetworkJsonFormat.h"

#include <algorithm>
#include <set>

namespace tensorview
{

namespace
{
using nlohmann::json;

constexpr std::size_t maximumLayers = 10000;

/// Where and why parsing ended, without the library's name for it and without bytes that are no
/// text.
std::string reasonOf(const json::exception& error)
{
  std::string text = error.what();
  const std::size_t name = text.find("] ");
  text.erase(0, name == std::string::npos ? 0 : name + 2);
  std::replace_if(
    text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
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

MapShape parseInput(const JsonSettings& settings, const NetworkFit& fit)
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
  catch (const json::exception& error) // of a number that none holds it is no parse_error
  {
    throw NetworkError(source + ": it is not valid JSON: " + reasonOf(error) +
                       "; correct it there, or name another file");
  }
  const JsonSettings settings(document, source);
  settings.allowOnly({ "format", "version", "name", "input", "layers" });
  if (settings.text("format", networkFormatName) != networkFormatName)
  {
    settings.refuse(std::string("'format' must be \"") + networkFormatName + "\"");
  }
  if (settings.integer("version", networkFormatVersion, 1, maximumExtent) != networkFormatVersion)
  {
    settings.refuse("it has version " + quote(settings.need("version")) +
                    ", but this program reads version " + std::to_string(networkFormatVersion) +
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
    const JsonSettings layerSettings(layers[i], source + ": " + layerLabel(layers[i], i));
    graph.layers.push_back(parseLayer(layerSettings, graph, fit));
  }
  checkIds(source, graph);
  checkWhole(source, graph, fit);
  return graph;
}

} // namespace tensorview
