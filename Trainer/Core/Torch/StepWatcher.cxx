#include "StepWatcher.h"

#include "../Network/TrackedWeights.h"
#include "FilterKernels.h"

#include <ATen/Parallel.h>

#include <cmath>

namespace tensorview
{

namespace
{
constexpr std::size_t sampleSize = 4096;

float norm(const Moments& moments)
{
  return static_cast<float>(std::sqrt(moments.squareSum));
}
}

StepWatcher::StepWatcher(
  const NetworkGraph& graph, const ParameterStore& store, const std::string& named)
  : store_(store)
{
  std::vector<TrackableLayer> trackable;
  const std::vector<Parameter>& parameters = store.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i)
  {
    const LayerSpec& layer = graph.layers[static_cast<std::size_t>(parameters[i].layer)];
    if (layer.hasFilters() && parameters[i].role == ParameterRole::Weight)
    {
      this->layers_.push_back({ i, layer.id, layer.name });
      trackable.push_back({ layer.id, layer.name, parameters[i].count });
    }
  }
  for (const TrackedCoordinate& coordinate : chooseTrackedWeights(trackable, named))
  {
    for (const Watched& layer : this->layers_)
    {
      if (layer.id == coordinate.layerId)
      {
        this->tracked_.push_back(
          { coordinate, this->parameterOf(layer).position(coordinate.index) });
      }
    }
  }
  this->samples_.resize(2 * this->layers_.size());
  this->scratch_.resize(2 * this->layers_.size());
}

const Parameter& StepWatcher::parameterOf(const Watched& layer) const
{
  return this->store_.parameters()[layer.parameter];
}

void StepWatcher::describe(RunLayout& layout) const
{
  layout.metricColumns = { "loss", "accuracy", "learning_rate" };
  for (const Watched& layer : this->layers_)
  {
    layout.metricColumns.push_back(layer.name + "/weight_norm");
    layout.metricColumns.push_back(layer.name + "/weight_gradient_norm");
    layout.changeBandLayers.push_back(layer.name);
    for (const char* series : { "weight_norm", "weight_gradient_norm", "weight_change_norm" })
    {
      layout.filterSeries.push_back(
        { layer.name + "/" + series, layer.id, this->parameterOf(layer).shape.filters });
    }
  }
  for (const char* kind : { kinds::weight, kinds::weightGradient })
  {
    for (const Watched& layer : this->layers_)
    {
      layout.statisticTensors.push_back({ layer.name, kind });
    }
  }
  for (const Tracked& tracked : this->tracked_)
  {
    layout.tracked.push_back(tracked.coordinate);
  }
}

void StepWatcher::beginStep(const TrainingModel::Watch& watch)
{
  if (!watch.filters)
  {
    return;
  }
  if (this->previous_.defined())
  {
    this->previous_.copy_(this->store_.values);
  }
  else
  {
    this->previous_ = this->store_.values.clone();
  }
}

ParameterMoments* StepWatcher::moments(const TrainingModel::Watch& watch)
{
  return watch.row ? &this->moments_ : nullptr;
}

void StepWatcher::appendRow(const TrainingModel::StepReport& report, bool statistics, bool exact,
  std::int64_t step, double epoch, StepBlock& block)
{
  block.step.push_back(step);
  block.epoch.push_back(epoch);
  block.metrics.insert(block.metrics.end(), { report.loss, report.accuracy, report.learningRate });
  for (const Watched& layer : this->layers_)
  {
    block.metrics.push_back(norm(this->moments_.values[layer.parameter]));
    block.metrics.push_back(norm(this->moments_.gradients[layer.parameter]));
  }
  if (statistics)
  {
    this->appendStatistics(exact, block);
  }
  this->appendTracked(block);
}

void StepWatcher::appendStatistics(bool exact, StepBlock& block)
{
  // On a GPU all values come over; the pass that needs them is not worth a kernel of its own yet.
  const at::Tensor values = this->store_.values.cpu();
  const at::Tensor gradients = this->store_.gradients.cpu();
  const std::size_t jobs = 2 * this->layers_.size();
  const std::size_t firstStatistic = block.statistics.size();
  const std::size_t firstBin = block.histogram.size();
  const std::size_t firstRange = block.histogramRange.size();
  const std::size_t firstExact = block.exact.size();
  block.statistics.resize(firstStatistic + jobs * statisticCount);
  block.histogram.resize(firstBin + jobs * histogramBins);
  block.histogramRange.resize(firstRange + jobs * 2);
  block.exact.resize(firstExact + jobs);
  // All weights, then all gradients: two threads have the same amount of work.
  at::parallel_for(0, static_cast<std::int64_t>(jobs), 1,
    [&](std::int64_t begin, std::int64_t end)
    {
      for (std::size_t job = static_cast<std::size_t>(begin); job < static_cast<std::size_t>(end);
           ++job)
      {
        const bool ofWeights = job < this->layers_.size();
        const Watched& layer = this->layers_[job % this->layers_.size()];
        const Parameter& parameter = this->parameterOf(layer);
        const Moments& moments = ofWeights ? this->moments_.values[layer.parameter]
                                           : this->moments_.gradients[layer.parameter];
        const float* data =
          (ofWeights ? values : gradients).const_data_ptr<float>() + parameter.offset;
        std::size_t count = static_cast<std::size_t>(parameter.count);
        const bool whole = exact || count <= sampleSize;
        if (!whole)
        {
          std::vector<float>& sample = this->samples_[job];
          sampleEvenly(
            data, count, static_cast<std::size_t>(parameter.shape.perFilter()), sampleSize, sample);
          data = sample.data();
          count = sample.size();
        }
        const Distribution distribution =
          describeDistribution(data, count, moments.min, moments.max, this->scratch_[job]);
        fillStatistics(moments, static_cast<std::size_t>(parameter.count), distribution,
          &block.statistics[firstStatistic + job * statisticCount]);
        std::copy(distribution.histogram.begin(), distribution.histogram.end(),
          &block.histogram[firstBin + job * histogramBins]);
        block.histogramRange[firstRange + 2 * job] = moments.min;
        block.histogramRange[firstRange + 2 * job + 1] = moments.max;
        block.exact[firstExact + job] = whole ? 1 : 0;
      }
    });
}

void StepWatcher::appendTracked(StepBlock& block) const
{
  const at::Tensor values = this->store_.values.cpu();
  const float* data = values.const_data_ptr<float>();
  for (const Tracked& tracked : this->tracked_)
  {
    block.tracked.push_back(data[tracked.position]);
  }
}

void StepWatcher::appendFilterRow(std::int64_t step, FilterBlock& block)
{
  const at::Tensor before = this->previous_.cpu();
  const at::Tensor after = this->store_.values.cpu();
  const at::Tensor gradient = this->store_.gradients.cpu();
  block.step.push_back(step);
  block.series.resize(3 * this->layers_.size());
  std::vector<FilterChange> changes;
  for (std::size_t l = 0; l < this->layers_.size(); ++l)
  {
    const Parameter& parameter = this->parameterOf(this->layers_[l]);
    const std::int64_t perFilter = parameter.shape.perFilter();
    changes.assign(static_cast<std::size_t>(parameter.shape.filters), {});
    at::parallel_for(0, parameter.shape.filters, std::max<std::int64_t>(1, 65536 / perFilter),
      [&](std::int64_t begin, std::int64_t end)
      {
        for (std::int64_t filter = begin; filter < end; ++filter)
        {
          const std::int64_t offset = parameter.offset + filter * perFilter;
          changes[static_cast<std::size_t>(filter)] = measureChange(
            before.const_data_ptr<float>() + offset, after.const_data_ptr<float>() + offset,
            gradient.const_data_ptr<float>() + offset, static_cast<std::size_t>(perFilter));
        }
      });
    std::array<std::uint32_t, changeBandCount> bands{};
    for (const FilterChange& change : changes)
    {
      block.series[3 * l].push_back(change.weightNorm);
      block.series[3 * l + 1].push_back(change.gradientNorm);
      block.series[3 * l + 2].push_back(change.changeNorm);
      for (std::size_t band = 0; band < changeBandCount; ++band)
      {
        bands[band] += change.bands[band];
      }
    }
    block.changeBands.insert(block.changeBands.end(), bands.begin(), bands.end());
  }
}

} // namespace tensorview
