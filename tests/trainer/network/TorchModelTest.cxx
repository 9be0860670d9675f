// Networks in training, as the engine uses them. Numbers of PyTorch are in NetworkReference.h.

#include "../../../Trainer/Core/TrainingModel.h"

#include "NetworkReference.h"
#include "SyntheticImages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>

using namespace tensorview;

namespace
{
using Buffers = std::vector<std::vector<float>>;

const auto always = [] { return true; };

TrainerOptions smallOptions()
{
  TrainerOptions options;
  options.device = "cpu";
  options.threads = 2;
  options.batchSize = 10;
  options.seed = 5;
  options.recordGradients = true;
  return options;
}

TrainerOptions allLayersOptions()
{
  TrainerOptions options = smallOptions();
  options.network = TENSORVIEW_NETWORK_TEST_FOLDER "/all-layers.json";
  options.seed = 3;
  options.batchSize = 30;
  return options;
}

std::unique_ptr<TrainingModel> makeModel(
  const TrainerOptions& options, const std::shared_ptr<const Dataset>& dataset)
{
  std::unique_ptr<TrainingModel> model = createTorchModel(options, dataset);
  model->threadBegin();
  return model;
}

std::shared_ptr<const Dataset> smallDigits()
{
  return makeSyntheticImages(40, 1, 28, 28, 10);
}

TrainingModel::Watch watchEverything()
{
  TrainingModel::Watch watch;
  watch.row = true;
  watch.statistics = true;
  watch.exact = true;
  watch.filters = true;
  watch.activations = true;
  watch.gradients = true;
  return watch;
}

TrainingModel::StepReport train(
  TrainingModel& model, int steps, const TrainingModel::Watch& watch = {})
{
  TrainingModel::StepReport report;
  for (int i = 0; i < steps; ++i)
  {
    EXPECT_TRUE(model.trainStep(watch, report, always));
  }
  return report;
}

Buffers snapshot(TrainingModel& model, bool gradients = true)
{
  Buffers buffers;
  model.copySnapshot(buffers, gradients);
  return buffers;
}

const std::vector<float>& bufferOf(
  const TrainingModel& model, const Buffers& buffers, const char* layer, const char* kind)
{
  const std::ptrdiff_t index = model.description().find(layer, kind);
  if (index < 0)
  {
    throw std::runtime_error(std::string("no tensor ") + layer + "/" + kind);
  }
  return buffers[static_cast<std::size_t>(index)];
}

bool sameBytes(const Buffers& a, const Buffers& b)
{
  if (a.size() != b.size())
  {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i)
  {
    if (a[i].size() != b[i].size() ||
        std::memcmp(a[i].data(), b[i].data(), a[i].size() * sizeof(float)) != 0)
    {
      return false;
    }
  }
  return true;
}

/// @param tolerance of every number, relative to the tensor's largest of the compared values
void expectReference(const TrainingModel& model, const Buffers& buffers,
  const std::vector<ReferenceTensor>& references, double tolerance, double floor)
{
  for (const ReferenceTensor& reference : references)
  {
    SCOPED_TRACE(std::string(reference.layer) + "/" + reference.kind);
    const std::vector<float>& values = bufferOf(model, buffers, reference.layer, reference.kind);
    ASSERT_EQ(values.size(), reference.count);
    double sum = 0.0;
    double squares = 0.0;
    for (const float value : values)
    {
      sum += value;
      squares += double(value) * value;
    }
    const double norm = std::sqrt(squares);
    // A sum of n values may be off by sqrt(n) times what the norm is.
    const double count = static_cast<double>(reference.count);
    EXPECT_NEAR(norm, reference.norm, tolerance * reference.norm + floor);
    EXPECT_NEAR(sum, reference.sum, std::sqrt(count) * (tolerance * reference.norm + floor));
    for (std::size_t i = 0; i < reference.values.size(); ++i)
    {
      EXPECT_NEAR(values[i * (reference.count - 1) / 7], reference.values[i],
        tolerance * reference.norm + floor);
    }
  }
}

template <typename Action>
std::string messageOf(const Action& action)
{
  try
  {
    action();
    return "nothing was thrown";
  }
  catch (const std::exception& error)
  {
    return error.what();
  }
}

std::string refusal(const TrainerOptions& options)
{
  return messageOf([&] { createTorchModel(options, smallDigits()); });
}
}

#define EXPECT_CONTAINS(text, part)                                                                \
  EXPECT_NE((text).find(part), std::string::npos) << "'" << (text) << "' lacks '" << (part) << "'"

TEST(TorchModel, describesLayersAndTensors)
{
  const auto model = makeModel(smallOptions(), smallDigits());
  const ModelDescription& description = model->description();
  EXPECT_EQ(description.name, "lenet5-simplified");
  ASSERT_EQ(description.layers.size(), 4u);
  EXPECT_EQ(description.layers[2].name, "fc1");
  EXPECT_EQ(description.layers[2].type, "dense");
  EXPECT_EQ(description.layers[2].slots.size(), 512u);
  const auto shapeOf = [&](const char* layer, const char* kind)
  { return description.tensors[static_cast<std::size_t>(description.find(layer, kind))].shape; };
  EXPECT_EQ(shapeOf("conv1", kinds::weight), (TensorShape{ 16, 1, 3, 3 }));
  EXPECT_EQ(shapeOf("conv2", kinds::weightGradient), (TensorShape{ 32, 16, 3, 3 }));
  EXPECT_EQ(shapeOf("conv2", kinds::activation), (TensorShape{ 32, 1, 14, 14 }));
  EXPECT_EQ(shapeOf("fc1", kinds::weight), (TensorShape{ 512, 32, 7, 7 }));
  EXPECT_EQ(shapeOf("fc1", kinds::activation), (TensorShape{ 512, 1, 1, 1 }));
  EXPECT_EQ(shapeOf("fc2", kinds::weight), (TensorShape{ 10, 512, 1, 1 }));
  EXPECT_EQ(shapeOf("fc2", kinds::bias), (TensorShape{ 10, 1, 1, 1 }));
  const auto feeding = [&](const char* layer)
  {
    return description.tensors[static_cast<std::size_t>(description.find(layer, kinds::weight))]
      .channelLayerId;
  };
  EXPECT_EQ(feeding("conv1"), -1);
  EXPECT_EQ(feeding("fc1"), description.layers[1].id);

  TrainerOptions plain = smallOptions();
  plain.recordGradients = false;
  EXPECT_EQ(
    makeModel(plain, smallDigits())->description().find("conv1", kinds::weightGradient), -1);
}

TEST(TorchModel, agreesWithAutogradOnEveryLayerType)
{
  const auto model = makeModel(allLayersOptions(), makeSyntheticImages(30, 2, 12, 12, 3));
  // Initial values are PyTorch's to the last bit but one.
  expectReference(*model, snapshot(*model), initialAllLayers, 1e-7, 0.0);
  const TrainingModel::StepReport report = train(*model, 1, watchEverything());
  EXPECT_NEAR(report.loss, lossAllLayers, 1e-6);
  // Values that are zero but for rounding (biases before a batch norm) need the floor.
  expectReference(*model, snapshot(*model), gradientsAllLayers, 1e-5, 5e-6);
}

class TorchModelOptimizers
  : public testing::TestWithParam<std::pair<const char*, const std::vector<ReferenceTensor>*>>
{
};

TEST_P(TorchModelOptimizers, agreeWithPyTorch)
{
  TrainerOptions options = smallOptions();
  options.optimizer = this->GetParam().first;
  options.batchSize = 40;
  options.learningRate = options.optimizer == "sgd" ? 0.05 : 0.001;
  options.weightDecay = options.optimizer == "adamw" ? 0.05 : 0.01;
  const auto model = makeModel(options, smallDigits());
  train(*model, 3);
  // Adam divides small gradients by their own size, so that their rounding shows in the values.
  expectReference(*model, snapshot(*model), *this->GetParam().second, 1e-5, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(All, TorchModelOptimizers,
  testing::Values(std::make_pair("sgd", &sgdSteps), std::make_pair("adam", &adamSteps),
    std::make_pair("adamw", &adamwSteps)),
  [](const auto& test) { return test.param.first; });

TEST(TorchModel, trainsToTheSameBytesFromTheSameSeed)
{
  for (const TrainerOptions& options : { smallOptions(), allLayersOptions() })
  {
    const auto dataset = options.network == "lenet5-simplified"
                           ? smallDigits()
                           : makeSyntheticImages(60, 2, 12, 12, 3);
    const auto a = makeModel(options, dataset);
    const auto b = makeModel(options, dataset);
    train(*a, 6);
    // What is watched changes nothing.
    train(*b, 6, watchEverything());
    EXPECT_TRUE(sameBytes(snapshot(*a, false), snapshot(*a, false)));
    Buffers first = snapshot(*a, false);
    Buffers second = snapshot(*b, false);
    for (std::size_t i = 0; i < first.size(); ++i)
    {
      if (a->description().tensors[i].kind == kinds::activation)
      {
        first[i].clear();
        second[i].clear();
      }
    }
    EXPECT_TRUE(sameBytes(first, second));

    TrainerOptions other = options;
    other.seed = 99;
    const auto c = makeModel(other, dataset);
    train(*c, 6);
    EXPECT_FALSE(sameBytes(snapshot(*a, false), snapshot(*c, false)));
  }
}

TEST(TorchModel, goesOnFromASavedStateAsIfNeverStopped)
{
  for (const char* optimizer : { "sgd", "adam" })
  {
    TrainerOptions options = allLayersOptions();
    options.batchSize = 20;
    options.optimizer = optimizer;
    options.learningRate = 0.002;
    options.network = testing::TempDir() + "dropout.json";
    std::ofstream(options.network) << R"({"layers": [
      {"name":"c","type":"convolution","filters":4,"kernel":3}, {"name":"n","type":"batch_norm"},
      {"name":"r","type":"relu"}, {"name":"p","type":"max_pool"}, {"name":"f","type":"flatten"},
      {"name":"d","type":"dropout"}, {"name":"fc","type":"dense","units":3}]})";
    const auto dataset = makeSyntheticImages(70, 2, 12, 12, 3);
    const auto whole = makeModel(options, dataset);
    train(*whole, 5);
    const std::string state = whole->saveState();
    train(*whole, 6);

    const auto resumed = makeModel(options, dataset);
    resumed->loadState(state);
    EXPECT_EQ(resumed->step(), 5);
    train(*resumed, 6);
    EXPECT_EQ(whole->saveState(), resumed->saveState());

    // Back in the same model: undo.
    whole->loadState(state);
    EXPECT_EQ(whole->saveState(), state);
    train(*whole, 6);
    EXPECT_EQ(whole->saveState(), resumed->saveState());
  }
}

TEST(TorchModel, takesBatchesOfAnotherSizeWhenAnEpochBegins)
{
  TrainerOptions options = smallOptions(); // 4 steps an epoch
  options.microBatchSize = 8;
  options.learningRateSchedule = "step";
  options.scheduleStepEpochs = 1;
  options.scheduleFactor = 0.5;
  const auto model = makeModel(options, smallDigits());
  train(*model, 3);
  const std::string early = model->saveState();
  const auto kept = model->keepState();
  EXPECT_CONTAINS(messageOf([&] { model->setBatchSize(5); }), "begin of an epoch");
  train(*model, 1);
  EXPECT_CONTAINS(messageOf([&] { model->setBatchSize(41); }), "number of training images, 40");
  EXPECT_EQ(model->batchSize(), 10);

  model->setBatchSize(5);
  EXPECT_EQ(model->batchSize(), 5);
  EXPECT_EQ(model->clock(), (EpochClock{ 8, 4, 1 }));
  EXPECT_EQ(model->layout().clock, model->clock());
  const auto report = train(*model, 1);
  EXPECT_TRUE(std::isfinite(report.loss));
  EXPECT_EQ(report.learningRate, static_cast<float>(options.learningRate * 0.5));
  EXPECT_EQ(report.accuracy * 5.0F, std::round(report.accuracy * 5.0F)) << "of five images";
  EXPECT_EQ(model->epoch(), 1.125);
  const std::string later = model->saveState();
  EXPECT_EQ(train(*model, 8).learningRate, static_cast<float>(options.learningRate * 0.25));
  const std::string end = model->saveState();

  // Resumed, whatever batch size that model was made with.
  const auto resumed = makeModel(options, smallDigits());
  resumed->loadState(later);
  EXPECT_EQ(resumed->clock(), (EpochClock{ 8, 4, 1 }));
  resumed->setMethod(options);
  train(*resumed, 8);
  EXPECT_EQ(resumed->saveState(), end);

  // Back to before the change, from memory and from a file.
  model->restoreState(*kept);
  EXPECT_EQ(model->clock(), EpochClock{ 4 });
  EXPECT_EQ(model->batchSize(), 10);
  model->setMethod(options); // micro-batches of 8 again
  EXPECT_EQ(model->saveState(), early);
  EXPECT_EQ(kept->serialize(), early);
  train(*model, 1);
  model->setBatchSize(5);
  train(*model, 9);
  EXPECT_EQ(model->saveState(), end);
}

TEST(TorchModel, refusesStatesThatDoNotFitAndStaysAsItWas)
{
  const auto model = makeModel(smallOptions(), smallDigits());
  train(*model, 2);
  const std::string before = model->saveState();
  const auto refuse = [&](const std::string& bytes)
  {
    const std::string message = messageOf([&] { model->loadState(bytes); });
    EXPECT_EQ(model->saveState(), before);
    return message;
  };
  EXPECT_CONTAINS(refuse(""), "no whole checkpoint");
  EXPECT_CONTAINS(refuse("rubbish"), "no whole checkpoint");
  EXPECT_CONTAINS(refuse(before.substr(0, before.size() / 2)), "no whole checkpoint");

  TrainerOptions other = smallOptions();
  other.network = "lenet5";
  EXPECT_CONTAINS(refuse(makeModel(other, smallDigits())->saveState()),
    "['model']['conv1.weight'] has the shape [32, 1, 5, 5], but the network has [16, 1, 3, 3]");
  other = smallOptions();
  other.optimizer = "adam";
  EXPECT_CONTAINS(refuse(makeModel(other, smallDigits())->saveState()),
    "written by the optimizer 'adam', but 'sgd' is set");
  EXPECT_CONTAINS(
    refuse(makeModel(allLayersOptions(), makeSyntheticImages(30, 2, 12, 12, 3))->saveState()),
    "no entry ['model']['conv1.weight']");
  other = smallOptions();
  other.batchSize = 41;
  EXPECT_CONTAINS(refuse(makeModel(other, makeSyntheticImages(41, 1, 28, 28, 10))->saveState()),
    "['data_order']['batch_size'] is 41, but must be from 1 to the number of training images, 40");
}

TEST(TorchModel, writesACheckpointForPython)
{
  // check_checkpoint.py reads it with torch.load and compares the loss.
  const auto model = makeModel(smallOptions(), smallDigits());
  train(*model, 4);
  const std::filesystem::path folder = TENSORVIEW_NETWORK_TEST_OUTPUT;
  std::filesystem::create_directories(folder);
  const std::string state = model->saveState();
  std::ofstream(folder / "checkpoint.pt", std::ios::binary) << state;
  const Evaluation evaluation = model->evaluate(TrainingModel::Part::Test, always);
  std::ofstream(folder / "checkpoint.json")
    << "{\"step\": 4, \"loss\": " << evaluation.loss << "}\n";
}

TEST(TorchModel, evaluates)
{
  const auto model = makeModel(smallOptions(), smallDigits());
  const Evaluation first = model->evaluate(TrainingModel::Part::Validation, always);
  EXPECT_NEAR(first.loss, std::log(10.0), 0.1);
  train(*model, 150);
  const Evaluation trained = model->evaluate(TrainingModel::Part::Validation, always);
  EXPECT_EQ(trained.step, 150);
  EXPECT_EQ(trained.epoch, 37.5);
  EXPECT_LT(trained.loss, first.loss);
  ASSERT_EQ(trained.predicted.size(), 40u);
  int correct = 0;
  for (std::size_t i = 0; i < 40; ++i)
  {
    correct += trained.predicted[i] == i % 10 ? 1 : 0;
  }
  EXPECT_FLOAT_EQ(trained.accuracy, static_cast<float>(correct) / 40.0F);
  EXPECT_TRUE(std::isnan(model->evaluate(TrainingModel::Part::Test, [] { return false; }).loss));
}

TEST(TorchModel, doesNotDependOnBatchesInEvaluation)
{
  const auto model = makeModel(allLayersOptions(), makeSyntheticImages(60, 2, 12, 12, 3));
  train(*model, 2);
  const std::string before = model->saveState();
  const Evaluation a = model->evaluate(TrainingModel::Part::Test, always);
  const Evaluation b = model->evaluate(TrainingModel::Part::Test, always);
  EXPECT_EQ(a.loss, b.loss);
  EXPECT_EQ(model->saveState(), before);
}

TEST(TorchModel, takesStatisticsOfEveryStep)
{
  const auto model = makeModel(smallOptions(), smallDigits());
  const RunLayout layout = model->layout();
  ASSERT_EQ(layout.metricColumns.size(), 11u);
  EXPECT_EQ(layout.metricColumns[3], "conv1/weight_norm");
  EXPECT_EQ(layout.metricColumns[4], "conv1/weight_gradient_norm");
  ASSERT_EQ(layout.statisticTensors.size(), 8u);
  train(*model, 2);
  const TrainingModel::StepReport report = train(*model, 1, watchEverything());
  StepBlock block;
  model->appendRow(block);
  model->appendRow(block);
  ASSERT_EQ(block.rows(), 2u);
  EXPECT_EQ(block.step[0], 3);
  EXPECT_EQ(block.epoch[0], 0.75);
  EXPECT_EQ(block.metrics[0], report.loss);
  EXPECT_EQ(block.metrics[2], 0.01F);
  EXPECT_EQ(block.statistics.size(), 2 * 8 * statisticCount);
  EXPECT_EQ(block.tracked.size(), 2 * layout.tracked.size());

  const Buffers buffers = snapshot(*model);
  for (std::size_t i = 0; i < layout.statisticTensors.size(); ++i)
  {
    const RunLayout::StatisticTensor& tensor = layout.statisticTensors[i];
    SCOPED_TRACE(tensor.layer + "/" + tensor.kind);
    std::vector<float> values =
      bufferOf(*model, buffers, tensor.layer.c_str(), tensor.kind.c_str());
    std::sort(values.begin(), values.end());
    const float* statistics = &block.statistics[i * statisticCount];
    const auto statistic = [&](Statistic which)
    { return statistics[static_cast<std::size_t>(which)]; };
    EXPECT_EQ(statistic(Statistic::Min), values.front());
    EXPECT_EQ(statistic(Statistic::Max), values.back());
    EXPECT_EQ(statistic(Statistic::Median), values[(values.size() - 1) / 2]);
    EXPECT_EQ(statistic(Statistic::UpperQuartile), values[3 * (values.size() - 1) / 4]);
    double squares = 0.0;
    for (const float value : values)
    {
      squares += double(value) * value;
    }
    EXPECT_NEAR(statistic(Statistic::L2), std::sqrt(squares), 1e-5 * std::sqrt(squares));
    EXPECT_EQ(block.exact[i], 1);
    EXPECT_EQ(block.histogramRange[2 * i], values.front());
    const std::uint32_t* bins = &block.histogram[i * histogramBins];
    EXPECT_EQ(std::accumulate(bins, bins + histogramBins, std::size_t(0)), values.size());
  }
  // The order is C order over [slot, channel, row, column], however the weights lie in memory.
  for (std::size_t i = 0; i < layout.tracked.size(); ++i)
  {
    for (const LayerDescription& layer : layout.model.layers)
    {
      if (layer.id == layout.tracked[i].layerId)
      {
        const auto& weights = bufferOf(*model, buffers, layer.name.c_str(), kinds::weight);
        EXPECT_EQ(block.tracked[i], weights[static_cast<std::size_t>(layout.tracked[i].index)]);
      }
    }
  }
}

TEST(TorchModel, marksSampledStatistics)
{
  const auto model = makeModel(smallOptions(), smallDigits());
  TrainingModel::Watch watch;
  watch.row = true;
  watch.statistics = true;
  train(*model, 1, watch);
  StepBlock block;
  model->appendRow(block);
  // conv1 has 144 weights, conv2 4,608, fc1 802,816, fc2 5,120; then their gradients.
  EXPECT_EQ(block.exact, (std::vector<std::uint8_t>{ 1, 0, 0, 0, 1, 0, 0, 0 }));
  watch.statistics = false;
  train(*model, 1, watch);
  block = StepBlock();
  model->appendRow(block);
  EXPECT_TRUE(block.statistics.empty());
  EXPECT_TRUE(block.exact.empty());
  EXPECT_EQ(block.metrics.size(), 11u);
}

TEST(TorchModel, seriesOfFiltersFollowFromSnapshots)
{
  const auto model = makeModel(smallOptions(), smallDigits());
  train(*model, 1);
  const std::vector<float> before = bufferOf(*model, snapshot(*model), "conv2", kinds::weight);
  train(*model, 1, watchEverything());
  const Buffers buffers = snapshot(*model);
  const std::vector<float>& after = bufferOf(*model, buffers, "conv2", kinds::weight);
  FilterBlock block;
  model->appendFilterRow(block);
  const RunLayout layout = model->layout();
  ASSERT_EQ(block.series.size(), layout.filterSeries.size());
  ASSERT_EQ(block.changeBands.size(), layout.changeBandLayers.size() * changeBandCount);
  EXPECT_EQ(layout.filterSeries[5].name, "conv2/weight_change_norm");
  ASSERT_EQ(block.series[5].size(), 32u);
  double squares = 0.0;
  for (std::size_t i = 7 * 144; i < 8 * 144; ++i)
  {
    squares += (double(after[i]) - before[i]) * (double(after[i]) - before[i]);
  }
  EXPECT_NEAR(block.series[5][7], std::sqrt(squares), 1e-5 * std::sqrt(squares));
  const std::uint32_t* bands = &block.changeBands[changeBandCount];
  EXPECT_EQ(std::accumulate(bands, bands + changeBandCount, 0u), 4608u);
}

TEST(TorchModel, accumulatesActivationsOverBatches)
{
  TrainerOptions options = smallOptions();
  options.learningRate = 1e-12; // the network stays what it is
  const auto single = makeModel(options, smallDigits());
  options.accumulateBatches = 2;
  const auto pairs = makeModel(options, smallDigits());
  TrainingModel::Watch watch;
  watch.activations = true;

  EXPECT_EQ(bufferOf(*single, snapshot(*single), "conv1", kinds::activation).size(), 16u * 784u);
  train(*single, 1, watch);
  const auto first = bufferOf(*single, snapshot(*single), "conv1", kinds::activation);
  train(*single, 1, watch);
  const auto second = bufferOf(*single, snapshot(*single), "conv1", kinds::activation);
  train(*pairs, 1);
  EXPECT_TRUE(bufferOf(*pairs, snapshot(*pairs), "conv1", kinds::activation).empty());
  train(*pairs, 1);
  const auto both = bufferOf(*pairs, snapshot(*pairs), "conv1", kinds::activation);
  ASSERT_EQ(both.size(), first.size());
  for (std::size_t i = 0; i < both.size(); i += 97)
  {
    EXPECT_NEAR(both[i], first[i] + second[i], 1e-4);
  }
  // A third batch begins a new sum; the old one stays published.
  train(*pairs, 1);
  EXPECT_EQ(bufferOf(*pairs, snapshot(*pairs), "conv1", kinds::activation), both);
}

TEST(TorchModel, accumulatedActivationsAreTheSumsOneCanComputeByHand)
{
  const std::string network = TENSORVIEW_NETWORK_TEST_OUTPUT "/one-by-one.json";
  std::filesystem::create_directories(TENSORVIEW_NETWORK_TEST_OUTPUT);
  std::ofstream(network) << R"({"format": "tensorview-network", "version": 1, "layers": [
    {"name": "conv", "type": "convolution", "filters": 2, "kernel": 1},
    {"name": "relu", "type": "relu"},
    {"name": "flat", "type": "flatten"},
    {"name": "fc", "type": "dense", "units": 3}]})";
  const auto images = makeSyntheticImages(6, 1, 4, 4, 3);
  TrainerOptions options = smallOptions();
  options.network = network;
  options.threads = 1;
  options.recordGradients = false;
  options.batchSize = 6;        // every batch has all images: their order does not matter
  options.learningRate = 1e-12; // the network stays what it is
  TrainingModel::Watch watch;
  watch.activations = true;
  for (const int batches : { 1, 10, 100, 1000 })
  {
    SCOPED_TRACE(batches);
    options.accumulateBatches = batches;
    const auto model = makeModel(options, images);
    const Buffers before = snapshot(*model);
    const std::vector<float>& weight = bufferOf(*model, before, "conv", kinds::weight);
    const std::vector<float>& bias = bufferOf(*model, before, "conv", kinds::bias);
    // Two sums: the second begins with nothing. Sums of floats, so some digits go.
    for (int sum = 0; sum < (batches < 1000 ? 2 : 1); ++sum)
    {
      train(*model, batches - 1, watch);
      if (sum == 0 && batches > 1)
      {
        EXPECT_TRUE(bufferOf(*model, snapshot(*model), "conv", kinds::activation).empty());
      }
      train(*model, 1, watch);
      const std::vector<float> found =
        bufferOf(*model, snapshot(*model), "conv", kinds::activation);
      ASSERT_EQ(found.size(), 32u);
      for (std::size_t i = 0; i < found.size(); ++i)
      {
        double expected = 0.0;
        for (std::size_t image = 0; image < 6; ++image)
        {
          const double pixel = images->training.images[16 * image + i % 16] / 255.0;
          expected += std::max(0.0, weight[i / 16] * pixel + bias[i / 16]);
        }
        EXPECT_NEAR(found[i], batches * expected, 5e-5 * batches * (expected + 1e-3));
      }
    }
  }
}

TEST(TorchModel, microBatchesGiveTheSameMean)
{
  TrainerOptions options = smallOptions();
  options.batchSize = 20;
  const auto whole = makeModel(options, smallDigits());
  options.microBatchSize = 7;
  const auto parts = makeModel(options, smallDigits());
  const TrainingModel::StepReport a = train(*whole, 1, watchEverything());
  const TrainingModel::StepReport b = train(*parts, 1, watchEverything());
  EXPECT_NEAR(a.loss, b.loss, 1e-5);
  EXPECT_EQ(a.accuracy, b.accuracy);
  const Buffers first = snapshot(*whole);
  const Buffers second = snapshot(*parts);
  for (const char* kind : { kinds::weight, kinds::weightGradient, kinds::activation,
         kinds::activationGradient, kinds::biasGradient })
  {
    const auto& x = bufferOf(*whole, first, "conv2", kind);
    const auto& y = bufferOf(*parts, second, "conv2", kind);
    ASSERT_EQ(x.size(), y.size());
    const float largest = std::abs(*std::max_element(x.begin(), x.end()));
    for (std::size_t i = 0; i < x.size(); ++i)
    {
      ASSERT_NEAR(x[i], y[i], 1e-5 * largest + 1e-7) << kind;
    }
  }
}

TEST(TorchModel, abandonsAnUpdateBetweenMicroBatches)
{
  TrainerOptions options = allLayersOptions();
  options.microBatchSize = 10;
  const auto dataset = makeSyntheticImages(60, 2, 12, 12, 3);
  const auto model = makeModel(options, dataset);
  train(*model, 1);
  const std::string before = model->saveState();
  TrainingModel::StepReport report;
  int asked = 0;
  EXPECT_FALSE(model->trainStep(watchEverything(), report, [&] { return ++asked < 2; }));
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(model->saveState(), before);
  EXPECT_EQ(model->step(), 1);
  EXPECT_TRUE(bufferOf(*model, snapshot(*model), "conv_a", kinds::weightGradient).empty());
  const auto other = makeModel(options, dataset);
  train(*other, 2);
  train(*model, 1);
  EXPECT_EQ(model->saveState(), other->saveState());
}

TEST(TorchModel, givesTheOutputsOfTheProbeBatch)
{
  const auto model = makeModel(smallOptions(), smallDigits());
  const RunLayout layout = model->layout();
  ASSERT_EQ(layout.probe.size(), 2u);
  EXPECT_EQ(layout.probe[0].layer, "fc1");
  EXPECT_EQ(layout.probe[0].shape, (TensorShape{ 512, 1, 1, 40 }));
  Buffers probe;
  std::vector<std::vector<double>> gram;
  model->copyProbe({ true, {} }, probe, gram);
  EXPECT_EQ(gram, (std::vector<std::vector<double>>{ {}, {} })); // not wished for
  ASSERT_EQ(probe.size(), 2u);
  EXPECT_EQ(probe[0].size(), 512u * 40u);
  EXPECT_GE(*std::min_element(probe[0].begin(), probe[0].end()), 0.0F); // behind the ReLU
  ASSERT_EQ(probe[1].size(), 10u * 40u);
  // The scores of the probe are those of the evaluation.
  const Evaluation evaluation = model->evaluate(TrainingModel::Part::Validation, always);
  for (std::size_t sample = 0; sample < 40; ++sample)
  {
    std::size_t best = 0;
    for (std::size_t k = 1; k < 10; ++k)
    {
      best = probe[1][k * 40 + sample] > probe[1][best * 40 + sample] ? k : best;
    }
    EXPECT_EQ(best, evaluation.predicted[sample]);
  }
}

TEST(TorchModel, givesTheGramMatricesOfTheProbeBatch)
{
  const auto model = makeModel(smallOptions(), smallDigits());
  const RunLayout layout = model->layout();
  // fc1 has more filters than there are validation images, fc2 feeds nothing.
  ASSERT_EQ(layout.gram.size(), 2u);
  EXPECT_EQ(layout.gram[0].layer, "conv1");
  EXPECT_EQ(layout.gram[0].slots, 16);
  EXPECT_EQ(layout.gram[1].layer, "conv2");
  train(*model, 1);
  Buffers probe;
  std::vector<std::vector<double>> gram;
  model->copyProbe({ false, { true, true } }, probe, gram);
  EXPECT_TRUE(probe.empty()); // not wished for
  ASSERT_EQ(gram.size(), 2u);
  ASSERT_EQ(gram[0].size(), 17u * 17u);
  EXPECT_EQ(gram[0].back(), 40.0 * 14 * 14); // behind the pooling
  EXPECT_EQ(gram[1].back(), 40.0 * 7 * 7);
  for (std::size_t i = 0; i < 17; ++i)
  {
    for (std::size_t j = 0; j < 17; ++j)
    {
      const double product = gram[0][i * 17 + j];
      EXPECT_EQ(product, gram[0][j * 17 + i]);
      EXPECT_GE(product, 0.0); // behind the ReLU
      EXPECT_LE(product * product, gram[0][i * 18] * gram[0][j * 18] * (1.0 + 1e-12));
    }
  }
}

TEST(TorchModel, givesTheGramMatrixOfAWideLayer)
{
  const auto model = makeModel(smallOptions(), makeSyntheticImages(1100, 1, 28, 28, 10));
  const RunLayout layout = model->layout();
  ASSERT_EQ(layout.gram.size(), 3u);
  EXPECT_EQ(layout.gram[0].images, 100);
  EXPECT_EQ(layout.gram[2].layer, "fc1");
  EXPECT_EQ(layout.gram[2].images, 1024);
  train(*model, 2);
  Buffers outputs;
  std::vector<std::vector<double>> all;
  std::vector<std::vector<double>> one;
  model->copyProbe({ true, { true, true, true } }, outputs, all);
  EXPECT_EQ(all[0].back(), 100.0 * 14 * 14);
  ASSERT_EQ(all[2].size(), 513u * 513u);
  EXPECT_EQ(all[2].back(), 1024.0);
  // The same bytes, whatever else is asked for.
  model->copyProbe({ false, { false, false, true } }, outputs, one);
  EXPECT_TRUE(one[0].empty());
  EXPECT_EQ(one[2], all[2]);
  model->copyProbe({ false, { true } }, outputs, one);
  EXPECT_EQ(one[0], all[0]);
  EXPECT_TRUE(one[2].empty());
}

TEST(TorchModel, followsScheduleAndLiveChanges)
{
  TrainerOptions options = smallOptions();
  options.learningRateSchedule = "step";
  options.scheduleStepEpochs = 1;
  options.scheduleFactor = 0.1;
  const auto model = makeModel(options, smallDigits());
  EXPECT_FLOAT_EQ(train(*model, 4).learningRate, 0.01F);
  EXPECT_FLOAT_EQ(train(*model, 1).learningRate, 0.001F);
  model->setHyperparameters(0.5, 0.0, 0.001);
  EXPECT_FLOAT_EQ(train(*model, 1).learningRate, 0.05F);
  for (const double bad : { 0.0, -1.0, std::nan(""), HUGE_VAL })
  {
    EXPECT_CONTAINS(messageOf([&] { model->setHyperparameters(bad, 0.9, 0.0); }), "LearningRate");
  }
  EXPECT_CONTAINS(messageOf([&] { model->setHyperparameters(0.1, 1.0, 0.0); }), "Momentum");
  EXPECT_CONTAINS(messageOf([&] { model->setHyperparameters(0.1, 0.9, -0.1); }), "WeightDecay");
  EXPECT_FLOAT_EQ(train(*model, 1).learningRate, 0.05F);
}

TEST(TorchModel, changesItsScheduleAndItsOptimizerOnTheWay)
{
  TrainerOptions options = smallOptions();
  const auto model = makeModel(options, smallDigits());
  train(*model, 2);
  const auto kept = model->keepState();
  options.learningRateSchedule = "step";
  options.scheduleStepEpochs = 1;
  options.scheduleFactor = 0.1;
  model->setMethod(options);
  EXPECT_FLOAT_EQ(train(*model, 3).learningRate, 0.001F);
  options.optimizer = "adam";
  model->setMethod(options);
  EXPECT_TRUE(std::isfinite(train(*model, 1).loss));
  EXPECT_CONTAINS(messageOf([&] { model->restoreState(*kept); }), "set Optimizer to sgd first");
  const std::string state = model->saveState();
  options.optimizer = "rmsprop";
  EXPECT_CONTAINS(messageOf([&] { model->setMethod(options); }), "rmsprop");
  EXPECT_EQ(model->saveState(), state);

  // Adam from there on is what it is from any network without moments.
  options.optimizer = "sgd";
  model->setMethod(options);
  options.optimizer = "adam";
  model->setMethod(options);
  const std::string begin = model->saveState();
  train(*model, 2);
  const auto twin = makeModel(options, smallDigits());
  twin->loadState(begin);
  train(*twin, 2);
  EXPECT_EQ(model->saveState(), twin->saveState());
}

TEST(TorchModel, tellsDivergence)
{
  TrainerOptions options = smallOptions();
  options.learningRate = 1e20;
  const auto model = makeModel(options, smallDigits());
  float loss = 0.0F;
  for (int i = 0; i < 5 && std::isfinite(loss); ++i)
  {
    loss = train(*model, 1, watchEverything()).loss;
    StepBlock block;
    model->appendRow(block);
  }
  EXPECT_FALSE(std::isfinite(loss));
}

TEST(TorchModel, goesOnWithWeightsThatAreNoNumbers)
{
  TrainerOptions options = smallOptions();
  options.learningRate = 1e6;
  const auto model = makeModel(options, smallDigits());
  bool diverged = false;
  StepBlock block;
  FilterBlock filters;
  for (int i = 0; i < 12; ++i)
  {
    diverged = !std::isfinite(train(*model, 1, watchEverything()).loss) || diverged;
    model->appendRow(block);
    model->appendFilterRow(filters);
  }
  EXPECT_TRUE(diverged);
  EXPECT_EQ(block.rows(), 12u);
  EXPECT_EQ(filters.rows(), 12u);
  EXPECT_EQ(block.statistics.size() % (12 * statisticCount), 0u);
  const Buffers shown = snapshot(*model);
  const std::vector<float>& weights = bufferOf(*model, shown, "fc2", kinds::weight);
  EXPECT_EQ(weights.size(), 5120u);
  EXPECT_TRUE(std::any_of(
    weights.begin(), weights.end(), [](float weight) { return !std::isfinite(weight); }));
  Buffers probe;
  std::vector<std::vector<double>> gram;
  model->copyProbe({ true, { true, true } }, probe, gram);
  EXPECT_EQ(probe.size(), 2u);
  EXPECT_EQ(gram[0].size(), 17u * 17u);
  const Evaluation evaluation = model->evaluate(TrainingModel::Part::Validation, always);
  EXPECT_EQ(evaluation.predicted.size(), 40u);
  for (const std::uint16_t label : evaluation.predicted)
  {
    EXPECT_LT(label, 10);
  }
}

TEST(TorchModel, trainsLayersOfOneFilter)
{
  TrainerOptions options = smallOptions();
  options.network = testing::TempDir() + "one-filter.json";
  std::ofstream(options.network) << R"({"layers": [
    {"name":"c","type":"convolution","filters":1,"kernel":3}, {"name":"n","type":"batch_norm"},
    {"type":"relu"}, {"type":"max_pool"}, {"type":"flatten"}, {"name":"d","type":"dense","units":1},
    {"type":"relu"}, {"name":"fc","type":"dense","units":"classes"}]})";
  const auto model = makeModel(options, smallDigits());
  EXPECT_TRUE(std::isfinite(train(*model, 3, watchEverything()).loss));
  const Buffers shown = snapshot(*model);
  EXPECT_EQ(bufferOf(*model, shown, "c", kinds::weight).size(), 9u);
  EXPECT_EQ(bufferOf(*model, shown, "c", kinds::activation).size(), 784u);
  EXPECT_EQ(bufferOf(*model, shown, "d", kinds::activation).size(), 1u);
  const RunLayout layout = model->layout();
  ASSERT_EQ(layout.gram.size(), 2u);
  Buffers probe;
  std::vector<std::vector<double>> gram;
  model->copyProbe({ false, { true, true } }, probe, gram);
  EXPECT_EQ(gram[0].size(), 4u);
  EXPECT_EQ(gram[1].size(), 4u);
  EXPECT_EQ(gram[1].back(), 40.0);
}

TEST(TorchModel, refusesWhatDoesNotFit)
{
  TrainerOptions options = smallOptions();
  options.batchSize = 41;
  EXPECT_CONTAINS(refusal(options), "BatchSize 41 must be from 1 to the number of training images");
  options = smallOptions();
  options.microBatchSize = 11;
  EXPECT_CONTAINS(refusal(options), "MicroBatchSize is 11");
  options = smallOptions();
  options.learningRate = std::nan("");
  EXPECT_CONTAINS(refusal(options), "LearningRate");
  options = smallOptions();
  options.optimizer = "lion";
  EXPECT_CONTAINS(refusal(options), "'lion'");
  options = smallOptions();
  options.network = "nothing.json";
  EXPECT_CONTAINS(refusal(options), "network 'nothing.json'");
  options = smallOptions();
  options.trackedWeights = "conv7:1";
  EXPECT_CONTAINS(refusal(options), "no layer 'conv7'");
  options = smallOptions();
  options.device = "tpu";
  EXPECT_CONTAINS(refusal(options), "'tpu'");

  Dataset labels = *smallDigits();
  labels.test.labels[3] = 10;
  EXPECT_CONTAINS(
    messageOf([&]
      { createTorchModel(smallOptions(), std::make_shared<const Dataset>(std::move(labels))); }),
    "it has a label 10, but only 10 classes");
  Dataset images = *smallDigits();
  images.training.images.pop_back();
  EXPECT_CONTAINS(
    messageOf([&]
      { createTorchModel(smallOptions(), std::make_shared<const Dataset>(std::move(images))); }),
    "bytes of images");
}

TEST(TorchModel, saysWhyThereIsNoCuda)
{
  TrainerOptions options = smallOptions();
  options.device = "cuda";
  std::unique_ptr<TrainingModel> model;
  const std::string message = messageOf([&] { model = makeModel(options, smallDigits()); });
  if (model)
  {
    GTEST_SKIP() << "there is a CUDA device: " << model->deviceName();
  }
  EXPECT_CONTAINS(message, "CUDA was asked for, but ");
}
