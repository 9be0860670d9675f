#include "PrunableLayers.h"

#include <algorithm>

std::vector<PrunableLayers::Layer> PrunableLayers::Of(const tensorview::ModelDescription& model)
{
  std::vector<Layer> layers;
  for (const tensorview::LayerDescription& layer : model.layers)
  {
    if (layer.type == "convolution" || layer.type == "dense")
    {
      layers.push_back({ layer.id, layer.name,
        std::count_if(layer.slots.begin(), layer.slots.end(),
          [](const tensorview::SlotEntry& slot) { return slot.removedStep < 0; }) });
    }
  }
  if (!layers.empty())
  {
    layers.pop_back();
  }
  return layers;
}
