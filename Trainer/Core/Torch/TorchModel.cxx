#include "TorchModel.h"

#include "../Network/NetworkZoo.h"
#include "../TrainerOptionsCheck.h"
#include "CachingAllocator.h"
#include "Checkpoint.h"
#include "ComputeDevice.h"
#include "HostCopy.h"
#include "ModelFile.h"
#include "OpenMpTeam.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <thread>

namespace tensorview
{

namespace
{
constexpr std::int64_t mostEvaluatedAtOnce = 500;
constexpr std::int64_t mostEvaluatedValues = std::int64_t(1) << 26; // of the largest layer

int chooseThreads(int asked)
{
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return asked > 0 ? std::min(asked, cores) : cores;
}

/// What the network has to fit: images as they are scaled, and as many scores as are asked for.
NetworkFit fitOf(const TrainerOptions& options, const Dataset& dataset)
{
  const std::int64_t classes = static_cast<std::int64_t>(dataset.classNames.size());
  if (options.classes > 0 && options.classes < classes)
  {
    throw std::invalid_argument("Classes is " + std::to_string(options.classes) +
                                ", but must be 0 or at least the number of classes of '" +
                                dataset.name + "', " + std::to_string(classes));
  }
  const bool scaled = options.imageSize > 0;
  return { { dataset.channels, scaled ? options.imageSize : dataset.rows,
             scaled ? options.imageSize : dataset.columns },
    options.classes > 0 ? options.classes : classes };
}

/// Labels that the class names do not cover would be read beyond the scores.
void checkLabels(const Dataset& dataset)
{
  const std::size_t classes = dataset.classNames.size();
  for (const ImagePart* part : { &dataset.training, &dataset.validation, &dataset.test })
  {
    for (const std::uint16_t label : part->labels)
    {
      if (label >= classes)
      {
        throw DatasetError("data set '" + dataset.name + "': it has a label " +
                           std::to_string(label) + ", but only " + std::to_string(classes) +
                           " classes");
      }
    }
  }
}

void checkBatchSize(const TrainerOptions& options, const Dataset& dataset)
{
  const std::int64_t images = dataset.training.count();
  if (options.batchSize > images)
  {
    throw std::invalid_argument("BatchSize " + std::to_string(options.batchSize) +
                                " must be from 1 to the number of training images of '" +
                                dataset.name + "', " + std::to_string(images));
  }
}

Hyperparameters hyperparametersOf(const TrainerOptions& options)
{
  return { options.learningRate, options.momentum, options.weightDecay, options.adamBeta1,
    options.adamBeta2, options.adamEpsilon };
}

const Dataset& checkedDataset(const TrainerOptions& options, const Dataset& dataset)
{
  checkLabels(dataset);
  checkBatchSize(options, dataset);
  return dataset;
}

/// Runs `work`; torch's errors come out without their stack trace.
template <typename Work>
auto inWords(const char* doing, const Work& work)
{
  try
  {
    return work();
  }
  catch (const c10::Error& error)
  {
    throw std::runtime_error(
      std::string(doing) + " failed in torch: " + error.what_without_backtrace());
  }
}
}

TorchModel::TorchModel(const TrainerOptions& options, std::shared_ptr<const Dataset> dataset)
  : options_(options)
  , predicts_(isPrediction(options))
  , dataset_(std::move(dataset))
  , threads_(chooseThreads(options.threads))
  , device_(chooseDevice(options.device))
  , format_(device_.is_cpu() ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous)
  , graph_(loadNetwork(options.network, fitOf(options, checkedDataset(options, *this->dataset_))))
  , training_(*this->dataset_, this->dataset_->training, this->imageView())
  , validation_(*this->dataset_, this->dataset_->validation, this->imageView())
  , test_(*this->dataset_, this->dataset_->test, this->imageView())
  , order_(options.seed, this->training_.count(), options.batchSize)
  , schedule_(options, this->order_.stepsPerEpoch())
  , generator_(makeGenerator(c10::Device(c10::kCPU), static_cast<std::uint64_t>(options.seed)))
  , store_(this->graph_, device_.is_cpu(), device_, !this->predicts_)
  , executor_(this->graph_, this->store_, format_, device_.is_cpu())
  , probe_(this->graph_, this->validation_.count(), this->evaluationChunk())
  , optimizer_(options.optimizer, this->store_)
  , hyper_(hyperparametersOf(options))
  , tensors_(this->graph_, this->store_, options.recordGradients)
  , watcher_(this->graph_, this->store_, options.trackedWeights)
  , activationSums_(this->graph_, options.accumulateBatches, device_)
{
  if (options.recordGradients)
  {
    this->gradientSums_ = ActivationSums(this->graph_, options.accumulateBatches, device_);
  }
  this->store_.initialise(this->graph_, this->generator_);
  if (!options.loadModel.empty() && options.resume.empty())
  {
    loadModelFile(options.loadModel, options.loadModelSkip, this->graph_, this->store_);
  }
  if (this->device_.is_cuda())
  {
    this->generator_ = makeGenerator(this->device_, static_cast<std::uint64_t>(options.seed));
    at::globalContext().setDeterministicCuDNN(true);
  }
}

TorchModel::~TorchModel() = default;

ImageView TorchModel::imageView() const
{
  return { this->device_, this->format_, this->graph_.input,
    this->options_.normalization == "imagenet" };
}

void TorchModel::threadBegin()
{
  // Threads of torch are a setting of the calling thread that others inherit: every trainer sets
  // its own.
  at::set_num_threads(this->threads_);
}

RunLayout TorchModel::layout() const
{
  RunLayout layout;
  layout.model = this->tensors_.description;
  this->watcher_.describe(layout);
  layout.classNames = this->dataset_->classNames;
  layout.validationLabels = this->dataset_->validation.labels;
  layout.validationIndices = this->dataset_->validation.indices;
  layout.probe = this->probe_.outputs();
  layout.gram = this->probe_.gram();
  layout.stepsPerEpoch = this->stepsPerEpoch();
  layout.threads = this->threads_;
  layout.instructionSet = instructionSet();
  return layout;
}

std::string TorchModel::deviceName() const
{
  return describeDevice(this->device_);
}

void TorchModel::setHyperparameters(double learningRate, double momentum, double weightDecay)
{
  checkHyperparameters(learningRate, momentum, weightDecay);
  this->hyper_.learningRate = learningRate;
  this->hyper_.momentum = momentum;
  this->hyper_.weightDecay = weightDecay;
  // Checkpoints hold the options in force.
  this->options_.learningRate = learningRate;
  this->options_.momentum = momentum;
  this->options_.weightDecay = weightDecay;
}

double TorchModel::learningRateInForce() const
{
  return this->hyper_.learningRate * this->schedule_.factor(this->step_);
}

TorchModel::Undo TorchModel::keepUndo() const
{
  Undo undo;
  for (const RunningStatistics& running : this->store_.runningStatistics())
  {
    undo.running.push_back({ running.layer, running.mean.clone(), running.variance.clone() });
  }
  undo.generator = this->generator_.get_state();
  return undo;
}

void TorchModel::putBack(const Undo& undo)
{
  for (const RunningStatistics& kept : undo.running)
  {
    RunningStatistics& running = *this->store_.findRunning(kept.layer);
    running.mean.copy_(kept.mean);
    running.variance.copy_(kept.variance);
  }
  this->generator_.set_state(undo.generator);
}

void TorchModel::trainOn(const std::int64_t* indices, std::int64_t count, bool first,
  const std::vector<at::Tensor>& activationSums, const std::vector<at::Tensor>& gradientSums)
{
  Pass pass = this->executor_.beginPass(PassMode::Training, this->training_.batch(indices, count));
  pass.generator = &this->generator_;
  pass.firstOfStep = first;
  pass.activationSums = activationSums;
  pass.gradientSums = gradientSums;
  const at::Tensor scores = this->executor_.forward(pass);
  this->executor_.backward(pass, this->loss_.add(scores, this->training_.labelsOf(indices, count)));
}

LossSum TorchModel::collectStep(const Watch& watch)
{
  if (!this->device_.is_cuda())
  {
    return this->loss_.onCpu();
  }
  // The one place where a step waits for the GPU: loss, norms and samples come together. All that
  // the next step needs stays there.
  this->mirror_.begin();
  const std::size_t number = this->mirror_.request(this->loss_.onDevice());
  this->watcher_.request(watch, this->optimizer_, this->mirror_);
  this->mirror_.wait();
  this->watcher_.receive(this->mirror_);
  const double* sums = this->mirror_.at(number).const_data_ptr<double>();
  return { sums[0], static_cast<std::int64_t>(sums[1]) };
}

bool TorchModel::trainStep(
  const Watch& watch, StepReport& report, const std::function<bool()>& proceed)
{
  return this->predicts_
           ? inWords("a prediction", [&] { return this->predict(watch, report, proceed); })
           : inWords("a training step", [&] { return this->update(watch, report, proceed); });
}

bool TorchModel::update(
  const Watch& watch, StepReport& report, const std::function<bool()>& proceed)
{
  const c10::InferenceMode guard;
  const std::int64_t batch = this->options_.batchSize;
  const std::int64_t atOnce =
    this->options_.microBatchSize > 0 ? this->options_.microBatchSize : batch;
  const std::int64_t* indices = this->order_.batch(this->step_);
  const Undo undo = atOnce < batch ? this->keepUndo() : Undo();
  const std::vector<at::Tensor> activationSums = this->activationSums_.beginStep(watch.activations);
  std::vector<at::Tensor> gradientSums(this->graph_.layers.size());
  if (this->options_.recordGradients)
  {
    gradientSums = this->gradientSums_.beginStep(watch.gradients);
  }
  this->gradientsKnown_ = false;
  this->loss_.begin(batch);
  for (std::int64_t begin = 0; begin < batch; begin += atOnce)
  {
    if (begin > 0 && !proceed())
    {
      this->executor_.release();
      this->putBack(undo);
      return false;
    }
    this->trainOn(
      indices + begin, std::min(atOnce, batch - begin), begin == 0, activationSums, gradientSums);
  }
  this->executor_.release();

  Hyperparameters hyper = this->hyper_;
  hyper.learningRate = this->learningRateInForce();
  this->watcher_.beginStep(watch);
  this->optimizer_.update(this->store_, hyper, this->watcher_.moments(watch));
  this->activationSums_.commitStep(activationSums);
  this->gradientSums_.commitStep(gradientSums);
  this->gradientsKnown_ = true;
  this->conclude(hyper.learningRate, watch, report);
  return true;
}

bool TorchModel::predict(
  const Watch& watch, StepReport& report, const std::function<bool()>& proceed)
{
  const c10::InferenceMode guard;
  const std::vector<at::Tensor> sums = this->activationSums_.beginStep(watch.activations);
  this->loss_.begin(this->options_.batchSize);
  const bool whole = this->look(
    PassMode::Evaluation, sums,
    [this](const at::Tensor& scores, const at::Tensor& labels) { this->loss_.add(scores, labels); },
    proceed);
  if (whole)
  {
    this->activationSums_.commitStep(sums);
    this->conclude(0.0, watch, report);
  }
  return whole;
}

void TorchModel::conclude(double learningRate, const Watch& watch, StepReport& report)
{
  this->hasStepped_ = true;
  ++this->step_;
  const LossSum total = this->collectStep(watch);
  const double images = static_cast<double>(this->options_.batchSize);
  report.loss = static_cast<float>(total.loss / images);
  report.accuracy = static_cast<float>(static_cast<double>(total.correct) / images);
  report.learningRate = static_cast<float>(learningRate);
  this->lastWatch_ = watch;
  this->lastReport_ = report;
}

void TorchModel::appendRow(StepBlock& block)
{
  const c10::InferenceMode guard;
  this->watcher_.appendRow(this->lastReport_, this->lastWatch_.statistics, this->lastWatch_.exact,
    this->step_, this->epoch(), block);
}

void TorchModel::appendFilterRow(FilterBlock& block)
{
  const c10::InferenceMode guard;
  this->watcher_.appendFilterRow(this->step_, block);
}

ActivationSums TorchModel::previewActivations()
{
  ActivationSums preview(this->graph_, 1, this->device_);
  const std::vector<at::Tensor> sums = preview.beginStep(true);
  this->look(
    this->predicts_ ? PassMode::Evaluation : PassMode::Preview, sums,
    [](const at::Tensor&, const at::Tensor&) {}, [] { return true; });
  preview.commitStep(sums);
  return preview;
}

bool TorchModel::look(PassMode mode, const std::vector<at::Tensor>& activationSums,
  const std::function<void(const at::Tensor& scores, const at::Tensor& labels)>& scored,
  const std::function<bool()>& proceed)
{
  const std::int64_t* indices = this->order_.batch(this->step_);
  const std::int64_t batch = this->options_.batchSize;
  const std::int64_t micro = this->options_.microBatchSize;
  const std::int64_t atOnce = std::min(micro > 0 ? micro : batch, this->evaluationChunk());
  for (std::int64_t begin = 0; begin < batch; begin += atOnce)
  {
    if (begin > 0 && !proceed())
    {
      this->executor_.release();
      return false;
    }
    const std::int64_t count = std::min(atOnce, batch - begin);
    Pass pass = this->executor_.beginPass(mode, this->training_.batch(indices + begin, count));
    pass.activationSums = activationSums;
    scored(this->executor_.forward(pass), this->training_.labelsOf(indices + begin, count));
  }
  this->executor_.release();
  return true;
}

void TorchModel::copySnapshot(std::vector<std::vector<float>>& buffers, bool gradients)
{
  inWords("a snapshot", [&] { this->copyTensors(buffers, gradients); });
}

void TorchModel::copyTensors(std::vector<std::vector<float>>& buffers, bool gradients)
{
  const c10::InferenceMode guard;
  const ActivationSums preview = this->hasStepped_ ? ActivationSums() : this->previewActivations();
  const ActivationSums& activations = this->hasStepped_ ? this->activationSums_ : preview;
  const bool known = gradients && this->gradientsKnown_;
  buffers.resize(this->tensors_.sources.size());
  for (std::size_t i = 0; i < buffers.size(); ++i)
  {
    const TensorSource& source = this->tensors_.sources[i];
    std::vector<float>& buffer = buffers[i];
    at::Tensor values;
    switch (source.origin)
    {
      case TensorOrigin::Value:
        // Of an earlier snapshot, the buffer holds the same weights already if they never change.
        if (!this->predicts_ || buffer.size() != static_cast<std::size_t>(source.parameter->count))
        {
          ParameterStore::copyOut(this->store_.values, *source.parameter, buffer);
        }
        continue;
      case TensorOrigin::Gradient:
        if (known)
        {
          ParameterStore::copyOut(this->store_.gradients, *source.parameter, buffer);
          continue;
        }
        break;
      case TensorOrigin::RunningMean:
        values = this->store_.findRunning(source.layer)->mean;
        break;
      case TensorOrigin::RunningVariance:
        values = this->store_.findRunning(source.layer)->variance;
        break;
      case TensorOrigin::Activation:
        values = activations.published(source.layer);
        break;
      case TensorOrigin::ActivationGradient:
        if (known)
        {
          values = this->gradientSums_.published(source.layer);
        }
        break;
    }
    if (values.defined())
    {
      copyToHost(values, buffer);
    }
    else
    {
      buffer.clear();
    }
  }
}

void TorchModel::copyProbe(const ProbeWish& wish, std::vector<std::vector<float>>& outputs,
  std::vector<std::vector<double>>& gram)
{
  inWords("the probe batch", [&] { this->computeProbe(wish, outputs, gram); });
}

void TorchModel::computeProbe(const ProbeWish& wish, std::vector<std::vector<float>>& outputs,
  std::vector<std::vector<double>>& gram)
{
  const c10::InferenceMode guard;
  const auto look = [&](const ProbeWish& what)
  { this->probe_.look(this->executor_, this->validation_, what, outputs, gram); };
  if (!this->predicts_)
  {
    look(wish);
    return;
  }
  // It stays the same at every step: computed once, as far as it is wished for.
  ProbeWish missing = wish;
  missing.outputs = wish.outputs && this->keptOutputs_.empty();
  missing.gram.resize(this->probe_.gram().size(), false);
  this->keptGram_.resize(missing.gram.size());
  for (std::size_t i = 0; i < missing.gram.size(); ++i)
  {
    missing.gram[i] = missing.gram[i] && this->keptGram_[i].empty();
  }
  look(missing);
  if (missing.outputs)
  {
    this->keptOutputs_ = outputs;
  }
  outputs = wish.outputs ? this->keptOutputs_ : std::vector<std::vector<float>>();
  for (std::size_t i = 0; i < gram.size(); ++i)
  {
    if (missing.gram[i])
    {
      this->keptGram_[i] = gram[i];
    }
    else if (i < wish.gram.size() && wish.gram[i])
    {
      gram[i] = this->keptGram_[i];
    }
  }
}

std::int64_t TorchModel::evaluationChunk() const
{
  std::int64_t largest = this->graph_.input.size();
  for (const LayerSpec& layer : this->graph_.layers)
  {
    largest = std::max(largest, layer.output.size());
  }
  return std::clamp<std::int64_t>(mostEvaluatedValues / largest, 1, mostEvaluatedAtOnce);
}

Evaluation TorchModel::evaluate(Part part, const std::function<bool()>& proceed)
{
  const ImageStore& images = part == Part::Validation ? this->validation_ : this->test_;
  return inWords("an evaluation", [&] { return this->evaluateOn(images, proceed); });
}

Evaluation TorchModel::evaluateOn(const ImageStore& images, const std::function<bool()>& proceed)
{
  const c10::InferenceMode guard;
  Evaluation result;
  result.step = this->step_;
  result.epoch = this->epoch();
  std::vector<std::uint16_t> predicted(static_cast<std::size_t>(images.count()));
  LossSum total;
  const std::int64_t atOnce = this->evaluationChunk();
  for (std::int64_t begin = 0; begin < images.count(); begin += atOnce)
  {
    if (!proceed())
    {
      return result;
    }
    const std::int64_t count = std::min(atOnce, images.count() - begin);
    Pass pass = this->executor_.beginPass(PassMode::Evaluation, images.range(begin, count));
    const at::Tensor scores = this->executor_.forward(pass).cpu().contiguous();
    this->executor_.release();
    const LossSum sum =
      softmaxCrossEntropy(scores.const_data_ptr<float>(), images.labels().data() + begin, count,
        scores.size(1), count, nullptr, predicted.data() + begin);
    total.loss += sum.loss;
    total.correct += sum.correct;
  }
  if (images.count() > 0)
  {
    const double count = static_cast<double>(images.count());
    result.loss = static_cast<float>(total.loss / count);
    result.accuracy = static_cast<float>(static_cast<double>(total.correct) / count);
    result.predicted = std::move(predicted);
  }
  return result;
}

std::string TorchModel::saveState() const
{
  if (this->predicts_)
  {
    throw std::runtime_error(
      "a network that only predicts has no state of a training; its weights can be saved");
  }
  const c10::InferenceMode guard;
  return writeCheckpoint(this->graph_, this->options_,
    { this->store_, this->optimizer_.name(), this->optimizer_.updates(),
      this->generator_.get_state(), this->step_ });
}

void TorchModel::saveModel(const std::string& path) const
{
  const c10::InferenceMode guard;
  saveModelFile(path, this->graph_, this->store_, this->step_);
}

void TorchModel::loadState(const std::string& bytes)
{
  const c10::InferenceMode guard;
  const CheckpointContent content =
    readCheckpoint(bytes, this->graph_, this->store_, this->optimizer_.name());
  at::Generator generator = this->generator_.clone();
  try
  {
    generator.set_state(content.generator);
  }
  catch (const c10::Error& error)
  {
    throw CheckpointError(
      std::string("the checkpoint's random generator does not fit the device ") +
      this->device_.str() + ": " + error.what_without_backtrace());
  }
  content.apply(this->store_);
  this->generator_ = generator;
  this->optimizer_.setUpdates(content.updates);
  this->step_ = content.step;
  this->activationSums_.clear();
  this->gradientSums_.clear();
  this->gradientsKnown_ = false;
  this->hasStepped_ = false;
}

std::unique_ptr<TrainingModel> createTorchModel(
  const TrainerOptions& options, std::shared_ptr<const Dataset> dataset)
{
  parkOpenMpTeam();
  installCachingAllocator();
  const c10::InferenceMode guard;
  checkOptions(options);
  try
  {
    return std::make_unique<TorchModel>(options, std::move(dataset));
  }
  catch (const c10::Error& error)
  {
    throw std::runtime_error(
      std::string("torch could not make the network: ") + error.what_without_backtrace());
  }
}

} // namespace tensorview
