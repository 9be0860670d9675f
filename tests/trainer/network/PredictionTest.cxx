// Networks that are looked at and not trained, weights in files, and images that are made to fit.

#include "../../../Trainer/Core/TrainingModel.h"

#include "SyntheticImages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace tensorview;

namespace
{
using Buffers = std::vector<std::vector<float>>;

const auto always = [] { return true; };

std::shared_ptr<const Dataset> digits()
{
  return makeSyntheticImages(40, 1, 28, 28, 10);
}

TrainerOptions predictOptions()
{
  TrainerOptions options;
  options.mode = "predict";
  options.device = "cpu";
  options.threads = 2;
  options.batchSize = 10;
  options.seed = 5;
  return options;
}

std::unique_ptr<TrainingModel> makeModel(const TrainerOptions& options)
{
  std::unique_ptr<TrainingModel> model = createTorchModel(options, digits());
  model->threadBegin();
  return model;
}

Buffers snapshot(TrainingModel& model)
{
  Buffers buffers;
  model.copySnapshot(buffers, false);
  return buffers;
}

const std::vector<float>& bufferOf(
  const TrainingModel& model, const Buffers& buffers, const char* layer, const char* kind)
{
  return buffers.at(static_cast<std::size_t>(model.description().find(layer, kind)));
}

TrainingModel::Watch watchActivations()
{
  TrainingModel::Watch watch;
  watch.row = true;
  watch.activations = true;
  return watch;
}

std::string refusal(const TrainerOptions& options)
{
  try
  {
    createTorchModel(options, digits());
    return "nothing was thrown";
  }
  catch (const std::exception& error)
  {
    return error.what();
  }
}
}

#define EXPECT_CONTAINS(text, part)                                                                \
  EXPECT_NE((text).find(part), std::string::npos) << "'" << (text) << "' lacks '" << (part) << "'"

TEST(Prediction, SumsActivationsAndChangesNothing)
{
  TrainerOptions options = predictOptions();
  options.accumulateBatches = 2;
  const auto model = makeModel(options);
  for (const TensorDescription& tensor : model->description().tensors)
  {
    EXPECT_EQ(tensor.constant, tensor.kind != kinds::activation) << tensor.layer;
  }
  const Buffers before = snapshot(*model);
  Buffers during = before;
  TrainingModel::StepReport report;
  ASSERT_TRUE(model->trainStep(watchActivations(), report, always));
  EXPECT_EQ(model->step(), 1);
  model->copySnapshot(during, false);
  EXPECT_TRUE(bufferOf(*model, during, "conv1", kinds::activation).empty()) << "half a sum";
  ASSERT_TRUE(model->trainStep(watchActivations(), report, always));
  model->copySnapshot(during, false);
  const Buffers after = snapshot(*model);
  EXPECT_EQ(during, after);
  EXPECT_EQ(
    bufferOf(*model, before, "fc1", kinds::weight), bufferOf(*model, after, "fc1", kinds::weight));

  // Step 0 shows the first batch, two steps its sum with the second.
  const std::vector<float>& first = bufferOf(*model, before, "conv1", kinds::activation);
  const std::vector<float>& both = bufferOf(*model, after, "conv1", kinds::activation);
  ASSERT_EQ(first.size(), both.size());
  bool grows = false;
  for (std::size_t i = 0; i < both.size(); ++i)
  {
    EXPECT_GE(both[i], first[i]);
    grows = grows || both[i] > first[i];
  }
  EXPECT_TRUE(grows);
  EXPECT_THROW(model->saveState(), std::runtime_error);
}

TEST(Prediction, SumsOverAsManyBatchesAsAreAskedFor)
{
  const std::string network = testing::TempDir() + "tiny.json";
  std::ofstream(network) << R"({"layers": [
    {"name":"c","type":"convolution","filters":2,"kernel":3}, {"type":"relu"}, {"type":"flatten"},
    {"name":"fc","type":"dense","units":"classes"}]})";
  const auto dataset = makeSyntheticImages(1000, 1, 6, 6, 10);
  TrainerOptions options = predictOptions();
  options.network = network;
  options.batchSize = 1;
  options.threads = 1;
  TrainingModel::StepReport report;

  // After every batch what it adds, and from that the sums of all batches so far.
  const auto single = createTorchModel(options, dataset);
  single->threadBegin();
  std::vector<std::vector<double>> sums(1);
  for (int step = 1; step <= 1000; ++step)
  {
    ASSERT_TRUE(single->trainStep(watchActivations(), report, always));
    const Buffers shown = snapshot(*single);
    const std::vector<float>& values = bufferOf(*single, shown, "c", kinds::activation);
    ASSERT_EQ(values.size(), 2U * 6 * 6);
    sums[0].resize(values.size(), 0.0);
    sums.push_back(sums.back());
    std::transform(values.begin(), values.end(), sums.back().begin(), sums.back().begin(),
      [](float value, double sum) { return sum + double(value); });
  }

  for (const int batches : { 1, 10, 100, 1000 })
  {
    options.accumulateBatches = batches;
    const auto model = createTorchModel(options, dataset);
    model->threadBegin();
    for (int step = 1; step <= 1000; ++step)
    {
      ASSERT_TRUE(model->trainStep(watchActivations(), report, always));
      const int end = step / batches * batches; // of the last whole sum
      if (end == 0 || step % batches > 1)
      {
        continue;
      }
      const Buffers shown = snapshot(*model);
      const std::vector<float>& values = bufferOf(*model, shown, "c", kinds::activation);
      ASSERT_EQ(values.size(), 2U * 6 * 6) << batches << " batches, step " << step;
      for (std::size_t i = 0; i < values.size(); ++i)
      {
        const double expected =
          sums[static_cast<std::size_t>(end)][i] - sums[static_cast<std::size_t>(end - batches)][i];
        // Sums in single precision of up to 1000 values.
        ASSERT_NEAR(values[i], expected, 1e-5 * (1.0 + expected))
          << batches << " batches, step " << step;
      }
    }
  }
}

TEST(Prediction, TellsLossAndAccuracyOnly)
{
  TrainerOptions options = predictOptions();
  options.batchSize = 40;
  const auto model = makeModel(options);
  const RunLayout layout = model->layout();
  EXPECT_EQ(
    layout.metricColumns, (std::vector<std::string>{ "loss", "accuracy", "learning_rate" }));
  EXPECT_TRUE(layout.statisticTensors.empty());
  EXPECT_TRUE(layout.tracked.empty());
  EXPECT_TRUE(layout.filterSeries.empty());
  TrainingModel::Watch watch = watchActivations();
  watch.statistics = true;
  TrainingModel::StepReport report;
  ASSERT_TRUE(model->trainStep(watch, report, always));
  StepBlock row;
  model->appendRow(row);
  ASSERT_EQ(row.metrics.size(), 3u);
  // The training and the validation images of this data set are the same.
  const Evaluation evaluation = model->evaluate(TrainingModel::Part::Validation, always);
  EXPECT_NEAR(report.loss, evaluation.loss, 1e-6);
  EXPECT_EQ(report.accuracy, evaluation.accuracy);
  EXPECT_EQ(report.learningRate, 0.0F);
}

TEST(Prediction, EndsBetweenMicroBatchesAsIfNeverBegun)
{
  TrainerOptions options = predictOptions();
  options.microBatchSize = 4;
  const auto model = makeModel(options);
  TrainingModel::StepReport report;
  int asked = 0;
  EXPECT_FALSE(model->trainStep(watchActivations(), report, [&] { return ++asked < 2; }));
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(model->step(), 0);
  const auto other = makeModel(options);
  ASSERT_TRUE(model->trainStep(watchActivations(), report, always));
  ASSERT_TRUE(other->trainStep(watchActivations(), report, always));
  EXPECT_EQ(snapshot(*model), snapshot(*other));
}

TEST(Prediction, SeesGreyImagesScaledInAllChannels)
{
  TrainerOptions options = predictOptions();
  options.network = testing::TempDir() + "colours.json";
  std::ofstream(options.network) << R"({"input": [3, "any", "any"], "layers": [
    {"name":"c.0","type":"convolution","filters":2,"kernel":1}, {"name":"p","type":"average_pool",
    "output":2}, {"name":"f","type":"flatten"}, {"name":"fc","type":"dense","units":"classes"}]})";
  options.imageSize = 56;
  options.classes = 12;
  options.normalization = "imagenet";
  const auto model = makeModel(options);
  const auto shapeOf = [&](const char* layer, const char* kind)
  {
    return model->description()
      .tensors[static_cast<std::size_t>(model->description().find(layer, kind))]
      .shape;
  };
  EXPECT_EQ(shapeOf("c.0", kinds::weight), (TensorShape{ 2, 3, 1, 1 }));
  EXPECT_EQ(shapeOf("c.0", kinds::activation), (TensorShape{ 2, 1, 56, 56 }));
  EXPECT_EQ(shapeOf("fc", kinds::weight), (TensorShape{ 12, 2, 2, 2 }));
  TrainingModel::StepReport report;
  EXPECT_TRUE(model->trainStep(watchActivations(), report, always));
}

TEST(Prediction, RefusesWhatDoesNotFit)
{
  TrainerOptions options = predictOptions();
  options.normalization = "imagenet";
  EXPECT_CONTAINS(refusal(options), "Normalization is imagenet, which is for images of 3 channels");
  options = predictOptions();
  options.classes = 9;
  EXPECT_CONTAINS(refusal(options), "Classes is 9, but must be 0 or at least");
  options = predictOptions();
  options.network = "vgg16";
  EXPECT_CONTAINS(refusal(options), "layer 'features.30': its kernel of 2 does not fit");
  EXPECT_CONTAINS(refusal(options), "larger images would (ImageSize)");
}

TEST(ModelFile, GivesBackWhatWasSaved)
{
  TrainerOptions options = predictOptions();
  options.mode = "train";
  const auto trained = makeModel(options);
  TrainingModel::StepReport report;
  ASSERT_TRUE(trained->trainStep({}, report, always));
  const std::string path = testing::TempDir() + "ModelFileTest.safetensors";
  trained->saveModel(path);

  options = predictOptions();
  options.seed = 99;
  options.loadModel = path;
  const auto loaded = makeModel(options);
  for (const char* layer : { "conv1", "conv2", "fc1", "fc2" })
  {
    EXPECT_EQ(bufferOf(*trained, snapshot(*trained), layer, kinds::weight),
      bufferOf(*loaded, snapshot(*loaded), layer, kinds::weight));
  }
  options.loadModelSkip = " fc1 ; conv2";
  const auto partly = makeModel(options);
  EXPECT_EQ(bufferOf(*trained, snapshot(*trained), "fc2", kinds::bias),
    bufferOf(*partly, snapshot(*partly), "fc2", kinds::bias));
  EXPECT_NE(bufferOf(*trained, snapshot(*trained), "fc1", kinds::weight),
    bufferOf(*partly, snapshot(*partly), "fc1", kinds::weight));

  options.loadModelSkip = "fc3";
  EXPECT_CONTAINS(refusal(options), "LoadModelSkip names 'fc3', but no layer");
  options.loadModelSkip.clear();
  options.network = "lenet5";
  EXPECT_CONTAINS(refusal(options),
    "do not fit the network 'lenet5'; of another shape: "
    "conv1.weight [16, 1, 3, 3] where the network has [32, 1, 5, 5]");
  std::filesystem::resize_file(path, 1000);
  EXPECT_CONTAINS(refusal(options), "ModelFileTest.safetensors");
  std::filesystem::remove(path);
  EXPECT_CONTAINS(refusal(options), "ModelFileTest.safetensors");
  EXPECT_THROW(trained->saveModel(testing::TempDir() + "weights.pt"), std::runtime_error);
  EXPECT_THROW(trained->saveModel("/no/such/folder/w.safetensors"), std::runtime_error);
}
