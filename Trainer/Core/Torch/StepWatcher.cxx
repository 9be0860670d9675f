#include "StepWatcher.h"

#include "../Network/TrackedWeights.h"

#include <ATen/Parallel.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include <cmath>
#include <limits>

namespace tensorview
{

namespace
{
constexpr std::size_t sampleSize = 4096;
constexpr float none = std::numeric_limits<float>::quiet_NaN();

float norm(const Moments& moments)
{
  return static_cast<float>(std::sqrt(moments.squareSum));
}
}

StepWatcher::StepWatcher(const NetworkGraph& graph, const SlotTables& slots,
  const ParameterStore& store, const std::string& named)
  : store_(store)
{
  std::vector<TrackableLayer> trackable;
  const std::vector<Parameter>& parameters = store.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i)
  {
    const LayerSpec& layer = graph.layers[static_cast<std::size_t>(parameters[i].layer)];
    const bool changes = store.gradients.defined();
    if (changes && layer.hasFilters() && parameters[i].role == ParameterRole::Weight)
    {
      const int index = parameters[i].layer;
      const TensorShape shape = slots.everShape(graph, index, parameters[i].shape, true);
      const int feeding = graph.feedingLayer(index);
      this->layers_.push_back({ i, layer.id, layer.name, shape, slots.places(index),
        feeding == imageInput ? std::vector<std::int64_t>() : slots.places(feeding) });
      trackable.push_back({ layer.id, layer.name, shape.size() });
    }
  }
  this->tracked_ = chooseTrackedWeights(trackable, named);
  this->placeTracked();
  if (store.values.is_cuda())
  {
    this->placeSamples();
  }
  this->samples_.resize(2 * this->layers_.size());
  this->scratch_.resize(2 * this->layers_.size());
  this->distributions_.resize(2 * this->layers_.size());
}

std::int64_t StepWatcher::positionOf(const Watched& layer, std::int64_t index) const
{
  const TensorShape& ever = layer.everShape;
  const std::int64_t pixels = ever.rows * ever.columns;
  const std::int64_t filter = layer.filters[static_cast<std::size_t>(index / ever.perFilter())];
  std::int64_t channel = index % ever.perFilter() / pixels;
  if (!layer.channels.empty())
  {
    channel = layer.channels[static_cast<std::size_t>(channel)];
  }
  if (filter < 0 || channel < 0)
  {
    return -1;
  }
  const Parameter& parameter = this->parameterOf(layer);
  return parameter.position(
    filter * parameter.shape.perFilter() + channel * pixels + index % pixels);
}

void StepWatcher::placeTracked()
{
  std::vector<std::int64_t> positions;
  for (const TrackedCoordinate& coordinate : this->tracked_)
  {
    for (const Watched& layer : this->layers_)
    {
      if (layer.id == coordinate.layerId)
      {
        const std::int64_t position = this->positionOf(layer, coordinate.index);
        this->trackedIsThere_.push_back(position >= 0);
        if (position >= 0)
        {
          positions.push_back(position);
        }
      }
    }
  }
  this->trackedPositions_ = at::tensor(positions, at::kLong).to(this->store_.values.device());
}

void StepWatcher::placeSamples()
{
  std::vector<std::int64_t> positions;
  std::vector<FilterChangesCuda::Place> filters;
  for (std::size_t i = 0; i < this->layers_.size(); ++i)
  {
    const Job job = this->jobAt(i, false);
    this->onDevice_.firstSample.push_back(static_cast<std::int64_t>(positions.size()));
    for (std::size_t k = 0; k < job.chosen(); ++k)
    {
      positions.push_back(job.parameter.offset + static_cast<std::int64_t>(k * job.distance));
    }
    const std::int64_t perFilter = job.parameter.shape.perFilter();
    for (std::int64_t filter = 0; filter < job.parameter.shape.filters; ++filter)
    {
      filters.push_back({ job.parameter.offset + filter * perFilter, perFilter });
    }
  }
  this->onDevice_.samples = at::tensor(positions).to(this->store_.values.device());
  this->deviceChanges_ = FilterChangesCuda(std::move(filters));
}

void StepWatcher::request(
  const TrainingModel::Watch& watch, const Optimizer& optimizer, HostMirror& mirror)
{
  OnDevice& device = this->onDevice_;
  device.requests.clear();
  if (!watch.row || this->layers_.empty())
  {
    return;
  }
  const at::Tensor& values = this->store_.values;
  device.requests = { mirror.request(at::index_select(values, 0, this->trackedPositions_)),
    mirror.request(optimizer.deviceMoments()) };
  if (watch.statistics)
  {
    for (const at::Tensor& flat : { values, this->store_.gradients })
    {
      device.requests.push_back(mirror.request(at::index_select(flat, 0, device.samples)));
    }
  }
}

void StepWatcher::receive(const HostMirror& mirror)
{
  OnDevice& device = this->onDevice_;
  if (device.requests.size() >= 2)
  {
    device.tracked = mirror.at(device.requests[0]);
    Optimizer::readMoments(mirror.at(device.requests[1]), this->moments_);
  }
  if (device.requests.size() >= 4)
  {
    device.values = mirror.at(device.requests[2]);
    device.gradients = mirror.at(device.requests[3]);
  }
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
        { layer.name + "/" + series, layer.id, layer.everShape.filters });
    }
  }
  for (const char* kind : { kinds::weight, kinds::weightGradient })
  {
    for (const Watched& layer : this->layers_)
    {
      layout.statisticTensors.push_back({ layer.name, kind });
    }
  }
  layout.tracked = this->tracked_;
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

StepWatcher::Job StepWatcher::jobAt(std::size_t index, bool exact) const
{
  const Watched& layer = this->layers_[index % this->layers_.size()];
  const bool ofWeights = index < this->layers_.size();
  Job job{ this->parameterOf(layer),
    (ofWeights ? this->moments_.values : this->moments_.gradients)[layer.parameter],
    ofWeights ? this->store_.values : this->store_.gradients };
  const std::size_t count = static_cast<std::size_t>(job.parameter.count);
  if ((!exact || job.flat.is_cuda()) && count > sampleSize)
  {
    job.distance =
      sampleDistance(count, static_cast<std::size_t>(job.parameter.shape.perFilter()), sampleSize);
  }
  return job;
}

void StepWatcher::describe(const Job& job, std::size_t index)
{
  const std::size_t chosen = job.chosen();
  const float* values = nullptr;
  if (job.flat.is_cuda())
  {
    const bool ofWeights = index < this->layers_.size();
    values =
      (ofWeights ? this->onDevice_.values : this->onDevice_.gradients).const_data_ptr<float>() +
      this->onDevice_.firstSample[index % this->layers_.size()];
  }
  else
  {
    values = job.flat.const_data_ptr<float>() + job.parameter.offset;
    if (job.distance > 1)
    {
      std::vector<float>& sample = this->samples_[index];
      sample.resize(chosen);
      for (std::size_t i = 0; i < chosen; ++i)
      {
        sample[i] = values[i * job.distance];
      }
      values = sample.data();
    }
  }
  this->distributions_[index] =
    describeDistribution(values, chosen, job.moments.min, job.moments.max, this->scratch_[index]);
}

void StepWatcher::appendStatistics(bool exact, StepBlock& block)
{
  // All weights, then all gradients: two threads have the same amount of work.
  const std::size_t jobs = 2 * this->layers_.size();
  at::parallel_for(0, static_cast<std::int64_t>(jobs), 1,
    [&](std::int64_t begin, std::int64_t end)
    {
      for (std::int64_t index = begin; index < end; ++index)
      {
        const std::size_t i = static_cast<std::size_t>(index);
        this->describe(this->jobAt(i, exact), i);
      }
    });
  for (std::size_t i = 0; i < jobs; ++i)
  {
    const Job job = this->jobAt(i, exact);
    const Distribution& distribution = this->distributions_[i];
    float statistics[statisticCount];
    fillStatistics(
      job.moments, static_cast<std::size_t>(job.parameter.count), distribution, statistics);
    block.statistics.insert(block.statistics.end(), statistics, statistics + statisticCount);
    block.histogram.insert(
      block.histogram.end(), distribution.histogram.begin(), distribution.histogram.end());
    block.histogramRange.insert(block.histogramRange.end(), { job.moments.min, job.moments.max });
    block.exact.push_back(job.distance == 1 ? 1 : 0);
  }
}

void StepWatcher::appendTracked(StepBlock& block) const
{
  if (this->tracked_.empty())
  {
    return;
  }
  const at::Tensor values = this->store_.values.is_cuda()
                              ? this->onDevice_.tracked
                              : at::index_select(this->store_.values, 0, this->trackedPositions_);
  const float* next = values.const_data_ptr<float>();
  for (const bool isThere : this->trackedIsThere_)
  {
    block.tracked.push_back(isThere ? *next++ : none);
  }
}

std::vector<FilterChange> StepWatcher::measureChanges()
{
  const at::Tensor& values = this->store_.values;
  if (values.is_cuda())
  {
    return this->deviceChanges_.measure(this->previous_, values, this->store_.gradients);
  }
  const float* before = this->previous_.const_data_ptr<float>();
  const float* after = values.const_data_ptr<float>();
  const float* gradients = this->store_.gradients.const_data_ptr<float>();
  std::vector<FilterChange> changes;
  for (const Watched& layer : this->layers_)
  {
    const Parameter& parameter = this->parameterOf(layer);
    const std::int64_t perFilter = parameter.shape.perFilter();
    const std::size_t first = changes.size();
    changes.resize(first + static_cast<std::size_t>(parameter.shape.filters));
    at::parallel_for(0, parameter.shape.filters, std::max<std::int64_t>(1, 65536 / perFilter),
      [&](std::int64_t begin, std::int64_t end)
      {
        for (std::int64_t filter = begin; filter < end; ++filter)
        {
          const std::int64_t offset = parameter.offset + filter * perFilter;
          changes[first + static_cast<std::size_t>(filter)] = measureChange(before + offset,
            after + offset, gradients + offset, static_cast<std::size_t>(perFilter));
        }
      });
  }
  return changes;
}

void StepWatcher::appendFilterRow(std::int64_t step, FilterBlock& block)
{
  const std::vector<FilterChange> changes = this->measureChanges();
  block.step.push_back(step);
  block.series.resize(3 * this->layers_.size());
  std::size_t first = 0; // of the layer's filters that are there
  for (std::size_t l = 0; l < this->layers_.size(); ++l)
  {
    std::array<std::uint32_t, changeBandCount> bands{};
    for (const std::int64_t place : this->layers_[l].filters)
    {
      const FilterChange* change =
        place < 0 ? nullptr : &changes[first + static_cast<std::size_t>(place)];
      block.series[3 * l].push_back(change == nullptr ? none : change->weightNorm);
      block.series[3 * l + 1].push_back(change == nullptr ? none : change->gradientNorm);
      block.series[3 * l + 2].push_back(change == nullptr ? none : change->changeNorm);
      for (std::size_t band = 0; change != nullptr && band < changeBandCount; ++band)
      {
        bands[band] += change->bands[band];
      }
    }
    first += static_cast<std::size_t>(this->parameterOf(this->layers_[l]).shape.filters);
    block.changeBands.insert(block.changeBands.end(), bands.begin(), bands.end());
  }
}

} // namespace tensorview
