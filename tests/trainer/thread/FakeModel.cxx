#include "FakeModel.h"

#include "DurableFile.h"
#include "FullSnapshot.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>
#include <thread>

namespace tensorview
{

namespace
{
constexpr std::size_t validationImages = 50;

/// Of the values that exist; NaN if there are none.
double norm(const std::vector<float>& values)
{
  double sum = 0.0;
  bool any = false;
  for (const float v : values)
  {
    sum += std::isnan(v) ? 0.0 : double(v) * double(v);
    any = any || !std::isnan(v);
  }
  return any ? std::sqrt(sum) : std::numeric_limits<double>::quiet_NaN();
}

float quantile(const std::vector<float>& sorted, double q)
{
  return sorted[static_cast<std::size_t>(q * double(sorted.size() - 1))];
}

/// The 12 statistics and the histogram of at most 4,096 of the values.
void appendStatistics(const std::vector<float>& values, StepBlock& block)
{
  const std::size_t stride = values.size() / 4096 + 1;
  std::vector<float> sample;
  for (std::size_t i = 0; i < values.size(); i += stride)
  {
    if (!std::isnan(values[i]))
    {
      sample.push_back(values[i]);
    }
  }
  std::sort(sample.begin(), sample.end());
  const double count = double(sample.size());
  const double sum = std::accumulate(sample.begin(), sample.end(), 0.0);
  const double l2 = norm(sample);
  const double variance = std::max(0.0, l2 * l2 / count - (sum / count) * (sum / count));
  double l1 = 0.0;
  for (const float v : sample)
  {
    l1 += std::fabs(v);
  }
  const double l0 = count - double(std::count(sample.begin(), sample.end(), 0.0F));
  for (const double v : { double(sample.back()), sum / count, double(quantile(sample, 0.5)),
         double(sample.front()), l0, l1, l2, double(quantile(sample, 0.25)),
         double(quantile(sample, 0.75)), std::sqrt(variance), sum, variance })
  {
    block.statistics.push_back(static_cast<float>(v));
  }
  const float low = sample.front();
  const float high = sample.back();
  std::vector<std::uint32_t> bins(histogramBins, 0);
  for (const float v : sample)
  {
    const float place = high > low ? (v - low) / (high - low) : 0.0F;
    ++bins[std::min(histogramBins - 1, std::size_t(place * float(histogramBins)))];
  }
  block.histogram.insert(block.histogram.end(), bins.begin(), bins.end());
  block.histogramRange.push_back(low);
  block.histogramRange.push_back(high);
  block.exact.push_back(stride == 1 ? 1 : 0);
}

template <typename T>
void put(std::string& bytes, const T* values, std::size_t count)
{
  bytes.append(reinterpret_cast<const char*>(values), count * sizeof(T));
}

template <typename T>
void get(const std::string& bytes, std::size_t& at, T* values, std::size_t count)
{
  if (at + count * sizeof(T) > bytes.size())
  {
    throw std::runtime_error("the pretended checkpoint is too short");
  }
  std::memcpy(values, bytes.data() + at, count * sizeof(T));
  at += count * sizeof(T);
}

/// Of `filters` rows of values and a constant 1, row by row.
std::vector<double> productsOf(const std::vector<float>& values, std::size_t filters)
{
  const std::size_t each = values.size() / filters;
  const auto at = [&](std::size_t row, std::size_t k)
  { return row < filters ? static_cast<double>(values[row * each + k]) : 1.0; };
  std::vector<double> products;
  for (std::size_t i = 0; i <= filters; ++i)
  {
    for (std::size_t j = 0; j <= filters; ++j)
    {
      double sum = 0.0;
      for (std::size_t k = 0; k < each; ++k)
      {
        sum += at(i, k) * at(j, k);
      }
      products.push_back(sum);
    }
  }
  return products;
}
}

FakeModel::FakeModel(const TrainerOptions& options, const FakeSettings& settings)
  : options_(options)
  , settings_(settings)
{
  if (options.batchSize > settings.imagesPerEpoch)
  {
    throw std::invalid_argument("BatchSize is " + std::to_string(options.batchSize) +
                                ", but there are only " + std::to_string(settings.imagesPerEpoch) +
                                " training images");
  }
  this->clock_.stepsPerEpoch = settings.imagesPerEpoch / options.batchSize;
  this->layout_.model.name = options.network;
  this->layout_.model.graphJson = R"({"layers":[]})";
  const bool gradients = options.recordGradients;
  if (settings.large)
  {
    this->addLayer("conv1", "convolution", { 16, 1, 3, 3 }, { 16, 1, 28, 28 }, gradients);
    this->addLayer("conv2", "convolution", { 32, 16, 3, 3 }, { 32, 1, 14, 14 }, gradients);
    this->addLayer("fc1", "dense", { 512, 32, 7, 7 }, { 512, 1, 1, 1 }, gradients);
    this->addLayer("fc2", "dense", { 10, 512, 1, 1 }, { 10, 1, 1, 1 }, gradients);
  }
  else
  {
    this->addLayer("conv1", "convolution", { 4, 1, 3, 3 }, { 4, 1, 6, 6 }, gradients);
    this->addLayer("fc1", "dense", { 10, 4, 1, 1 }, { 10, 1, 1, 1 }, gradients);
  }
  this->layout_.metricColumns.insert(
    this->layout_.metricColumns.begin(), { "loss", "accuracy", "learning_rate" });
  for (int i = 0; i < 10; ++i)
  {
    this->layout_.classNames.push_back(std::to_string(i));
  }
  for (std::size_t i = 0; i < validationImages; ++i)
  {
    this->layout_.validationLabels.push_back(static_cast<std::uint16_t>(i % 10));
    this->layout_.validationIndices.push_back(static_cast<std::int64_t>(i));
  }
  this->layout_.instructionSet = "pretended";
}

void FakeModel::addLayer(const std::string& name, const std::string& type, TensorShape weight,
  TensorShape activation, bool gradients)
{
  const auto number = this->layers_.size();
  Layer layer;
  layer.weightShape = weight;
  layer.activationShape = activation;
  std::mt19937 random(static_cast<std::uint32_t>(this->options_.seed * 100 + number));
  const float reach = 1.0F / std::sqrt(float(weight.perFilter()));
  const auto draw = [&]
  { return reach * (2.0F * float(random()) / float(std::mt19937::max()) - 1.0F); };
  const auto count = static_cast<std::size_t>(weight.size());
  layer.weight.resize(count);
  layer.goal.resize(count);
  std::generate(layer.weight.begin(), layer.weight.end(), draw);
  std::generate(layer.goal.begin(), layer.goal.end(), draw);
  layer.velocity.assign(count, 0.0F);
  layer.change.assign(count, 0.0F);
  layer.frozen.assign(static_cast<std::size_t>(weight.filters), 0);
  layer.bias.resize(static_cast<std::size_t>(weight.filters));
  std::generate(layer.bias.begin(), layer.bias.end(), draw);
  this->layers_.push_back(std::move(layer));

  RunLayout& layout = this->layout_;
  const auto id = static_cast<std::int32_t>(number);
  LayerDescription description{ id, name, type, {} };
  for (std::int64_t slot = 0; slot < weight.filters; ++slot)
  {
    description.slots.push_back({ static_cast<std::int32_t>(slot), 0, -1, -1 });
  }
  layout.model.layers.push_back(description);
  layout.model.tensors.push_back({ id, name, kinds::weight, weight, id - 1 });
  layout.model.tensors.push_back({ id, name, kinds::bias, { weight.filters, 1, 1, 1 } });
  layout.model.tensors.push_back({ id, name, kinds::activation, activation });
  if (gradients)
  {
    layout.model.tensors.push_back({ id, name, kinds::weightGradient, weight, id - 1 });
  }
  layout.metricColumns.push_back(name + "/weight_norm");
  layout.metricColumns.push_back(name + "/weight_gradient_norm");
  layout.statisticTensors.push_back({ name, kinds::weight });
  layout.statisticTensors.push_back({ name, kinds::weightGradient });
  for (std::int64_t i = 0; i < 4; ++i)
  {
    layout.tracked.push_back({ id, i });
  }
  layout.filterSeries.push_back({ name + "/weight_norm", id, weight.filters });
  layout.changeBandLayers.push_back(name);
  if (activation.rows * activation.columns < 16)
  {
    layout.probe.push_back({ id, name, kinds::activation, { weight.filters, 1, 1, 8 } });
  }
  if (type == "convolution")
  {
    layout.gram.push_back({ id, name, weight.filters, 1 });
  }
  else if (name == "fc1" && this->settings_.gramImages > 0)
  {
    layout.gram.push_back({ id, name, weight.filters, this->settings_.gramImages });
  }
}

void FakeModel::setBatchSize(int batchSize)
{
  if (batchSize > this->settings_.imagesPerEpoch || this->clock_.stepInEpoch(this->step_) != 0)
  {
    throw std::invalid_argument("the pretended network takes no batches of that size now");
  }
  this->options_.batchSize = batchSize;
  this->clock_ = { this->settings_.imagesPerEpoch / batchSize, this->step_,
    this->clock_.epochIndex(this->step_) };
}

void FakeModel::setHyperparameters(double learningRate, double momentum, double weightDecay)
{
  this->options_.learningRate = learningRate;
  this->options_.momentum = momentum;
  this->options_.weightDecay = weightDecay;
}

void FakeModel::setMethod(const TrainerOptions& options)
{
  if (options.optimizer == "adamw")
  {
    throw std::invalid_argument("the pretended network knows no adamw");
  }
  if (options.optimizer != this->options_.optimizer)
  {
    for (Layer& layer : this->layers_)
    {
      for (float& velocity : layer.velocity)
      {
        velocity = std::isnan(velocity) ? velocity : 0.0F;
      }
    }
  }
  this->options_.optimizer = options.optimizer;
  this->options_.microBatchSize = options.microBatchSize;
  this->factor_ = options.learningRateSchedule == "step" ? options.scheduleFactor : 1.0;
}

float FakeModel::move(Layer& layer, std::size_t number)
{
  const double ofBatch = 1.0 + 1e-4 * (this->options_.batchSize - 100);
  const auto rate = static_cast<float>(this->options_.learningRate * this->factor_ * ofBatch);
  const auto momentum = static_cast<float>(this->options_.momentum);
  const auto decay = static_cast<float>(this->options_.weightDecay);
  const float wave = 0.02F * std::sin(0.05F * float(this->step_) + float(number));
  float distance = 0.0F;
  for (std::size_t i = 0; i < layer.weight.size(); ++i)
  {
    const auto slot = i / static_cast<std::size_t>(layer.weightShape.perFilter());
    if (std::isnan(layer.weight[i]) || layer.frozen[slot] != 0)
    {
      continue;
    }
    const float away = layer.goal[i] - layer.weight[i];
    distance += std::fabs(away);
    layer.velocity[i] = momentum * layer.velocity[i] + away - decay * layer.weight[i] + wave;
    layer.change[i] = rate * 0.1F * layer.velocity[i];
    layer.weight[i] += layer.change[i];
  }
  return distance / float(layer.weight.size());
}

bool FakeModel::trainStep(
  const Watch& watch, StepReport& report, const std::function<bool()>& proceed)
{
  if (this->settings_.onStep)
  {
    this->settings_.onStep(this->step_ + 1);
  }
  if (this->settings_.throwAtStep == this->step_ + 1)
  {
    throw std::runtime_error("the pretended network broke");
  }
  if (this->settings_.stepMicroseconds > 0)
  {
    std::this_thread::sleep_for(std::chrono::microseconds(this->settings_.stepMicroseconds));
  }
  if (this->options_.microBatchSize > 0 && !proceed())
  {
    return false;
  }
  this->watched_ = watch;
  ++this->step_;
  float loss = 0.0F;
  for (std::size_t i = 0; i < this->layers_.size(); ++i)
  {
    loss += this->move(this->layers_[i], i);
  }
  this->loss_ = this->options_.learningRate > 10.0 ? std::numeric_limits<float>::quiet_NaN() : loss;
  report.loss = this->loss_;
  report.accuracy = 1.0F / (1.0F + loss);
  report.learningRate = static_cast<float>(this->options_.learningRate * this->factor_);
  return true;
}

void FakeModel::appendRow(StepBlock& block)
{
  block.step.push_back(this->step_);
  block.epoch.push_back(this->epoch());
  block.metrics.push_back(this->loss_);
  block.metrics.push_back(1.0F / (1.0F + this->loss_));
  block.metrics.push_back(static_cast<float>(this->options_.learningRate));
  for (const Layer& layer : this->layers_)
  {
    block.metrics.push_back(static_cast<float>(norm(layer.weight)));
    block.metrics.push_back(static_cast<float>(norm(layer.change)));
    block.tracked.insert(block.tracked.end(), layer.weight.begin(), layer.weight.begin() + 4);
    if (this->watched_.statistics)
    {
      appendStatistics(layer.weight, block);
      appendStatistics(layer.change, block);
    }
  }
}

void FakeModel::appendFilterRow(FilterBlock& block)
{
  block.step.push_back(this->step_);
  block.series.resize(this->layers_.size());
  for (std::size_t i = 0; i < this->layers_.size(); ++i)
  {
    const Layer& layer = this->layers_[i];
    const auto size = static_cast<std::size_t>(layer.weightShape.perFilter());
    for (std::size_t begin = 0; begin < layer.weight.size(); begin += size)
    {
      const std::vector<float> filter(
        layer.weight.begin() + begin, layer.weight.begin() + begin + size);
      block.series[i].push_back(static_cast<float>(norm(filter)));
    }
    std::vector<std::uint32_t> bands(changeBandCount, 0);
    for (std::size_t k = 0; k < layer.weight.size(); ++k)
    {
      if (std::isnan(layer.weight[k]))
      {
        continue;
      }
      const float ratio = std::fabs(layer.change[k]) /
                          (std::fabs(layer.weight[k]) + std::numeric_limits<float>::min());
      const auto band = ratio > 1.0F ? 0 : 1 + int(std::floor(-std::log10(ratio + 1e-30F)));
      ++bands[std::min<std::size_t>(changeBandCount - 1, std::size_t(std::max(0, band)))];
    }
    block.changeBands.insert(block.changeBands.end(), bands.begin(), bands.end());
  }
}

std::vector<float> FakeModel::activation(std::size_t layer) const
{
  const TensorShape& shape = this->layers_[layer].activationShape;
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(shape.size()));
  for (const std::int32_t filter : this->slotsOf(layer))
  {
    const bool twin = layer == 0 && (filter == 4 || filter == 9);
    const auto pattern = static_cast<float>(twin ? 3 : filter);
    const float own = twin ? 0.01F * float(filter) : 0.0F;
    const float drift = 0.01F * float(this->step_);
    for (std::int64_t row = 0; row < shape.rows; ++row)
    {
      for (std::int64_t column = 0; column < shape.columns; ++column)
      {
        const float wave = std::sin(0.3F * (pattern + 1.0F) * float(row) + drift) +
                           std::cos(0.2F * (pattern + 2.0F) * float(column) + own);
        values.push_back(std::max(0.0F, wave) * float(this->options_.batchSize));
      }
    }
  }
  return values;
}

void FakeModel::copySnapshot(std::vector<std::vector<float>>& buffers, bool gradients)
{
  const auto& tensors = this->layout_.model.tensors;
  buffers.resize(tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i)
  {
    const auto number = static_cast<std::size_t>(tensors[i].layerId);
    const Layer& layer = this->layers_[number];
    if (tensors[i].kind == kinds::weight)
    {
      buffers[i] = this->present(number, layer.weight);
    }
    else if (tensors[i].kind == kinds::bias)
    {
      buffers[i].clear();
      for (const std::int32_t slot : this->slotsOf(number))
      {
        buffers[i].push_back(layer.bias[static_cast<std::size_t>(slot)]);
      }
    }
    else if (tensors[i].kind == kinds::weightGradient)
    {
      buffers[i] =
        gradients && this->step_ > 0 ? this->present(number, layer.change) : std::vector<float>();
    }
    else
    {
      const bool known = this->step_ == 0 || this->watched_.activations;
      buffers[i] = known ? this->activation(number) : std::vector<float>();
    }
  }
}

void FakeModel::copyProbe(const ProbeWish& wish, std::vector<std::vector<float>>& outputs,
  std::vector<std::vector<double>>& gram)
{
  if (this->settings_.onProbe)
  {
    this->settings_.onProbe(wish);
  }
  outputs.assign(wish.outputs ? this->layout_.probe.size() : 0, {});
  for (std::size_t i = 0; i < outputs.size(); ++i)
  {
    const TensorDescription& probe = this->layout_.probe[i];
    for (const std::int32_t slot : this->slotsOf(static_cast<std::size_t>(probe.layerId)))
    {
      for (std::int64_t k = 0; k < probe.shape.perFilter(); ++k)
      {
        const auto at = static_cast<float>(slot * probe.shape.perFilter() + k);
        outputs[i].push_back(std::sin(0.1F * at + 0.01F * float(this->step_)));
      }
    }
  }
  gram.assign(this->layout_.gram.size(), {});
  for (std::size_t i = 0; i < gram.size(); ++i)
  {
    if (i < wish.gram.size() && wish.gram[i])
    {
      const auto layer = static_cast<std::size_t>(this->layout_.gram[i].layerId);
      gram[i] = productsOf(this->activation(layer), this->slotsOf(layer).size());
    }
  }
}

Evaluation FakeModel::evaluate(Part part, const std::function<bool()>& proceed)
{
  Evaluation evaluation;
  evaluation.step = this->step_;
  evaluation.epoch = this->epoch();
  for (int i = 0; i < this->settings_.batchesPerEvaluation; ++i)
  {
    if (this->settings_.onEvaluationBatch)
    {
      this->settings_.onEvaluationBatch();
    }
    if (!proceed())
    {
      return evaluation;
    }
  }
  const float distance = this->distance();
  evaluation.loss = distance;
  evaluation.accuracy = 1.0F / (1.0F + distance);
  if (part == Part::Validation)
  {
    for (std::size_t i = 0; i < validationImages; ++i)
    {
      evaluation.predicted.push_back(static_cast<std::uint16_t>((i + this->step_ / 100) % 10));
    }
  }
  return evaluation;
}

float FakeModel::distance() const
{
  float distance = 0.0F;
  for (const Layer& layer : this->layers_)
  {
    for (std::size_t i = 0; i < layer.weight.size(); ++i)
    {
      const float away = std::fabs(layer.goal[i] - layer.weight[i]);
      distance += std::isnan(away) ? 0.0F : away / float(layer.weight.size());
    }
  }
  return distance;
}

std::vector<std::int32_t> FakeModel::slotsOf(std::size_t layer) const
{
  const auto id = static_cast<std::int32_t>(layer);
  return presentSlots(this->layout_.model, id, this->layers_[layer].weightShape.filters);
}

/// Of `weights`, laid out like the layer's, those that exist.
std::vector<float> FakeModel::present(std::size_t layer, const std::vector<float>& weights) const
{
  const TensorShape& shape = this->layers_[layer].weightShape;
  const auto channels =
    presentSlots(this->layout_.model, static_cast<std::int32_t>(layer) - 1, shape.channels);
  const std::int64_t window = shape.rows * shape.columns;
  std::vector<float> values;
  for (const std::int32_t slot : this->slotsOf(layer))
  {
    for (const std::int32_t channel : channels)
    {
      const auto from = weights.begin() + (slot * shape.channels + channel) * window;
      values.insert(values.end(), from, from + window);
    }
  }
  return values;
}

std::string FakeModel::saveState() const
{
  std::string bytes = "pretended checkpoint\n";
  put(bytes, &this->step_, 1);
  put(bytes, &this->clock_, 1);
  put(bytes, &this->options_.batchSize, 1);
  for (std::size_t i = 0; i < this->layers_.size(); ++i)
  {
    const Layer& layer = this->layers_[i];
    put(bytes, layer.weight.data(), layer.weight.size());
    put(bytes, layer.velocity.data(), layer.velocity.size());
    put(bytes, layer.bias.data(), layer.bias.size());
    put(bytes, layer.frozen.data(), layer.frozen.size());
    for (const SlotEntry& entry : this->layout_.model.layers[i].slots)
    {
      put(bytes, &entry.removedStep, 1);
    }
  }
  return bytes;
}

void FakeModel::saveModel(const std::string& path) const
{
  writeDurably(path, "pretended weights of step " + std::to_string(this->step_));
}

void FakeModel::loadState(const std::string& bytes)
{
  const std::string magic = "pretended checkpoint\n";
  if (bytes.compare(0, magic.size(), magic) != 0)
  {
    throw std::runtime_error("not a pretended checkpoint");
  }
  if (bytes.size() != this->saveState().size())
  {
    throw std::runtime_error("a pretended checkpoint of another network");
  }
  std::size_t at = magic.size();
  get(bytes, at, &this->step_, 1);
  get(bytes, at, &this->clock_, 1);
  get(bytes, at, &this->options_.batchSize, 1);
  for (std::size_t i = 0; i < this->layers_.size(); ++i)
  {
    Layer& layer = this->layers_[i];
    get(bytes, at, layer.weight.data(), layer.weight.size());
    get(bytes, at, layer.velocity.data(), layer.velocity.size());
    get(bytes, at, layer.bias.data(), layer.bias.size());
    get(bytes, at, layer.frozen.data(), layer.frozen.size());
    for (SlotEntry& entry : this->layout_.model.layers[i].slots)
    {
      get(bytes, at, &entry.removedStep, 1);
    }
  }
}

class FakeModel::State final : public ModelState
{
public:
  explicit State(const FakeModel& model)
    : step_(model.step_)
    , bytes_(model.saveState())
    , optimizer_(model.options_.optimizer)
  {
  }
  std::int64_t step() const override { return this->step_; }
  std::size_t bytes() const override { return this->bytes_.size(); }
  std::string serialize() const override { return this->bytes_; }

private:
  std::int64_t step_;
  std::string bytes_;

public:
  const std::string optimizer_;
};

std::shared_ptr<const ModelState> FakeModel::keepState() const
{
  return std::make_shared<State>(*this);
}

void FakeModel::restoreState(const ModelState& state)
{
  if (dynamic_cast<const State&>(state).optimizer_ != this->options_.optimizer)
  {
    throw std::runtime_error("the optimizer was another one then");
  }
  this->loadState(state.serialize());
}

class FakeModel::Study final : public EditStudy
{
public:
  explicit Study(const FakeModel& model)
    : model_(model)
  {
  }

  EditPlan plan(const EditRequest& request, const std::function<bool()>& proceed) override
  {
    this->look(proceed);
    return this->model_.plan(request);
  }

  Evaluation evaluate(
    const EditPlan* plan, DataPart part, const std::function<bool()>& proceed) override
  {
    this->look(proceed);
    FakeModel copy = this->model_;
    if (plan)
    {
      copy.applyEdit(*plan);
    }
    Evaluation evaluation = copy.evaluate(part, [] { return true; });
    evaluation.accuracy -= plan ? this->model_.settings_.editDamage : 0.0F;
    return evaluation;
  }

private:
  void look(const std::function<bool()>& proceed) const
  {
    for (int i = 0; i < this->model_.settings_.batchesPerEvaluation; ++i)
    {
      if (this->model_.settings_.onStudyBatch)
      {
        this->model_.settings_.onStudyBatch();
      }
      if (!proceed())
      {
        throw std::runtime_error("the study was interrupted");
      }
    }
  }

  FakeModel model_;
};

std::unique_ptr<EditStudy> FakeModel::study() const
{
  return std::make_unique<Study>(*this);
}

EditPlan FakeModel::plan(const EditRequest& request) const
{
  const auto found =
    std::find_if(this->layout_.model.layers.begin(), this->layout_.model.layers.end(),
      [&](const LayerDescription& layer) { return layer.name == request.layer; });
  if (found == this->layout_.model.layers.end() || found + 1 == this->layout_.model.layers.end())
  {
    throw std::invalid_argument("the layer '" + request.layer + "' has no filters to remove");
  }
  if (!std::isfinite(this->loss_))
  {
    throw std::runtime_error("the statistics of '" + request.layer + "' are not finite");
  }
  const auto number = static_cast<std::size_t>(found->id);
  const Layer& layer = this->layers_[number];
  const auto size = static_cast<std::size_t>(layer.weightShape.perFilter());
  EditPlan plan;
  plan.request = request;
  plan.step = this->step_;
  EditPlan::Member member;
  member.layer = request.layer;
  for (const std::int32_t slot : this->slotsOf(number))
  {
    member.present.push_back(slot);
    const auto begin = layer.weight.begin() + std::ptrdiff_t(std::size_t(slot) * size);
    plan.ranking.push_back({ slot, 0, norm({ begin, begin + std::ptrdiff_t(size) }), 0.0 });
  }
  std::sort(plan.ranking.begin(), plan.ranking.end(),
    [](const EditPlan::Candidate& a, const EditPlan::Candidate& b) { return a.score < b.score; });
  member.removed = request.slots;
  if (request.groups && this->settings_.mostMerged == 0)
  {
    throw NothingToMerge("no two filters of '" + request.layer + "' are alike");
  }
  const auto most = static_cast<std::size_t>(
    request.groups ? this->settings_.mostMerged : layer.weightShape.filters);
  const auto goes = [&](int slot)
  { return std::find(member.removed.begin(), member.removed.end(), slot) != member.removed.end(); };
  for (const EditPlan::Candidate& candidate : plan.ranking)
  {
    const auto left = member.present.size() - member.removed.size();
    if (request.slots.empty() && member.removed.size() < most &&
        left > static_cast<std::size_t>(std::max<std::int64_t>(1, request.pruneTo)))
    {
      member.removed.push_back(candidate.slot);
    }
  }
  std::sort(member.removed.begin(), member.removed.end());
  for (const int slot : member.removed)
  {
    if (std::find(member.present.begin(), member.present.end(), slot) == member.present.end())
    {
      throw std::invalid_argument(
        "the layer '" + request.layer + "' has no filter in slot " + std::to_string(slot));
    }
  }
  if (member.removed.size() >= member.present.size())
  {
    throw std::invalid_argument("all filters of '" + request.layer + "' would go");
  }
  const auto survivor = std::find_if_not(member.present.begin(), member.present.end(), goes);
  member.survivors.assign(member.removed.size(), *survivor);
  plan.readers.push_back({ (found + 1)->name, {} });
  plan.predictedError = 0.01 * double(member.removed.size());
  plan.members.push_back(std::move(member));
  return plan;
}

EditReport FakeModel::applyEdit(const EditPlan& plan)
{
  const EditPlan::Member& member = plan.members.at(0);
  auto& layers = this->layout_.model.layers;
  const auto found = std::find_if(layers.begin(), layers.end(),
    [&](const LayerDescription& layer) { return layer.name == member.layer; });
  const auto number = static_cast<std::size_t>(found->id);
  const auto present = this->slotsOf(number);
  if (!std::equal(present.begin(), present.end(), member.present.begin(), member.present.end()))
  {
    throw std::runtime_error("the plan is for other filters than there are");
  }
  EditReport report;
  report.what = "prune";
  report.step = this->step_;
  report.choice = plan.request.slots.empty() ? toString(plan.request.choice) : "slots";
  report.method = toString(plan.request.method);
  report.predictedError = plan.predictedError;
  report.why = plan.request.why;
  const auto before = static_cast<std::int64_t>(present.size());
  report.layers.push_back({ member.layer, before,
    before - static_cast<std::int64_t>(member.removed.size()), member.removed, member.survivors });

  const float nan = std::numeric_limits<float>::quiet_NaN();
  Layer& layer = this->layers_[number];
  Layer& reader = this->layers_[number + 1];
  const std::int64_t size = layer.weightShape.perFilter();
  const std::int64_t window = reader.weightShape.rows * reader.weightShape.columns;
  for (std::size_t i = 0; i < member.removed.size(); ++i)
  {
    const int slot = member.removed[i];
    for (auto* values : { &layer.weight, &layer.velocity, &layer.change })
    {
      std::fill_n(values->begin() + slot * size, size, nan);
    }
    layer.bias[static_cast<std::size_t>(slot)] = nan;
    if (this->settings_.breakEdits)
    {
      throw std::runtime_error("the pretended surgery broke");
    }
    for (std::int64_t filter = 0; filter < reader.weightShape.filters; ++filter)
    {
      const std::int64_t row = filter * reader.weightShape.channels;
      for (std::int64_t k = 0; k < window; ++k)
      {
        const auto from = static_cast<std::size_t>((row + slot) * window + k);
        const auto to = static_cast<std::size_t>((row + member.survivors[i]) * window + k);
        reader.weight[to] += reader.weight[from];
        for (auto* values : { &reader.weight, &reader.velocity, &reader.change })
        {
          (*values)[from] = nan;
        }
      }
    }
    found->slots[static_cast<std::size_t>(slot)].removedStep = this->step_;
  }
  return report;
}

EditReport FakeModel::setFrozen(
  const std::string& layer, const std::vector<int>& slots, bool frozen)
{
  for (const LayerDescription& description : this->layout_.model.layers)
  {
    if (description.name != layer)
    {
      continue;
    }
    const auto number = static_cast<std::size_t>(description.id);
    EditReport report;
    report.what = frozen ? "freeze" : "unfreeze";
    report.step = this->step_;
    const auto present = this->slotsOf(number);
    const auto count = static_cast<std::int64_t>(present.size());
    std::vector<int> chosen = slots;
    if (chosen.empty())
    {
      chosen.assign(present.begin(), present.end());
    }
    for (const int slot : chosen)
    {
      this->layers_[number].frozen.at(static_cast<std::size_t>(slot)) = frozen ? 1 : 0;
    }
    report.layers.push_back({ layer, count, count, chosen, {} });
    return report;
  }
  throw std::invalid_argument("there is no layer '" + layer + "'");
}

EngineBackend fakeBackend(const FakeSettings& settings)
{
  EngineBackend backend;
  backend.loadData = [](const TrainerOptions&, const DatasetProgress& progress)
  {
    if (progress && !progress(0.5))
    {
      throw DatasetError("interrupted");
    }
    return std::make_shared<const Dataset>();
  };
  backend.createModel = [settings](const TrainerOptions& options, std::shared_ptr<const Dataset>)
  { return std::make_unique<FakeModel>(options, settings); };
  return backend;
}

} // namespace tensorview
