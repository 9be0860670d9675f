#include "FilterRemoval.h"

#include <algorithm>
#include <map>

namespace tensorview
{

namespace
{
const LayerSpec& layerAt(const NetworkGraph& graph, int index)
{
  return graph.layers[static_cast<std::size_t>(index)];
}

/// Visits the outputs that a channel goes through.
class ChannelWalk
{
public:
  ChannelWalk(const NetworkGraph& graph, int start)
    : graph_(graph)
    , start_(start)
  {
    this->visit(start, 1);
  }

  /// By layer whose output has the filter: its channels there.
  const std::map<int, std::int64_t>& blocks() const { return this->blocks_; }

private:
  [[noreturn]] void refuse(const std::string& reason) const
  {
    throw NetworkError("filters of layer '" + layerAt(this->graph_, this->start_).name +
                       "' cannot be removed: " + reason);
  }

  void visit(int index, std::int64_t block)
  {
    const LayerSpec& layer = layerAt(this->graph_, index);
    const auto [place, isNew] = this->blocks_.emplace(index, block);
    if (!isNew)
    {
      if (place->second != block)
      {
        this->refuse("in layer '" + layer.name + "' a sum joins " + std::to_string(block) +
                     " and " + std::to_string(place->second) + " values of a filter");
      }
      return;
    }
    if (index + 1 == static_cast<int>(this->graph_.layers.size()))
    {
      this->refuse(index == this->start_
                     ? "they are the scores of the classes"
                     : "they are coupled to the scores of the classes, layer '" + layer.name + "'");
    }
    if (layer.hasFilters())
    {
      if (block != 1)
      {
        this->refuse("a sum couples each to " + std::to_string(block) + " units of layer '" +
                     layer.name + "'");
      }
    }
    else
    {
      this->goUp(layer, block);
    }
    this->goDown(index, block);
  }

  void goUp(const LayerSpec& layer, std::int64_t block)
  {
    for (const int input : layer.inputs)
    {
      if (input == imageInput)
      {
        this->refuse("layer '" + layer.name + "' couples them to the channels of the image");
      }
      const std::int64_t pixels =
        layer.type == LayerType::Flatten ? this->graph_.outputOf(input).pixels() : 1;
      if (block % pixels != 0)
      {
        this->refuse("a sum couples them to single pixels of layer '" +
                     layerAt(this->graph_, input).name + "'");
      }
      this->visit(input, block / pixels);
    }
  }

  void goDown(int index, std::int64_t block)
  {
    for (const int reader : this->graph_.readers(index))
    {
      const LayerSpec& layer = layerAt(this->graph_, reader);
      if (!layer.hasFilters())
      {
        const bool flattens = layer.type == LayerType::Flatten;
        this->visit(reader, flattens ? block * this->graph_.outputOf(index).pixels() : block);
      }
    }
  }

  const NetworkGraph& graph_;
  int start_;
  std::map<int, std::int64_t> blocks_;
};

FilterRemoval::Constant constantOf(const NetworkGraph& graph, int layer)
{
  if (layerAt(graph, layer).bias)
  {
    return FilterRemoval::Constant::Bias;
  }
  const std::vector<int> behind = graph.readers(layer);
  const bool onlyNorms =
    !behind.empty() &&
    std::all_of(behind.begin(), behind.end(),
      [&](int reader) { return layerAt(graph, reader).type == LayerType::BatchNorm; });
  return onlyNorms ? FilterRemoval::Constant::BatchNorm : FilterRemoval::Constant::None;
}
}

FilterRemoval findFilterRemoval(const NetworkGraph& graph, int layer)
{
  if (!layerAt(graph, layer).hasFilters())
  {
    throw NetworkError("layer '" + layerAt(graph, layer).name + "' is a " +
                       toString(layerAt(graph, layer).type) +
                       " layer and has no filters of its own; name the convolution or dense layer "
                       "before it");
  }
  const ChannelWalk walk(graph, layer);
  FilterRemoval removal;
  removal.members.push_back(layer);
  for (const auto& [index, block] : walk.blocks())
  {
    const LayerSpec& spec = layerAt(graph, index);
    if (spec.hasFilters() && index != layer)
    {
      removal.members.push_back(index);
    }
    if (spec.type == LayerType::BatchNorm)
    {
      removal.norms.push_back({ index, block });
    }
  }
  for (int index = 0; index < static_cast<int>(graph.layers.size()); ++index)
  {
    const LayerSpec& spec = layerAt(graph, index);
    if (spec.hasFilters() && walk.blocks().count(spec.inputs[0]) != 0)
    {
      const int maps = graph.mapsReadBy(index);
      removal.readers.push_back({ index, maps, walk.blocks().at(maps), constantOf(graph, index) });
    }
  }
  return removal;
}

NetworkGraph withUnits(const NetworkGraph& graph, const std::vector<std::int64_t>& units)
{
  NetworkGraph result = graph;
  for (std::size_t i = 0; i < result.layers.size(); ++i)
  {
    LayerSpec& layer = result.layers[i];
    if (layer.hasFilters())
    {
      layer.units = units[i];
      layer.output.channels = layer.units;
    }
    else if (layer.type == LayerType::Flatten)
    {
      layer.output.channels = result.outputOf(layer.inputs[0]).size();
    }
    else
    {
      layer.output.channels = result.outputOf(layer.inputs[0]).channels;
    }
  }
  return result;
}

NetworkGraph withoutFilters(
  const NetworkGraph& graph, const FilterRemoval& removal, std::int64_t kept)
{
  std::vector<std::int64_t> units;
  for (const LayerSpec& layer : graph.layers)
  {
    units.push_back(layer.units);
  }
  for (const int member : removal.members)
  {
    units[static_cast<std::size_t>(member)] = kept;
  }
  return withUnits(graph, units);
}

} // namespace tensorview
