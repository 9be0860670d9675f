#include "NetworkProbe.h"

#include "HostCopy.h"
#include "ModelTensors.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>

#include <algorithm>

namespace tensorview
{

namespace
{
constexpr std::int64_t mostImages = 100;
constexpr std::int64_t fewestImages = 16;
constexpr std::int64_t outputWork = std::int64_t(1) << 36; // multiplications
constexpr std::int64_t gramWork = std::int64_t(1) << 39;

/// Multiplications that the filters of a network take for one image.
std::int64_t countMultiplications(const NetworkGraph& graph)
{
  std::int64_t count = 1;
  for (const LayerSpec& layer : graph.layers)
  {
    if (layer.hasFilters())
    {
      const MapShape input = graph.outputOf(layer.inputs[0]);
      count += layer.output.size() * (layer.type == LayerType::Dense
                                         ? input.size()
                                         : input.channels * layer.kernel * layer.kernel);
    }
  }
  return count;
}

/// Images that give at least twice as many values of each map as there are maps.
std::int64_t imagesOfProducts(std::int64_t filters, std::int64_t pixels)
{
  return (2 * filters + pixels - 1) / pixels;
}
}

ProbePlan planProbe(const NetworkGraph& graph, std::int64_t available)
{
  const std::int64_t work = countMultiplications(graph);
  ProbePlan plan;
  plan.images = std::min(std::clamp(outputWork / work, fewestImages, mostImages), available);
  if (plan.images == 0)
  {
    return plan;
  }
  for (const int layer : findProbedLayers(graph))
  {
    plan.outputs.push_back({ layer, graph.activationLayer(layer) });
  }
  const std::int64_t affordable = std::max(plan.images, std::min(gramWork / work, available));
  for (const GramSource& source : findGramSources(graph, affordable))
  {
    const std::int64_t wanted =
      imagesOfProducts(graph.layers[static_cast<std::size_t>(source.layer)].units,
        graph.outputOf(source.maps).pixels());
    plan.gram.push_back({ source, std::clamp(wanted, plan.images, affordable) });
  }
  return plan;
}

NetworkProbe::NetworkProbe(const NetworkGraph& graph, std::int64_t available, std::int64_t atOnce)
  : plan_(planProbe(graph, available))
{
  for (const ProbePlan::Outputs& outputs : this->plan_.outputs)
  {
    const LayerSpec& layer = graph.layers[static_cast<std::size_t>(outputs.layer)];
    this->outputs_.push_back({ layer.id, layer.name, kinds::activation,
      { layer.output.channels, 1, 1, this->plan_.images * layer.output.pixels() } });
  }
  std::vector<std::int64_t> last = { this->plan_.images };
  for (const ProbePlan::Products& products : this->plan_.gram)
  {
    const LayerSpec& layer = graph.layers[static_cast<std::size_t>(products.source.layer)];
    this->gram_.push_back({ layer.id, layer.name, layer.units, products.images });
    last.push_back(products.images);
  }
  std::sort(last.begin(), last.end());
  std::int64_t end = 0;
  for (const std::int64_t images : last)
  {
    while (end < images)
    {
      end = std::min(end + atOnce, images);
      this->ends_.push_back(end);
    }
  }
}

void NetworkProbe::look(NetworkExecutor& executor, const ImageStore& images, const ProbeWish& wish,
  std::vector<std::vector<float>>& outputs, std::vector<std::vector<double>>& gram) const
{
  const auto takes = [&](std::size_t product, std::int64_t begin)
  {
    return product < wish.gram.size() && wish.gram[product] &&
           begin < this->plan_.gram[product].images;
  };
  std::vector<std::vector<at::Tensor>> parts(this->plan_.outputs.size());
  std::vector<at::Tensor> sums(this->plan_.gram.size());
  std::int64_t begin = 0;
  const auto see = [&](int layer, const at::Tensor& maps)
  {
    for (std::size_t i = 0; i < parts.size(); ++i)
    {
      if (this->plan_.outputs[i].maps == layer && wish.outputs && begin < this->plan_.images)
      {
        parts[i].push_back(
          maps.reshape({ maps.size(0), maps.size(1), -1 }).transpose(0, 1).clone());
      }
    }
    for (std::size_t i = 0; i < sums.size(); ++i)
    {
      if (this->plan_.gram[i].source.maps == layer && takes(i, begin))
      {
        addGram(sums[i], maps);
      }
    }
  };
  const auto isNeeded = [&]
  {
    bool needed = wish.outputs && begin < this->plan_.images;
    for (std::size_t i = 0; i < sums.size(); ++i)
    {
      needed = needed || takes(i, begin);
    }
    return needed;
  };
  for (auto end = this->ends_.begin(); end != this->ends_.end() && isNeeded(); ++end)
  {
    Pass pass = executor.beginPass(PassMode::Evaluation, images.range(begin, *end - begin));
    pass.seen = see;
    executor.forward(pass);
    begin = *end;
  }
  executor.release();

  outputs.assign(wish.outputs ? parts.size() : 0, {});
  for (std::size_t i = 0; i < outputs.size(); ++i)
  {
    copyToHost(at::cat(parts[i], 1), outputs[i]);
  }
  gram.assign(sums.size(), {});
  for (std::size_t i = 0; i < gram.size(); ++i)
  {
    if (sums[i].defined())
    {
      copyToHost(sums[i], gram[i]);
    }
  }
}

} // namespace tensorview
