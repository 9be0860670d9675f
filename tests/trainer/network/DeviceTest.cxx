// Networks in training on the processor and on a GPU: the same tests on both, those of the GPU
// skipped where there is none.

#include "../../../Trainer/Core/TrainingModel.h"

#include "SyntheticImages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <string>
#include <vector>

using namespace tensorview;

namespace
{
using Buffers = std::vector<std::vector<float>>;

const auto always = [] { return true; };

std::unique_ptr<TrainingModel> makeModel(const TrainerOptions& options)
{
  std::unique_ptr<TrainingModel> model =
    createTorchModel(options, makeSyntheticImages(60, 1, 28, 28, 10));
  model->threadBegin();
  return model;
}

TrainerOptions optionsOn(const std::string& device)
{
  TrainerOptions options;
  options.device = device;
  options.threads = 2;
  options.batchSize = 20;
  options.seed = 5;
  options.recordGradients = true;
  return options;
}

/// Convolutions, batch norm, pooling of both kinds, a sum, dropout and dense layers.
TrainerOptions allLayersOn(const std::string& device)
{
  TrainerOptions options = optionsOn(device);
  options.network = TENSORVIEW_NETWORK_TEST_FOLDER "/all-layers.json";
  return options;
}

TrainingModel::Watch everything()
{
  TrainingModel::Watch watch;
  watch.row = watch.statistics = watch.exact = watch.filters = true;
  watch.activations = watch.gradients = true;
  return watch;
}

TrainingModel::StepReport train(TrainingModel& model, int steps)
{
  TrainingModel::StepReport report;
  for (int i = 0; i < steps; ++i)
  {
    EXPECT_TRUE(model.trainStep(everything(), report, always));
  }
  return report;
}

const std::vector<float>& valuesOf(const TrainingModel& model, const Buffers& buffers,
  const std::string& layer, const std::string& kind)
{
  const std::vector<TensorDescription>& tensors = model.description().tensors;
  const auto found = std::find_if(tensors.begin(), tensors.end(),
    [&](const TensorDescription& tensor) { return tensor.layer == layer && tensor.kind == kind; });
  return buffers.at(static_cast<std::size_t>(found - tensors.begin()));
}

double norm(const float* values, std::size_t count)
{
  double squares = 0.0;
  for (std::size_t i = 0; i < count; ++i)
  {
    squares += double(values[i]) * values[i];
  }
  return std::sqrt(squares);
}

double norm(const std::vector<float>& values)
{
  return norm(values.data(), values.size());
}

class Device : public ::testing::TestWithParam<const char*>
{
protected:
  void SetUp() override
  {
    try
    {
      makeModel(optionsOn(GetParam()));
    }
    catch (const std::exception& error)
    {
      GTEST_SKIP() << error.what();
    }
  }
};
}

TEST_P(Device, trainsAsTheProcessorDoes)
{
  const auto model = makeModel(optionsOn(GetParam()));
  const auto reference = makeModel(optionsOn("cpu"));
  // Convolutions on a GPU may round to TF32, 10 bits of mantissa.
  EXPECT_NEAR(train(*model, 5).loss, train(*reference, 5).loss, 1e-2);
  Buffers here;
  Buffers there;
  model->copySnapshot(here, true);
  reference->copySnapshot(there, true);
  ASSERT_EQ(here.size(), there.size());
  for (std::size_t i = 0; i < here.size(); ++i)
  {
    const TensorDescription& tensor = model->description().tensors[i];
    SCOPED_TRACE(tensor.layer + "/" + tensor.kind);
    ASSERT_EQ(here[i].size(), there[i].size());
    EXPECT_NEAR(norm(here[i]), norm(there[i]), 2e-2 * norm(there[i]) + 1e-4);
  }
}

TEST_P(Device, rowsAgreeWithTheSnapshot)
{
  const auto model = makeModel(allLayersOn(GetParam()));
  train(*model, 1);
  Buffers before;
  model->copySnapshot(before, true);
  train(*model, 1);
  Buffers after;
  model->copySnapshot(after, true);
  StepBlock row;
  model->appendRow(row);
  FilterBlock filters;
  model->appendFilterRow(filters);

  const RunLayout layout = model->layout();
  for (std::size_t column = 3; column < layout.metricColumns.size(); ++column)
  {
    const std::string& name = layout.metricColumns[column];
    const std::string layer = name.substr(0, name.find('/'));
    const bool gradient = name.find("gradient") != std::string::npos;
    const double expected =
      norm(valuesOf(*model, after, layer, gradient ? kinds::weightGradient : kinds::weight));
    EXPECT_NEAR(row.metrics[column], expected, 1e-5 * expected) << name;
  }
  ASSERT_EQ(row.exact.size(), layout.statisticTensors.size());
  for (std::size_t i = 0; i < layout.statisticTensors.size(); ++i)
  {
    const auto& [layer, kind] = layout.statisticTensors[i];
    SCOPED_TRACE(layer + "/" + kind);
    const std::vector<float>& values = valuesOf(*model, after, layer, kind);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const auto statistic = [&](Statistic which)
    { return row.statistics[i * statisticCount + static_cast<std::size_t>(which)]; };
    EXPECT_EQ(statistic(Statistic::Min), *low);
    EXPECT_EQ(statistic(Statistic::Max), *high);
    EXPECT_EQ(statistic(Statistic::L0),
      float(values.size()) - float(std::count(values.begin(), values.end(), 0.0F)));
    if (row.exact[i] != 0)
    {
      std::vector<float> sorted = values;
      std::sort(sorted.begin(), sorted.end());
      EXPECT_EQ(statistic(Statistic::Median), sorted[(sorted.size() - 1) / 2]);
    }
  }
  std::size_t number = 0;
  for (const TrackedCoordinate& tracked : layout.tracked)
  {
    const auto layer = std::find_if(layout.model.layers.begin(), layout.model.layers.end(),
      [&](const LayerDescription& l) { return l.id == tracked.layerId; });
    const std::vector<float>& values = valuesOf(*model, after, layer->name, kinds::weight);
    EXPECT_EQ(row.tracked[number++], values[static_cast<std::size_t>(tracked.index)]);
  }
  for (std::size_t i = 0; i < layout.filterSeries.size(); ++i)
  {
    const std::string& name = layout.filterSeries[i].name;
    SCOPED_TRACE(name);
    const std::string layer = name.substr(0, name.find('/'));
    const bool gradient = name.find("gradient") != std::string::npos;
    std::vector<float> values =
      valuesOf(*model, after, layer, gradient ? kinds::weightGradient : kinds::weight);
    if (name.find("change") != std::string::npos)
    {
      const std::vector<float>& old = valuesOf(*model, before, layer, kinds::weight);
      std::transform(values.begin(), values.end(), old.begin(), values.begin(), std::minus<>());
    }
    const std::size_t slots = static_cast<std::size_t>(layout.filterSeries[i].slots);
    ASSERT_EQ(filters.series[i].size(), slots);
    for (std::size_t slot = 0; slot < slots; ++slot)
    {
      const std::size_t perFilter = values.size() / slots;
      const double expected = norm(values.data() + slot * perFilter, perFilter);
      EXPECT_NEAR(filters.series[i][slot], expected, 1e-4 * expected + 1e-7);
    }
  }
  for (std::size_t l = 0; l < layout.changeBandLayers.size(); ++l)
  {
    std::size_t counted = 0;
    for (std::size_t band = 0; band < changeBandCount; ++band)
    {
      counted += filters.changeBands[l * changeBandCount + band];
    }
    EXPECT_EQ(counted, valuesOf(*model, after, layout.changeBandLayers[l], kinds::weight).size());
  }
}

TEST_P(Device, sameSeedSameBytesAndGoesOnFromACheckpoint)
{
  const auto one = makeModel(allLayersOn(GetParam()));
  const auto two = makeModel(allLayersOn(GetParam()));
  train(*one, 3);
  const std::string state = one->saveState();
  const auto report = train(*one, 3);
  train(*two, 6);
  EXPECT_EQ(one->saveState(), two->saveState());
  two->loadState(state);
  EXPECT_EQ(train(*two, 3).loss, report.loss);
  EXPECT_EQ(one->saveState(), two->saveState());
}

TEST_P(Device, microBatchesAndEveryOptimizer)
{
  for (const char* optimizer : { "sgd", "adam", "adamw" })
  {
    SCOPED_TRACE(optimizer);
    TrainerOptions options = optionsOn(GetParam());
    options.optimizer = optimizer;
    options.weightDecay = 0.01;
    const auto whole = makeModel(options);
    options.microBatchSize = 7;
    const auto parts = makeModel(options);
    const auto a = train(*whole, 2);
    const auto b = train(*parts, 2);
    EXPECT_NEAR(a.loss, b.loss, GetParam() == std::string("cpu") ? 1e-5 : 1e-2);
    EXPECT_TRUE(std::isfinite(whole->evaluate(TrainingModel::Part::Test, always).loss));
    const RunLayout layout = whole->layout();
    ProbeWish wish{ true, std::vector<bool>(layout.gram.size(), true) };
    Buffers probe;
    std::vector<std::vector<double>> gram;
    whole->copyProbe(wish, probe, gram);
    EXPECT_EQ(probe.size(), layout.probe.size());
    ASSERT_EQ(gram.size(), layout.gram.size());
    for (std::size_t i = 0; i < gram.size(); ++i)
    {
      const auto rows = static_cast<std::size_t>(layout.gram[i].slots) + 1;
      EXPECT_EQ(gram[i].size(), rows * rows);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Device, ::testing::Values("cpu", "cuda"));

TEST(DeviceAuto, isTheGpuWhereThereIsOne)
{
  bool hasGpu = true;
  try
  {
    makeModel(optionsOn("cuda"));
  }
  catch (const std::exception&)
  {
    hasGpu = false;
  }
  EXPECT_EQ(makeModel(optionsOn("auto"))->deviceName().find("cuda") == 0, hasGpu);
}
