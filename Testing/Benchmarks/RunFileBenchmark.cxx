#include "RunReader.h"
#include "RunWriter.h"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <map>

#include <unistd.h>

/// What a run file costs to open and to read: the figures of docs/benchmarks.md. Files are written
/// once, into the folder for temporary files; times are with a warm page cache.
namespace tensorview
{
namespace
{

constexpr std::int64_t interval = 100; ///< steps from snapshot to snapshot

/// lenet5-simplified with 16 tracked weights a layer.
RunLayout lenetLayout()
{
  RunLayout layout;
  const std::pair<const char*, TensorShape> weights[] = { { "conv1", { 16, 1, 3, 3 } },
    { "conv2", { 32, 16, 3, 3 } }, { "fc1", { 512, 32, 7, 7 } }, { "fc2", { 10, 512, 1, 1 } } };
  std::int32_t id = 0;
  layout.metricColumns = { "loss", "accuracy", "learning_rate" };
  for (const auto& [name, shape] : weights)
  {
    layout.model.layers.push_back({ id, name, "layer", {} });
    layout.model.tensors.push_back({ id, name, kinds::weight, shape, -1 });
    layout.model.tensors.push_back({ id, name, kinds::bias, { shape.filters, 1, 1, 1 }, -1 });
    for (const char* kind : { kinds::weight, kinds::weightGradient })
    {
      layout.statisticTensors.push_back({ name, kind });
      layout.metricColumns.push_back(std::string(name) + "/" + kind + "_norm");
      layout.filterSeries.push_back(
        { std::string(name) + "/" + kind + "_norm", id, shape.filters });
    }
    for (std::int64_t i = 0; i < 16; ++i)
    {
      layout.tracked.push_back({ id, i });
    }
    ++id;
  }
  return layout;
}

StepBlock rowsOf(const RunLayout& layout, std::int64_t first, std::int64_t count)
{
  const auto rows = static_cast<std::size_t>(count);
  const std::size_t described = layout.statisticTensors.size();
  StepBlock block;
  for (std::int64_t step = first; step < first + count; ++step)
  {
    block.step.push_back(step);
    block.epoch.push_back(static_cast<double>(step) / 550.0);
  }
  block.metrics.assign(rows * layout.metricColumns.size(), 0.5F);
  block.tracked.assign(rows * layout.tracked.size(), 0.25F);
  block.statistics.assign(rows * described * statisticCount, 1.0F);
  block.histogram.assign(rows * described * histogramBins, 3U);
  block.histogramRange.assign(rows * described * 2, 1.0F);
  block.exact.assign(rows * described, 1);
  return block;
}

/// A folder that goes away with the program.
class Folder
{
public:
  Folder()
    : path_(std::filesystem::temp_directory_path() /
            ("tensorview-benchmark-" + std::to_string(::getpid())))
  {
    std::filesystem::create_directories(this->path_);
  }
  ~Folder()
  {
    std::error_code ignored;
    std::filesystem::remove_all(this->path_, ignored);
  }
  std::string file(const std::string& name) const { return (this->path_ / name).string(); }

private:
  std::filesystem::path path_;
};

const Folder& folder()
{
  static const Folder made;
  return made;
}

/// A run of lenet5-simplified of so many steps, with snapshots if asked for.
const std::string& lenetRun(std::int64_t steps, bool snapshots)
{
  static std::map<std::pair<std::int64_t, bool>, std::string> made;
  std::string& path = made[{ steps, snapshots }];
  if (path.empty())
  {
    path = folder().file("run-" + std::to_string(steps) + (snapshots ? ".tvr" : "-rows.tvr"));
    const RunLayout layout = lenetLayout();
    const auto writer = RunWriter::create(path, layout);
    std::vector<std::vector<float>> buffers;
    std::vector<const float*> pointers;
    for (const TensorDescription& tensor : layout.model.tensors)
    {
      buffers.emplace_back(static_cast<std::size_t>(tensor.shape.size()), 0.125F);
      pointers.push_back(buffers.back().data());
    }
    for (std::int64_t step = 0; step < steps; step += interval)
    {
      if (snapshots)
      {
        writer->appendSnapshot(step, 0.0, pointers);
      }
      writer->appendSteps(rowsOf(layout, step + 1, interval));
    }
    writer->close();
  }
  return path;
}

void openAndReadOneStep(benchmark::State& state)
{
  const std::string& path = lenetRun(state.range(0), true);
  for (auto _ : state)
  {
    const auto reader = RunReader::open(path);
    const std::size_t snapshot = reader->snapshotSteps().size() / 2;
    for (std::size_t tensor = 0; tensor < reader->model().tensors.size(); ++tensor)
    {
      benchmark::DoNotOptimize(reader->readTensor(tensor, snapshot).data.get());
    }
  }
}
BENCHMARK(openAndReadOneStep)->Arg(550)->Arg(5500)->Unit(benchmark::kMillisecond);

void openOnly(benchmark::State& state)
{
  const std::string& path = lenetRun(state.range(0), true);
  for (auto _ : state)
  {
    benchmark::DoNotOptimize(RunReader::open(path));
  }
}
BENCHMARK(openOnly)->Arg(550)->Arg(5500)->Unit(benchmark::kMillisecond);

void readThreeCoordinates(benchmark::State& state)
{
  const std::string& path = lenetRun(44000, false);
  for (auto _ : state)
  {
    const auto reader = RunReader::open(path);
    benchmark::DoNotOptimize(reader->coordinates("conv2", { 3, 9, 5 }).values.data());
  }
}
BENCHMARK(readThreeCoordinates)->Unit(benchmark::kMillisecond);

void readActivation(benchmark::State& state)
{
  static const std::string path = []
  {
    RunLayout layout;
    layout.model.tensors = { { 0, "conv1", kinds::activation, { 64, 1, 224, 224 }, -1 } };
    const std::vector<float> values(64 * 224 * 224, 0.5F);
    const auto writer = RunWriter::create(folder().file("activation.tvr"), layout);
    writer->appendSnapshot(0, 0.0, { values.data() });
    writer->close();
    return writer->path();
  }();
  const auto reader = RunReader::open(path);
  for (auto _ : state)
  {
    benchmark::DoNotOptimize(reader->readTensor(0, 0).data.get());
  }
}
BENCHMARK(readActivation)->Unit(benchmark::kMillisecond);

void writeSnapshot(benchmark::State& state)
{
  const RunLayout layout = lenetLayout();
  std::vector<std::vector<float>> buffers;
  std::vector<const float*> pointers;
  for (const TensorDescription& tensor : layout.model.tensors)
  {
    buffers.emplace_back(static_cast<std::size_t>(tensor.shape.size()), 0.125F);
    pointers.push_back(buffers.back().data());
  }
  const auto writer = RunWriter::create(folder().file("written.tvr"), layout, true);
  std::int64_t step = 0;
  for (auto _ : state)
  {
    writer->appendSnapshot(step, 0.0, pointers);
    writer->appendSteps(rowsOf(layout, step + 1, interval));
    writer->flush();
    step += interval;
  }
}
BENCHMARK(writeSnapshot)->Iterations(50)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace tensorview

BENCHMARK_MAIN();
