#include "MergeStatistics.h"

#include "../../../Filters/Core/Correlation.h"
#include "HostCopy.h"
#include "NetworkEvaluation.h"
#include "ProbeGram.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

namespace tensorview
{

namespace
{
constexpr std::int64_t fewestImages = 2000;
constexpr std::int64_t fewestOfLarge = 500;
constexpr std::int64_t largeLayer = std::int64_t(1) << 18; ///< values of one image
constexpr std::int64_t samplesPerFilter = 16;
constexpr std::int64_t fewestPixels = 16; ///< else correlations run over samples
constexpr std::int64_t unitsAtOnce = 256;

/// Outputs of a layer with a filter's values side by side: [images, filters, values].
at::Tensor byFilter(
  const NetworkGraph& graph, int maps, std::int64_t block, const at::Tensor& outputs, bool stored)
{
  const std::int64_t images = outputs.size(0);
  const std::int64_t filters = outputs.size(1) / block;
  if (block == 1)
  {
    return outputs.reshape({ images, filters, -1 });
  }
  // A flat output is [filter][pixel], or as the maps lay in memory, [pixel][filter].
  return stored && graph.flattensInStorageOrder(maps)
           ? outputs.view({ images, block, filters }).transpose(1, 2)
           : outputs.view({ images, filters, block });
}

/// Products of the weights that leave each filter; large layers some filters at a time.
std::vector<double> productsOf(const ParameterStore& store, int reader)
{
  const Parameter& weight = *store.find(reader, ParameterRole::Weight);
  const at::Tensor windows = ParameterStore::windows(store.values, weight);
  const std::int64_t channels = weight.shape.channels;
  at::Tensor products =
    at::zeros({ channels, channels }, store.values.options().dtype(at::kDouble));
  for (std::int64_t begin = 0; begin < weight.shape.filters; begin += unitsAtOnce)
  {
    const at::Tensor some =
      windows.narrow(0, begin, std::min(unitsAtOnce, weight.shape.filters - begin))
        .transpose(0, 1)
        .reshape({ channels, -1 });
    products.add_(some.mm(some.t()));
  }
  std::vector<double> result;
  copyToHost(products, result);
  return result;
}

/// L1 norm of the weights that come into each filter, relative to the mean of its layer, summed
/// over the layers that lose filters together.
std::vector<double> normsOf(const ParameterStore& store, const FilterRemoval& removal)
{
  at::Tensor norms;
  for (const int member : removal.members)
  {
    const Parameter& weight = *store.find(member, ParameterRole::Weight);
    at::Tensor own = ParameterStore::matrix(store.values, weight).abs().sum(1, false, at::kDouble);
    own = own / own.mean().clamp_min(1e-300);
    norms = norms.defined() ? norms + own : own;
  }
  std::vector<double> result;
  copyToHost(norms, result);
  return result;
}

/// Pearson coefficients by a Gram matrix; not a number for constant maps.
std::vector<double> correlationOf(const std::vector<double>& gram, std::size_t filters)
{
  const std::size_t rows = filters + 1;
  const double samples = gram.back();
  const auto covariance = [&](std::size_t i, std::size_t j)
  { return gram[i * rows + j] - gram[i * rows + filters] * gram[j * rows + filters] / samples; };
  std::vector<double> coefficients(filters * filters);
  for (std::size_t i = 0; i < filters; ++i)
  {
    for (std::size_t j = 0; j < filters; ++j)
    {
      const bool constant = !(covariance(i, i) > 1e-12 * gram[i * rows + i]) ||
                            !(covariance(j, j) > 1e-12 * gram[j * rows + j]);
      coefficients[i * filters + j] =
        constant ? std::nan("") : covariance(i, j) / std::sqrt(covariance(i, i) * covariance(j, j));
    }
  }
  return coefficients;
}

/// Visits the images batch by batch.
class Gatherer
{
public:
  Gatherer(const NetworkData& network, NetworkExecutor& executor, const EditScope& scope)
    : network_(network)
    , executor_(executor)
    , scope_(scope)
    , stored_(network.store.values.is_cpu())
  {
    for (const FilterRemoval::Reader& reader : scope.removal.readers)
    {
      this->blocks_[reader.maps] = reader.block;
      this->last_ = std::max(this->last_, reader.maps);
    }
  }

  /// Sums the activation of `layer` over the images, too, or its products if its maps are small.
  void correlate(int layer)
  {
    this->activation_ = this->network_.graph.activationLayer(layer);
    this->last_ = std::max(this->last_, this->activation_);
    const LayerSpec& spec = this->network_.graph.layers[static_cast<std::size_t>(layer)];
    this->sumsActivation_ = spec.output.pixels() >= fewestPixels;
    if (this->sumsActivation_)
    {
      this->activationSum_ =
        at::zeros({ spec.output.channels, spec.output.rows, spec.output.columns },
          this->network_.store.values.options());
    }
  }

  void add(const at::Tensor& images)
  {
    Pass pass = this->executor_.beginPass(PassMode::Evaluation, images);
    pass.lastWanted = this->last_;
    if (this->sumsActivation_)
    {
      pass.activationSums[static_cast<std::size_t>(this->activation_)] = this->activationSum_;
    }
    pass.seen = [this](int layer, const at::Tensor& outputs)
    {
      const auto block = this->blocks_.find(layer);
      if (block != this->blocks_.end())
      {
        addGram(this->grams_[layer],
          byFilter(this->network_.graph, layer, block->second, outputs, this->stored_));
      }
      if (layer == this->activation_ && !this->sumsActivation_)
      {
        addGram(this->activationGram_, outputs);
      }
    };
    this->executor_.forward(pass);
    this->executor_.release();
  }

  void finish(RemovalStatistics& statistics) const
  {
    for (const auto& [layer, gram] : this->grams_)
    {
      statistics.maps.push_back({ layer, {} });
      copyToHost(gram, statistics.maps.back().gram);
    }
    const std::size_t filters = static_cast<std::size_t>(this->scope_.filters);
    if (this->sumsActivation_)
    {
      std::vector<float> sums;
      copyToHost(this->activationSum_, sums);
      statistics.correlation =
        tensorview::correlate(sums.data(), filters, sums.size() / filters).coefficients;
    }
    else if (this->activationGram_.defined())
    {
      std::vector<double> gram;
      copyToHost(this->activationGram_, gram);
      statistics.correlation = correlationOf(gram, filters);
    }
  }

private:
  const NetworkData& network_;
  NetworkExecutor& executor_;
  const EditScope& scope_;
  bool stored_; ///< flat outputs may lie as the maps do
  std::map<int, std::int64_t> blocks_;
  std::map<int, at::Tensor> grams_;
  int last_ = 0;
  int activation_ = -1;
  bool sumsActivation_ = false;
  at::Tensor activationSum_;
  at::Tensor activationGram_;
};
}

std::int64_t statisticsImages(const NetworkGraph& graph, const EditScope& scope)
{
  std::int64_t wanted = graph.largestOutput() > largeLayer ? fewestOfLarge : fewestImages;
  for (const FilterRemoval::Reader& reader : scope.removal.readers)
  {
    const std::int64_t values =
      std::max<std::int64_t>(1, graph.outputOf(reader.maps).size() / scope.filters);
    wanted = std::max(wanted, (samplesPerFilter * scope.filters + values - 1) / values);
  }
  return wanted;
}

RemovalStatistics gatherStatistics(const NetworkData& network, NetworkExecutor& executor,
  const EditRequest& request, const EditScope& scope, const StatisticsImages& from,
  const std::function<bool()>& proceed)
{
  RemovalStatistics statistics;
  for (const FilterRemoval::Reader& reader : scope.removal.readers)
  {
    statistics.products.push_back(productsOf(network.store, reader.layer));
  }
  const bool chooses = scope.places.empty();
  Gatherer gatherer(network, executor, scope);
  if (chooses && request.choice == PruneChoice::Correlated)
  {
    gatherer.correlate(scope.removal.members.front());
  }
  if (chooses && request.choice == PruneChoice::SmallestNorm)
  {
    statistics.norms = normsOf(network.store, scope.removal);
  }
  const std::int64_t wanted = std::min(statisticsImages(network.graph, scope), from.images.count());
  const std::int64_t batch = from.order.batchSize();
  const std::int64_t atOnce = std::min(batch, evaluationChunk(network.graph));
  std::int64_t step = from.step;
  for (std::int64_t seen = 0; seen < wanted; ++step)
  {
    const std::int64_t* indices = from.order.batch(step);
    for (std::int64_t begin = 0; begin < batch && seen < wanted; begin += atOnce)
    {
      if (!proceed())
      {
        throw std::runtime_error(
          "planning the edit of layer '" + request.layer + "' was ended before it was done");
      }
      const std::int64_t count = std::min(atOnce, batch - begin);
      gatherer.add(from.images.batch(indices + begin, count));
      seen += count;
    }
  }
  gatherer.finish(statistics);
  return statistics;
}

} // namespace tensorview
