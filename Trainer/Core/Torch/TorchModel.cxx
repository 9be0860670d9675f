#include "TorchModel.h"

#include "../DurableFile.h"
#include "../Network/EditPlanner.h"
#include "../Network/NetworkZoo.h"
#include "../TrainerOptionsCheck.h"
#include "CachingAllocator.h"
#include "ComputeDevice.h"
#include "HostCopy.h"
#include "ModelFile.h"
#include "NetworkEvaluation.h"
#include "OpenMpTeam.h"
#include "Surgery.h"
#include "TorchEditStudy.h"
#include "TorchState.h"
#include "TorchWords.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <thread>

namespace tensorview
{

namespace
{

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

/// A network with nothing removed, all zero.
NetworkData makeNetwork(NetworkGraph graph, c10::Device device, bool trains)
{
  ParameterStore store(graph, device.is_cpu(), device, trains);
  SlotTables slots(graph);
  return { std::move(graph), std::move(slots), std::move(store), {} };
}
}

TorchModel::TorchModel(const TrainerOptions& options, std::shared_ptr<const Dataset> dataset)
  : options_(options)
  , predicts_(isPrediction(options))
  , dataset_(std::move(dataset))
  , threads_(chooseThreads(options.threads))
  , device_(chooseDevice(options.device))
  , format_(device_.is_cpu() ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous)
  , network_(std::make_unique<TrainedNetwork>(
      makeNetwork(
        loadNetwork(options.network, fitOf(options, checkedDataset(options, *this->dataset_))),
        device_, !this->predicts_),
      options, format_))
  , training_(*this->dataset_, this->dataset_->training, this->imageView())
  , validation_(*this->dataset_, this->dataset_->validation, this->imageView())
  , test_(*this->dataset_, this->dataset_->test, this->imageView())
  , order_(options.seed, this->training_.count(), options.batchSize)
  , schedule_(options, this->order_.clock())
  , generator_(makeGenerator(c10::Device(c10::kCPU), static_cast<std::uint64_t>(options.seed)))
  , probe_(this->network_->data.graph, this->validation_.count(),
      evaluationChunk(this->network_->data.graph))
  , hyper_(hyperparametersOf(options))
{
  this->network_->data.store.initialise(this->network_->data.graph, this->generator_);
  if (!options.loadModel.empty() && options.resume.empty())
  {
    loadModelFile(options.loadModel, options.loadModelSkip, this->network_->data.graph,
      this->network_->data.store);
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
  return { this->device_, this->format_, this->network_->data.graph.input,
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
  layout.model = this->network_->tensors.description;
  this->network_->watcher.describe(layout);
  layout.classNames = this->dataset_->classNames;
  layout.validationLabels = this->dataset_->validation.labels;
  layout.validationIndices = this->dataset_->validation.indices;
  layout.probe = this->probe_.outputs();
  layout.gram = this->probe_.gram();
  layout.clock = this->clock();
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

void TorchModel::setMethod(const TrainerOptions& options)
{
  TrainerOptions next = this->options_;
  next.microBatchSize = std::min(options.microBatchSize, next.batchSize);
  next.optimizer = options.optimizer;
  next.adamBeta1 = options.adamBeta1;
  next.adamBeta2 = options.adamBeta2;
  next.adamEpsilon = options.adamEpsilon;
  next.learningRateSchedule = options.learningRateSchedule;
  next.scheduleStepEpochs = options.scheduleStepEpochs;
  next.scheduleFactor = options.scheduleFactor;
  checkOptions(next);
  const LearningRateSchedule schedule(next, this->clock());
  if (next.optimizer != this->options_.optimizer)
  {
    inWords("a change of the optimizer",
      [&]
      {
        const c10::InferenceMode guard;
        this->network_->setOptimizer(next.optimizer);
      });
  }
  this->schedule_ = schedule;
  this->hyper_ = hyperparametersOf(next);
  this->options_ = next;
}

void TorchModel::setBatchSize(int batchSize)
{
  if (this->clock().stepInEpoch(this->step_) != 0)
  {
    throw std::invalid_argument("BatchSize can change at the begin of an epoch only");
  }
  this->setOrder(DataOrder(this->order_.seed(), this->order_.images(), batchSize, this->step_,
    this->clock().epochIndex(this->step_)));
}

void TorchModel::setOrder(const DataOrder& order)
{
  this->order_ = order;
  this->options_.batchSize = static_cast<int>(order.batchSize());
  this->options_.microBatchSize = std::min(this->options_.microBatchSize, this->options_.batchSize);
  this->schedule_ = LearningRateSchedule(this->options_, order.clock());
}

double TorchModel::learningRateInForce() const
{
  return this->hyper_.learningRate * this->schedule_.factor(this->step_);
}

TorchModel::Undo TorchModel::keepUndo() const
{
  Undo undo;
  for (const RunningStatistics& running : this->network_->data.store.runningStatistics())
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
    RunningStatistics& running = *this->network_->data.store.findRunning(kept.layer);
    running.mean.copy_(kept.mean);
    running.variance.copy_(kept.variance);
  }
  this->generator_.set_state(undo.generator);
}

void TorchModel::trainOn(const std::int64_t* indices, std::int64_t count, bool first,
  const std::vector<at::Tensor>& activationSums, const std::vector<at::Tensor>& gradientSums)
{
  Pass pass =
    this->network_->executor.beginPass(PassMode::Training, this->training_.batch(indices, count));
  pass.generator = &this->generator_;
  pass.firstOfStep = first;
  pass.activationSums = activationSums;
  pass.gradientSums = gradientSums;
  const at::Tensor scores = this->network_->executor.forward(pass);
  this->network_->executor.backward(
    pass, this->loss_.add(scores, this->training_.labelsOf(indices, count)));
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
  this->network_->watcher.request(watch, this->network_->optimizer, this->mirror_);
  this->mirror_.wait();
  this->network_->watcher.receive(this->mirror_);
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
  const std::vector<at::Tensor> activationSums =
    this->network_->activationSums.beginStep(watch.activations);
  std::vector<at::Tensor> gradientSums(this->network_->data.graph.layers.size());
  if (this->options_.recordGradients)
  {
    gradientSums = this->network_->gradientSums.beginStep(watch.gradients);
  }
  this->gradientsKnown_ = false;
  this->loss_.begin(batch);
  for (std::int64_t begin = 0; begin < batch; begin += atOnce)
  {
    if (begin > 0 && !proceed())
    {
      this->network_->executor.release();
      this->putBack(undo);
      return false;
    }
    this->trainOn(
      indices + begin, std::min(atOnce, batch - begin), begin == 0, activationSums, gradientSums);
  }
  this->network_->executor.release();

  Hyperparameters hyper = this->hyper_;
  hyper.learningRate = this->learningRateInForce();
  this->network_->watcher.beginStep(watch);
  this->network_->optimizer.update(
    this->network_->data.store, hyper, this->network_->watcher.moments(watch));
  this->network_->activationSums.commitStep(activationSums);
  this->network_->gradientSums.commitStep(gradientSums);
  this->gradientsKnown_ = true;
  this->conclude(hyper.learningRate, watch, report);
  return true;
}

bool TorchModel::predict(
  const Watch& watch, StepReport& report, const std::function<bool()>& proceed)
{
  const c10::InferenceMode guard;
  const std::vector<at::Tensor> sums = this->network_->activationSums.beginStep(watch.activations);
  this->loss_.begin(this->options_.batchSize);
  const bool whole = this->look(
    PassMode::Evaluation, sums,
    [this](const at::Tensor& scores, const at::Tensor& labels) { this->loss_.add(scores, labels); },
    proceed);
  if (whole)
  {
    this->network_->activationSums.commitStep(sums);
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
  this->network_->watcher.appendRow(this->lastReport_, this->lastWatch_.statistics,
    this->lastWatch_.exact, this->step_, this->epoch(), block);
}

void TorchModel::appendFilterRow(FilterBlock& block)
{
  const c10::InferenceMode guard;
  this->network_->watcher.appendFilterRow(this->step_, block);
}

ActivationSums TorchModel::previewActivations()
{
  ActivationSums preview(this->network_->data.graph, 1, this->device_);
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
  const std::int64_t atOnce =
    std::min(micro > 0 ? micro : batch, evaluationChunk(this->network_->data.graph));
  for (std::int64_t begin = 0; begin < batch; begin += atOnce)
  {
    if (begin > 0 && !proceed())
    {
      this->network_->executor.release();
      return false;
    }
    const std::int64_t count = std::min(atOnce, batch - begin);
    Pass pass =
      this->network_->executor.beginPass(mode, this->training_.batch(indices + begin, count));
    pass.activationSums = activationSums;
    scored(
      this->network_->executor.forward(pass), this->training_.labelsOf(indices + begin, count));
  }
  this->network_->executor.release();
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
  const ActivationSums& activations = this->hasStepped_ ? this->network_->activationSums : preview;
  const bool known = gradients && this->gradientsKnown_;
  buffers.resize(this->network_->tensors.sources.size());
  for (std::size_t i = 0; i < buffers.size(); ++i)
  {
    const TensorSource& source = this->network_->tensors.sources[i];
    std::vector<float>& buffer = buffers[i];
    at::Tensor values;
    switch (source.origin)
    {
      case TensorOrigin::Value:
        // Of an earlier snapshot, the buffer holds the same weights already if they never change.
        if (!this->predicts_ || buffer.size() != static_cast<std::size_t>(source.parameter->count))
        {
          ParameterStore::copyOut(this->network_->data.store.values, *source.parameter, buffer);
        }
        continue;
      case TensorOrigin::Gradient:
        if (known)
        {
          ParameterStore::copyOut(this->network_->data.store.gradients, *source.parameter, buffer);
          continue;
        }
        break;
      case TensorOrigin::RunningMean:
        values = this->network_->data.store.findRunning(source.layer)->mean;
        break;
      case TensorOrigin::RunningVariance:
        values = this->network_->data.store.findRunning(source.layer)->variance;
        break;
      case TensorOrigin::Activation:
        values = activations.published(source.layer);
        break;
      case TensorOrigin::ActivationGradient:
        if (known)
        {
          values = this->network_->gradientSums.published(source.layer);
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
  { this->probe_.look(this->network_->executor, this->validation_, what, outputs, gram); };
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

Evaluation TorchModel::evaluate(Part part, const std::function<bool()>& proceed)
{
  const ImageStore& images = part == Part::Validation ? this->validation_ : this->test_;
  return inWords("an evaluation",
    [&]
    {
      const c10::InferenceMode guard;
      Evaluation result = evaluateNetwork(
        this->network_->executor, images, evaluationChunk(this->network_->data.graph), proceed);
      result.step = this->step_;
      result.epoch = this->epoch();
      return result;
    });
}

std::string TorchModel::saveState() const
{
  if (this->predicts_)
  {
    throw std::runtime_error(
      "a network that only predicts has no state of a training; its weights can be saved");
  }
  const c10::InferenceMode guard;
  return writeCheckpoint(this->network_->data, this->options_, this->progress());
}

void TorchModel::saveModel(const std::string& path) const
{
  const c10::InferenceMode guard;
  saveModelFile(path, this->network_->data.graph, this->network_->data.store, this->step_);
  if (this->network_->data.slots.hasRemoved())
  {
    // The weights fit no built-in network any more.
    const std::string graph = std::filesystem::path(path).replace_extension(".json").string();
    writeDurably(graph, toJson(this->network_->data.graph) + "\n");
  }
}

TrainingProgress TorchModel::progress() const
{
  return { this->network_->optimizer.name(), this->network_->optimizer.updates(),
    this->generator_.get_state(), this->step_, this->order_.batchSize(), this->clock().firstStep,
    this->clock().firstEpoch };
}

void TorchModel::adopt(NetworkData data, const TrainingProgress& progress)
{
  at::Generator generator = this->generator_.clone();
  generator.set_state(progress.generator);
  const DataOrder order(this->order_.seed(), this->order_.images(), progress.batchSize,
    progress.firstStep, progress.firstEpoch);
  auto network = std::make_unique<TrainedNetwork>(std::move(data), this->options_, this->format_);
  network->optimizer.setUpdates(progress.updates);
  // Nothing below can go wrong.
  this->network_ = std::move(network);
  this->generator_ = generator;
  this->step_ = progress.step;
  this->setOrder(order);
  this->gradientsKnown_ = false;
  this->hasStepped_ = false;
  this->keptOutputs_.clear();
  this->keptGram_.clear();
}

void TorchModel::loadState(const std::string& bytes)
{
  const c10::InferenceMode guard;
  CheckpointContent content = readCheckpoint(
    bytes, this->network_->data, this->network_->optimizer.name(), this->trainingImages());
  try
  {
    this->generator_.clone().set_state(content.progress.generator);
  }
  catch (const c10::Error& error)
  {
    throw CheckpointError(
      std::string("the checkpoint's random generator does not fit the device ") +
      this->device_.str() + ": " + error.what_without_backtrace());
  }
  this->adopt(std::move(content.network), content.progress);
}

std::unique_ptr<EditStudy> TorchModel::study() const
{
  return inWords("a study",
    [&]() -> std::unique_ptr<EditStudy>
    {
      const c10::InferenceMode guard;
      // Beside the training: half of its threads.
      return std::make_unique<TorchEditStudy>(this->network_->data.copy(false),
        StudyImages{ this->training_, this->validation_, this->test_, this->order_ }, this->format_,
        this->step_, this->epoch(), std::max(1, this->threads_ / 2));
    });
}

EditReport TorchModel::applyEdit(const EditPlan& plan)
{
  return inWords("an edit",
    [&]
    {
      const c10::InferenceMode guard;
      const NetworkData& before = this->network_->data;
      this->adopt(removeFilters(before, plan, this->step_), this->progress());
      return reportOf(plan, this->step_);
    });
}

std::shared_ptr<const ModelState> TorchModel::keepState() const
{
  return inWords("keeping the state",
    [&]() -> std::shared_ptr<const ModelState>
    {
      const c10::InferenceMode guard;
      return std::make_shared<TorchState>(
        this->network_->data.copy(true), this->options_, this->progress());
    });
}

void TorchModel::restoreState(const ModelState& state)
{
  const auto* kept = dynamic_cast<const TorchState*>(&state);
  if (kept == nullptr)
  {
    throw std::invalid_argument("the state is not one that this network has kept");
  }
  if (kept->progress().optimizer != this->options_.optimizer)
  {
    throw std::runtime_error("the optimizer was " + kept->progress().optimizer +
                             " then, and its state is no state of " + this->options_.optimizer +
                             ": set Optimizer to " + kept->progress().optimizer + " first");
  }
  inWords("restoring a state",
    [&]
    {
      const c10::InferenceMode guard;
      NetworkData data = kept->network().copy(true);
      data.store.prepareGradients();
      this->adopt(std::move(data), kept->progress());
    });
}

EditReport TorchModel::setFrozen(
  const std::string& layer, const std::vector<int>& slots, bool frozen)
{
  const std::vector<int> those =
    slotsToFreeze(this->network_->data.graph, this->network_->data.slots, layer, slots);
  const int index = this->network_->data.graph.find(layer);
  this->network_->setFrozen(index, those, frozen);
  EditReport report;
  report.what = frozen ? "freeze" : "unfreeze";
  report.step = this->step_;
  const std::int64_t filters =
    this->network_->data.graph.layers[static_cast<std::size_t>(index)].units;
  report.layers.push_back({ layer, filters, filters, those, {} });
  return report;
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
