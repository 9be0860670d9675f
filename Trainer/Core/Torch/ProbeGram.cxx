#include "ProbeGram.h"

#include "../../../Readers/Core/GramMatrix.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace tensorview
{

namespace
{
constexpr std::int64_t mostDoubles = std::int64_t(1) << 22; // of one product

/// Visits all that reads the output of `layer`, through layers without filters. False if there is a
/// sum among it, or if the layers with filters do not all read the same maps.
bool findMaps(const NetworkGraph& graph, int layer, int& maps)
{
  for (const int reader : graph.readers(layer))
  {
    const LayerSpec& spec = graph.layers[static_cast<std::size_t>(reader)];
    if (spec.type == LayerType::Add)
    {
      return false;
    }
    if (!spec.hasFilters())
    {
      if (!findMaps(graph, reader, maps))
      {
        return false;
      }
      continue;
    }
    const int read = graph.mapsReadBy(reader);
    if (maps != imageInput && maps != read)
    {
      return false;
    }
    maps = read;
  }
  return true;
}

void addProducts(const at::Tensor& gram, const at::Tensor& maps)
{
  const std::int64_t channels = maps.size(1);
  const at::Tensor values = maps.reshape({ maps.size(0), channels, -1 })
                              .transpose(0, 1)
                              .reshape({ channels, -1 })
                              .to(at::kDouble);
  const at::Tensor sums = values.sum(1);
  gram.narrow(0, 0, channels).narrow(1, 0, channels).add_(values.mm(values.t()));
  gram.select(0, channels).narrow(0, 0, channels).add_(sums);
  gram.select(1, channels).narrow(0, 0, channels).add_(sums);
  gram.select(0, channels).select(0, channels).add_(static_cast<double>(values.size(1)));
}
}

std::vector<GramSource> findGramSources(const NetworkGraph& graph, std::int64_t images)
{
  std::vector<GramSource> sources;
  for (std::size_t i = 0; i < graph.layers.size(); ++i)
  {
    const LayerSpec& layer = graph.layers[i];
    const int index = static_cast<int>(i);
    int maps = imageInput;
    if (layer.hasFilters() && layer.units <= largestGram && findMaps(graph, index, maps) &&
        maps != imageInput && graph.outputOf(maps).channels == layer.units &&
        images * graph.outputOf(maps).pixels() > layer.units)
    {
      sources.push_back({ index, maps });
    }
  }
  return sources;
}

void addGram(at::Tensor& gram, const at::Tensor& maps)
{
  const std::int64_t images = maps.size(0);
  const std::int64_t channels = maps.size(1);
  if (!gram.defined())
  {
    gram = at::zeros({ channels + 1, channels + 1 }, maps.options().dtype(at::kDouble));
  }
  // Large maps a few images at a time: in double precision they take twice their memory again.
  const std::int64_t atOnce =
    std::clamp<std::int64_t>(mostDoubles * images / std::max<std::int64_t>(1, maps.numel()), 1,
      std::max<std::int64_t>(1, images));
  for (std::int64_t begin = 0; begin < images; begin += atOnce)
  {
    addProducts(gram, maps.narrow(0, begin, std::min(atOnce, images - begin)));
  }
}

} // namespace tensorview
