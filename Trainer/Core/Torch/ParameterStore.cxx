#include "ParameterStore.h"

#include "HostCopy.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tensorview
{

namespace
{
constexpr std::int64_t alignment = 16; // values, 64 bytes

/// One filter from [pixel][channel] to [channel][pixel].
void toChannelsFirst(const float* filter, float* out, std::int64_t channels, std::int64_t pixels)
{
  for (std::int64_t channel = 0; channel < channels; ++channel)
  {
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
    {
      out[channel * pixels + pixel] = filter[pixel * channels + channel];
    }
  }
}

/// Standard deviation of the initial weights of a layer that does not have uniform ones.
double initialDeviation(const LayerSpec& layer)
{
  if (layer.initialWeights == InitialWeights::Normal)
  {
    return layer.initialDeviation;
  }
  const std::int64_t window =
    layer.type == LayerType::Convolution ? layer.kernel * layer.kernel : 1;
  return std::sqrt(2.0 / static_cast<double>(layer.units * window)); // He et al. 2015, fan-out
}
}

std::int64_t Parameter::position(std::int64_t index) const
{
  if (!this->channelsLast)
  {
    return this->offset + index;
  }
  const std::int64_t pixels = this->shape.rows * this->shape.columns;
  const std::int64_t filter = index / this->shape.perFilter();
  const std::int64_t inFilter = index % this->shape.perFilter();
  const std::int64_t channel = inFilter / pixels;
  const std::int64_t pixel = inFilter % pixels;
  return this->offset + filter * this->shape.perFilter() + pixel * this->shape.channels + channel;
}

ParameterStore::ParameterStore(
  const NetworkGraph& graph, bool channelsLast, c10::Device device, bool trains)
  : channelsLast_(channelsLast)
{
  for (std::size_t i = 0; i < graph.layers.size(); ++i)
  {
    const LayerSpec& layer = graph.layers[i];
    const int index = static_cast<int>(i);
    const std::int64_t channels = graph.outputOf(layer.inputs[0]).channels;
    TensorShape perFilter;
    if (layer.type == LayerType::Convolution)
    {
      this->add(layer, index, ParameterRole::Weight,
        { layer.units, channels, layer.kernel, layer.kernel },
        { layer.units, channels, layer.kernel, layer.kernel }, channelsLast);
      perFilter.filters = layer.units;
    }
    else if (layer.type == LayerType::Dense)
    {
      const MapShape window = graph.denseWindow(index);
      this->add(layer, index, ParameterRole::Weight,
        { layer.units, window.channels, window.rows, window.columns }, { layer.units, channels },
        channelsLast && graph.flattensInStorageOrder(layer.inputs[0]));
      perFilter.filters = layer.units;
    }
    else if (layer.type == LayerType::BatchNorm)
    {
      perFilter.filters = channels;
      this->add(layer, index, ParameterRole::Weight, perFilter, { channels }, false);
      this->runningStatistics_.push_back(
        { index, at::zeros({ channels }, at::TensorOptions().device(device)),
          at::ones({ channels }, at::TensorOptions().device(device)) });
    }
    else
    {
      continue;
    }
    if (layer.bias)
    {
      this->add(layer, index, ParameterRole::Bias, perFilter, { perFilter.filters }, false);
    }
  }
  const at::TensorOptions options = at::TensorOptions().device(device).dtype(at::kFloat);
  this->values = at::zeros({ this->size_ }, options);
  if (trains)
  {
    this->gradients = at::zeros({ this->size_ }, options);
    this->firstMoments = at::zeros({ this->size_ }, options);
  }
}

void ParameterStore::add(const LayerSpec& layer, int index, ParameterRole role,
  const TensorShape& shape, const std::vector<std::int64_t>& sizes, bool channelsLast)
{
  Parameter parameter;
  parameter.name = layer.name + (role == ParameterRole::Weight ? ".weight" : ".bias");
  parameter.layer = index;
  parameter.role = role;
  parameter.shape = shape;
  parameter.sizes = sizes;
  parameter.offset = this->size_;
  parameter.count = shape.size();
  parameter.channelsLast = channelsLast;
  this->parameters_.push_back(parameter);
  this->size_ += (parameter.count + alignment - 1) / alignment * alignment;
}

const Parameter* ParameterStore::find(int layer, ParameterRole role) const
{
  for (const Parameter& parameter : this->parameters_)
  {
    if (parameter.layer == layer && parameter.role == role)
    {
      return &parameter;
    }
  }
  return nullptr;
}

RunningStatistics* ParameterStore::findRunning(int layer)
{
  for (RunningStatistics& running : this->runningStatistics_)
  {
    if (running.layer == layer)
    {
      return &running;
    }
  }
  return nullptr;
}

const RunningStatistics* ParameterStore::findRunning(int layer) const
{
  return const_cast<ParameterStore*>(this)->findRunning(layer);
}

ParameterStore ParameterStore::copy(bool withMoments) const
{
  ParameterStore result = *this;
  const auto cloned = [](const at::Tensor& tensor)
  { return tensor.defined() ? tensor.clone() : at::Tensor(); };
  result.values = this->values.clone();
  result.gradients.reset();
  result.firstMoments = withMoments ? cloned(this->firstMoments) : at::Tensor();
  result.secondMoments = withMoments ? cloned(this->secondMoments) : at::Tensor();
  for (RunningStatistics& running : result.runningStatistics_)
  {
    running.mean = running.mean.clone();
    running.variance = running.variance.clone();
  }
  return result;
}

void ParameterStore::prepareGradients()
{
  if (this->firstMoments.defined())
  {
    this->gradients = at::zeros_like(this->values);
  }
}

at::Tensor ParameterStore::view(const at::Tensor& flat, const Parameter& parameter)
{
  if (!flat.defined())
  {
    return {};
  }
  const at::Tensor part = flat.narrow(0, parameter.offset, parameter.count);
  const TensorShape& shape = parameter.shape;
  if (parameter.channelsLast)
  {
    return part.view({ shape.filters, shape.rows, shape.columns, shape.channels })
      .permute({ 0, 3, 1, 2 });
  }
  return part.view(parameter.sizes);
}

at::Tensor ParameterStore::windows(const at::Tensor& flat, const Parameter& parameter)
{
  const TensorShape& shape = parameter.shape;
  const at::Tensor part = flat.narrow(0, parameter.offset, parameter.count);
  return parameter.channelsLast
           ? part.view({ shape.filters, shape.rows, shape.columns, shape.channels })
               .permute({ 0, 3, 1, 2 })
           : part.view({ shape.filters, shape.channels, shape.rows, shape.columns });
}

at::Tensor ParameterStore::matrix(const at::Tensor& flat, const Parameter& parameter)
{
  if (!flat.defined())
  {
    return {};
  }
  return flat.narrow(0, parameter.offset, parameter.count)
    .view({ parameter.shape.filters, parameter.shape.perFilter() });
}

at::Tensor ParameterStore::toTorch(const at::Tensor& flat, const Parameter& parameter)
{
  at::Tensor copy = at::empty(parameter.sizes, flat.options().device(at::kCPU));
  std::vector<float> values;
  ParameterStore::copyOut(flat, parameter, values);
  std::memcpy(copy.data_ptr<float>(), values.data(), values.size() * sizeof(float));
  return copy;
}

void ParameterStore::fromTorch(
  const at::Tensor& flat, const Parameter& parameter, const at::Tensor& tensor)
{
  at::Tensor target = ParameterStore::view(flat, parameter);
  target.copy_(tensor.reshape(target.sizes()));
}

void ParameterStore::copyOut(
  const at::Tensor& flat, const Parameter& parameter, std::vector<float>& out)
{
  const at::Tensor part = toHost(flat.narrow(0, parameter.offset, parameter.count));
  const float* values = part.const_data_ptr<float>();
  out.resize(static_cast<std::size_t>(parameter.count));
  const std::int64_t perFilter = parameter.shape.perFilter();
  const std::int64_t pixels = parameter.shape.rows * parameter.shape.columns;
  const bool transpose = parameter.channelsLast && pixels > 1 && parameter.shape.channels > 1;
  const std::int64_t grain = std::max<std::int64_t>(1, 16384 / perFilter);
  at::parallel_for(0, parameter.shape.filters, grain,
    [&](std::int64_t begin, std::int64_t end)
    {
      if (!transpose)
      {
        std::memcpy(out.data() + begin * perFilter, values + begin * perFilter,
          static_cast<std::size_t>((end - begin) * perFilter) * sizeof(float));
        return;
      }
      for (std::int64_t filter = begin; filter < end; ++filter)
      {
        toChannelsFirst(values + filter * perFilter, out.data() + filter * perFilter,
          parameter.shape.channels, pixels);
      }
    });
}

void ParameterStore::initialise(const NetworkGraph& graph, at::Generator& generator)
{
  for (const Parameter& parameter : this->parameters_)
  {
    const LayerSpec& layer = graph.layers[static_cast<std::size_t>(parameter.layer)];
    at::Tensor drawn = at::empty(parameter.sizes, at::TensorOptions().dtype(at::kFloat));
    if (layer.type == LayerType::BatchNorm)
    {
      drawn.fill_(parameter.role == ParameterRole::Weight ? 1.0 : 0.0);
    }
    else if (layer.initialWeights != InitialWeights::Uniform)
    {
      drawn.zero_();
      if (parameter.role == ParameterRole::Weight)
      {
        drawn.normal_(0.0, initialDeviation(layer), generator);
      }
    }
    else if (parameter.role == ParameterRole::Weight)
    {
      // The arithmetic of torch.nn.init.kaiming_uniform_, rounding included.
      const double gain = std::sqrt(2.0 / (1.0 + 5.0));
      const double deviation = gain / std::sqrt(static_cast<double>(parameter.shape.perFilter()));
      const double bound = std::sqrt(3.0) * deviation;
      drawn.uniform_(-bound, bound, generator);
    }
    else
    {
      const Parameter* weight = this->find(parameter.layer, ParameterRole::Weight);
      const double bound = 1.0 / std::sqrt(static_cast<double>(weight->shape.perFilter()));
      drawn.uniform_(-bound, bound, generator);
    }
    ParameterStore::fromTorch(this->values, parameter, drawn);
  }
}

} // namespace tensorview
