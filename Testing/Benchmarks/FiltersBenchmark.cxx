// The filters of the views on layers of real size, each with a fresh execution per iteration.
//
//   filters-benchmark [--benchmark_filter=...]

#include "Correlation.h"
#include "SmpParallelFor.h"
#include "SymmetricProduct.h"

#include "vtkDataObjectAlgorithm.h"
#include "vtkDistributionGrid.h"
#include "vtkImageGrid.h"
#include "vtkInformation.h"
#include "vtkInformationObjectBaseKey.h"
#include "vtkInformationVector.h"
#include "vtkModelProvider.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPCCGrouping.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkTensorCollection.h"
#include "vtkTrajectory.h"
#include "vtkWeightGrid.h"

#include <benchmark/benchmark.h>

#include <numeric>
#include <random>

namespace
{
/// A model of one tensor, with a history of any length.
class BenchmarkProvider : public vtkModelProvider
{
public:
  static BenchmarkProvider* New();
  vtkTypeMacro(BenchmarkProvider, vtkModelProvider);

  std::shared_ptr<const tensorview::ModelDescription> GetModel() override { return this->Model; }
  bool ReadCoordinates(const std::string&, const std::vector<std::int64_t>& coordinates,
    std::int64_t firstStep, std::int64_t, tensorview::CoordinateHistory& history) override
  {
    history.everyStep = true;
    if (firstStep > 0 || coordinates.empty())
    {
      return true;
    }
    history.step.resize(static_cast<std::size_t>(this->Steps));
    std::iota(history.step.begin(), history.step.end(), std::int64_t{ 0 });
    history.values.resize(history.step.size() * coordinates.size());
    std::iota(history.values.begin(), history.values.end(), 0.0F);
    return true;
  }

  std::shared_ptr<tensorview::ModelDescription> Model =
    std::make_shared<tensorview::ModelDescription>();
  std::int64_t Steps = 0;
};
vtkStandardNewMacro(BenchmarkProvider);

std::vector<float> RandomValues(std::size_t count)
{
  std::mt19937 random(1);
  std::uniform_real_distribution<float> values(-1.0F, 1.0F);
  std::vector<float> result(count);
  for (float& value : result)
  {
    value = values(random);
  }
  return result;
}

/// A source of one tensor with random values.
class BenchmarkSource : public vtkDataObjectAlgorithm
{
public:
  static BenchmarkSource* New();
  vtkTypeMacro(BenchmarkSource, vtkDataObjectAlgorithm);

  void SetTensor(const char* kind, const tensorview::TensorShape& shape)
  {
    auto values =
      std::make_shared<std::vector<float>>(RandomValues(static_cast<std::size_t>(shape.size())));
    this->Tensor.description = { 1, "layer", kind, shape };
    this->Tensor.shape = shape;
    this->Tensor.slot.resize(static_cast<std::size_t>(shape.filters));
    std::iota(this->Tensor.slot.begin(), this->Tensor.slot.end(), 0);
    this->Tensor.channelSlot.resize(static_cast<std::size_t>(shape.channels));
    std::iota(this->Tensor.channelSlot.begin(), this->Tensor.channelSlot.end(), 0);
    this->Tensor.range = { -1.0F, 1.0F, -1.0F, 1.0F };
    this->Tensor.data = std::shared_ptr<const float>(values, values->data());
    tensorview::LayerDescription layer;
    layer.id = 1;
    layer.name = "layer";
    this->Provider->Model->layers = { layer };
    this->Provider->Model->tensors = { this->Tensor.description };
  }

  tensorview::TensorValues Tensor;
  vtkNew<BenchmarkProvider> Provider;

protected:
  BenchmarkSource() { this->SetNumberOfInputPorts(0); }
  int FillOutputPortInformation(int, vtkInformation* info) override
  {
    info->Set(vtkDataObject::DATA_TYPE_NAME(), "vtkPartitionedDataSetCollection");
    return 1;
  }
  int RequestInformation(
    vtkInformation*, vtkInformationVector**, vtkInformationVector* outputVector) override
  {
    outputVector->GetInformationObject(0)->Set(
      vtkModelProvider::MODEL_PROVIDER(), this->Provider.Get());
    return 1;
  }
  int RequestData(
    vtkInformation*, vtkInformationVector**, vtkInformationVector* outputVector) override
  {
    vtkTensorCollection::Build(vtkPartitionedDataSetCollection::GetData(outputVector, 0),
      { this->Tensor }, *this->Provider->Model, 0.0, 0.0);
    return 1;
  }
};
vtkStandardNewMacro(BenchmarkSource);

template <typename Filter>
void RunFilter(benchmark::State& state, const char* kind, const tensorview::TensorShape& shape,
  std::int64_t steps = 0)
{
  vtkNew<BenchmarkSource> source;
  source->SetTensor(kind, shape);
  source->Provider->Steps = steps;
  vtkNew<Filter> filter;
  filter->SetInputConnection(source->GetOutputPort());
  for (auto iteration : state)
  {
    source->Modified();
    filter->Update();
  }
}

void ImageGrid(benchmark::State& state)
{
  RunFilter<vtkImageGrid>(state, "activation", { 64, 1, 224, 224 });
}
BENCHMARK(ImageGrid)
  ->Name("image grid, 64 x 224 x 224")
  ->UseRealTime()
  ->Unit(benchmark::kMillisecond);

void DistributionGrid(benchmark::State& state)
{
  RunFilter<vtkDistributionGrid>(state, "activation", { 64, 1, 224, 224 });
}
BENCHMARK(DistributionGrid)
  ->Name("distribution grid, 64 x 50176")
  ->UseRealTime()
  ->Unit(benchmark::kMillisecond);

void SmallWeightGrid(benchmark::State& state)
{
  RunFilter<vtkWeightGrid>(state, "weight", { 32, 16, 3, 3 });
}
BENCHMARK(SmallWeightGrid)
  ->Name("weight grid, 32 x 16 x 3 x 3")
  ->UseRealTime()
  ->Unit(benchmark::kMillisecond);

void DenseWeightGrid(benchmark::State& state)
{
  RunFilter<vtkWeightGrid>(state, "weight", { 512, 32, 7, 7 });
}
BENCHMARK(DenseWeightGrid)
  ->Name("weight grid, 512 x 1568")
  ->UseRealTime()
  ->Unit(benchmark::kMillisecond);

void Trajectory(benchmark::State& state)
{
  RunFilter<vtkTrajectory>(state, "weight", { 16, 1, 3, 3 }, 44000);
}
BENCHMARK(Trajectory)
  ->Name("trajectories, 44,000 steps x 9 (history in memory)")
  ->UseRealTime()
  ->Unit(benchmark::kMillisecond);

void Grouping(benchmark::State& state)
{
  RunFilter<vtkPCCGrouping>(state, "activation", { 64, 1, 224, 224 });
}
BENCHMARK(Grouping)->Name("grouping, 64 x 50176")->UseRealTime()->Unit(benchmark::kMillisecond);

void Correlate(benchmark::State& state)
{
  const auto filters = static_cast<std::size_t>(state.range(0));
  const auto samples = static_cast<std::size_t>(state.range(1));
  const std::vector<float> values = RandomValues(filters * samples);
  state.SetLabel(tensorview::symmetricProductInstructionSet());
  for (auto iteration : state)
  {
    benchmark::DoNotOptimize(
      tensorview::correlate(values.data(), filters, samples, SmpParallelFor(filters * samples)));
  }
}
BENCHMARK(Correlate)
  ->Name("correlation")
  ->Args({ 64, 50176 })
  ->Args({ 512, 784 })
  ->UseRealTime()
  ->Unit(benchmark::kMillisecond);
}

BENCHMARK_MAIN();
