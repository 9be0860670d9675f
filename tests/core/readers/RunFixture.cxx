#include "RunFixture.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <unistd.h>

namespace fs = std::filesystem;

namespace tensorview::testing
{

void RunFileTest::SetUp()
{
  const auto* const info = ::testing::UnitTest::GetInstance()->current_test_info();
  std::string name = "tensorview-" + std::string(info->test_suite_name()) + "-" + info->name() +
                     "-" + std::to_string(::getpid());
  std::replace(name.begin(), name.end(), '/', '-'); // of parametrised tests
  this->folder_ = fs::temp_directory_path() / name;
  fs::remove_all(this->folder_);
  fs::create_directories(this->folder_);
}

void RunFileTest::TearDown()
{
  std::error_code ignored;
  fs::remove_all(this->folder_, ignored);
}

RunLayout smallLayout()
{
  RunLayout layout;
  layout.model.name = "small";
  layout.model.graphJson = R"({"layers":[{"name":"conv1"},{"name":"fc1"}]})";
  LayerDescription conv1{ 1, "conv1", "convolution", {} };
  LayerDescription fc1{ 2, "fc1", "dense", {} };
  for (std::int32_t slot = 0; slot < 4; ++slot)
  {
    conv1.slots.push_back({ slot, 0, -1, -1 });
  }
  for (std::int32_t slot = 0; slot < 3; ++slot)
  {
    fc1.slots.push_back({ slot, 0, -1, -1 });
  }
  layout.model.layers = { conv1, fc1 };
  layout.model.tensors = { { 1, "conv1", kinds::weight, { 4, 1, 3, 3 }, -1 },
    { 1, "conv1", kinds::bias, { 4, 1, 1, 1 }, -1 },
    { 1, "conv1", kinds::weightGradient, { 4, 1, 3, 3 }, -1 },
    { 1, "conv1", kinds::activation, { 4, 1, 5, 5 }, -1 },
    { 2, "fc1", kinds::weight, { 3, 4, 2, 2 }, 1 } };
  layout.probe = { { 2, "fc1", kinds::activation, { 3, 1, 1, 7 }, -1 } };
  layout.metricColumns = { "loss", "accuracy", "learning_rate" };
  layout.statisticTensors = { { "conv1", kinds::weight }, { "fc1", kinds::weight } };
  layout.tracked = { { 1, 0 }, { 1, 4 }, { 1, 35 }, { 2, 0 }, { 2, 47 } };
  layout.filterSeries = { { "conv1/weight_norm", 1, 4 }, { "fc1/weight_norm", 2, 3 } };
  layout.changeBandLayers = { "conv1", "fc1" };
  layout.classNames = { "zero", "one" };
  layout.validationLabels = { 0, 1, 1, 0, 1, 0 };
  layout.validationIndices = { 100, 101, 102, 103, 104, 105 };
  layout.optionsJson = R"({"seed":1})";
  layout.clock.stepsPerEpoch = 20;
  layout.snapshotInterval = 5;
  layout.filterInterval = 10;
  layout.threads = 2;
  layout.instructionSet = "avx2";
  return layout;
}

float tensorValue(std::int64_t step, std::size_t tensor, std::int64_t element)
{
  return static_cast<float>(step * 1024 + static_cast<std::int64_t>(tensor) * 128 + element);
}

float metricValue(std::int64_t step, std::size_t column)
{
  return static_cast<float>(step) + 0.125F * static_cast<float>(column);
}

float trackedValue(std::int64_t step, std::size_t column)
{
  return static_cast<float>(step * 8 + static_cast<std::int64_t>(column));
}

std::vector<const float*> SnapshotBuffers::tensorPointers() const
{
  std::vector<const float*> pointers;
  for (const auto& values : this->tensors)
  {
    pointers.push_back(values.data());
  }
  return pointers;
}

std::vector<const float*> SnapshotBuffers::probePointers() const
{
  std::vector<const float*> pointers;
  for (const auto& values : this->probe)
  {
    pointers.push_back(values.data());
  }
  return pointers;
}

SnapshotBuffers snapshotOf(const RunLayout& layout, std::int64_t step)
{
  SnapshotBuffers buffers;
  const auto fill = [&](const std::vector<TensorDescription>& descriptions, std::size_t number,
                      std::vector<std::vector<float>>& to)
  {
    for (const auto& description : descriptions)
    {
      std::vector<float> values(static_cast<std::size_t>(description.shape.size()));
      for (std::size_t i = 0; i < values.size(); ++i)
      {
        values[i] = tensorValue(step, number, static_cast<std::int64_t>(i));
      }
      to.push_back(std::move(values));
      ++number;
    }
  };
  fill(layout.model.tensors, 0, buffers.tensors);
  fill(layout.probe, layout.model.tensors.size(), buffers.probe);
  return buffers;
}

StepBlock stepsOf(const RunLayout& layout, std::int64_t first, std::int64_t count)
{
  StepBlock block;
  for (std::int64_t step = first; step < first + count; ++step)
  {
    block.step.push_back(step);
    block.epoch.push_back(layout.clock.epochOf(step));
    for (std::size_t c = 0; c < layout.metricColumns.size(); ++c)
    {
      block.metrics.push_back(metricValue(step, c));
    }
    for (std::size_t c = 0; c < layout.tracked.size(); ++c)
    {
      block.tracked.push_back(trackedValue(step, c));
    }
    for (std::size_t t = 0; t < layout.statisticTensors.size(); ++t)
    {
      for (std::size_t s = 0; s < statisticCount; ++s)
      {
        block.statistics.push_back(
          static_cast<float>(step * 100) + static_cast<float>(t * statisticCount + s));
      }
      for (std::size_t b = 0; b < histogramBins; ++b)
      {
        block.histogram.push_back(static_cast<std::uint32_t>(
          static_cast<std::size_t>(step) * 1000 + t * histogramBins + b));
      }
      block.histogramRange.push_back(-static_cast<float>(step));
      block.histogramRange.push_back(static_cast<float>(t) + 0.5F);
      block.exact.push_back(static_cast<std::uint8_t>((static_cast<std::size_t>(step) + t) % 2));
    }
  }
  return block;
}

FilterBlock filtersOf(const RunLayout& layout, std::int64_t step)
{
  FilterBlock block;
  block.step = { step };
  for (const auto& series : layout.filterSeries)
  {
    std::vector<float> values;
    for (std::int64_t slot = 0; slot < series.slots; ++slot)
    {
      values.push_back(static_cast<float>(step * 10 + slot));
    }
    block.series.push_back(std::move(values));
  }
  for (std::size_t i = 0; i < layout.changeBandLayers.size() * changeBandCount; ++i)
  {
    block.changeBands.push_back(static_cast<std::uint32_t>(step) + static_cast<std::uint32_t>(i));
  }
  return block;
}

std::string contentOf(const std::string& path)
{
  std::ifstream file(path, std::ios::binary);
  return { std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>() };
}

void writeFile(const std::string& path, const std::string& content)
{
  std::ofstream(path, std::ios::binary)
    .write(content.data(), static_cast<std::streamsize>(content.size()));
}

} // namespace tensorview::testing
