#include "NetworkGraph.h"

#include <algorithm>

namespace tensorview
{

const char* toString(LayerType type)
{
  switch (type)
  {
    case LayerType::Convolution:
      return "convolution";
    case LayerType::BatchNorm:
      return "batch_norm";
    case LayerType::Relu:
      return "relu";
    case LayerType::MaxPool:
      return "max_pool";
    case LayerType::AveragePool:
      return "average_pool";
    case LayerType::Dense:
      return "dense";
    case LayerType::Dropout:
      return "dropout";
    case LayerType::Add:
      return "add";
    case LayerType::Flatten:
      return "flatten";
  }
  return "unknown";
}

std::string toString(const MapShape& shape)
{
  std::string text = std::to_string(shape.channels);
  if (shape.pixels() != 1)
  {
    text += " x " + std::to_string(shape.rows) + " x " + std::to_string(shape.columns);
  }
  return text;
}

int NetworkGraph::find(const std::string& layer) const
{
  const auto found = std::find_if(this->layers.begin(), this->layers.end(),
    [&](const LayerSpec& candidate) { return candidate.name == layer; });
  return found == this->layers.end() ? -1 : static_cast<int>(found - this->layers.begin());
}

std::vector<int> NetworkGraph::readers(int index) const
{
  std::vector<int> result;
  for (std::size_t i = 0; i < this->layers.size(); ++i)
  {
    const auto& inputs = this->layers[i].inputs;
    if (std::find(inputs.begin(), inputs.end(), index) != inputs.end())
    {
      result.push_back(static_cast<int>(i));
    }
  }
  return result;
}

MapShape NetworkGraph::outputOf(int index) const
{
  return index == imageInput ? this->input : this->layers[static_cast<std::size_t>(index)].output;
}

std::int64_t NetworkGraph::largestOutput() const
{
  std::int64_t largest = 0;
  for (const LayerSpec& layer : this->layers)
  {
    largest = std::max(largest, layer.output.size());
  }
  return largest;
}

int NetworkGraph::activationLayer(int index) const
{
  int last = index;
  for (const LayerType next : { LayerType::BatchNorm, LayerType::Relu })
  {
    const std::vector<int> behind = this->readers(last);
    if (behind.size() == 1 && this->layers[static_cast<std::size_t>(behind[0])].type == next)
    {
      last = behind[0];
    }
  }
  return last;
}

int NetworkGraph::feedingLayer(int index) const
{
  int source = this->layers[static_cast<std::size_t>(index)].inputs[0];
  while (source != imageInput && !this->layers[static_cast<std::size_t>(source)].hasFilters())
  {
    source = this->layers[static_cast<std::size_t>(source)].inputs[0];
  }
  return source;
}

int NetworkGraph::mapsReadBy(int index) const
{
  int maps = this->layers[static_cast<std::size_t>(index)].inputs[0];
  while (maps != imageInput)
  {
    const LayerSpec& before = this->layers[static_cast<std::size_t>(maps)];
    if (before.type != LayerType::Flatten && before.type != LayerType::Dropout)
    {
      break;
    }
    maps = before.inputs[0];
  }
  return maps;
}

MapShape NetworkGraph::denseWindow(int index) const
{
  int source = this->layers[static_cast<std::size_t>(index)].inputs[0];
  while (source != imageInput)
  {
    const LayerSpec& layer = this->layers[static_cast<std::size_t>(source)];
    if (layer.type == LayerType::Flatten)
    {
      return this->outputOf(layer.inputs[0]);
    }
    const bool keepsPlaces = layer.type == LayerType::Relu || layer.type == LayerType::Dropout ||
                             layer.type == LayerType::BatchNorm || layer.type == LayerType::Add;
    if (!keepsPlaces)
    {
      return layer.output;
    }
    source = layer.inputs[0];
  }
  return this->input;
}

bool NetworkGraph::flattensInStorageOrder(int index) const
{
  const auto keepsOrder = [](LayerType type)
  { return type == LayerType::Relu || type == LayerType::Dropout; };
  while (index != imageInput && keepsOrder(this->layers[static_cast<std::size_t>(index)].type))
  {
    index = this->layers[static_cast<std::size_t>(index)].inputs[0];
  }
  if (index == imageInput ||
      this->layers[static_cast<std::size_t>(index)].type != LayerType::Flatten)
  {
    return false;
  }
  std::vector<int> open = { index };
  while (!open.empty())
  {
    const std::vector<int> behind = this->readers(open.back());
    open.pop_back();
    if (behind.empty())
    {
      return false;
    }
    for (const int reader : behind)
    {
      const LayerType type = this->layers[static_cast<std::size_t>(reader)].type;
      if (keepsOrder(type))
      {
        open.push_back(reader);
      }
      else if (type != LayerType::Dense)
      {
        return false;
      }
    }
  }
  return true;
}

} // namespace tensorview
