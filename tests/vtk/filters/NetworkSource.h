#ifndef NetworkSource_h
#define NetworkSource_h

#include "vtkAlgorithm.h"
#include "vtkDataObjectAlgorithm.h"
#include "vtkModelProvider.h"
#include "vtkNew.h"
#include "vtkTensorCollection.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

/// A provider that says what a test wrote into it.
class TestProvider : public vtkModelProvider
{
public:
  static TestProvider* New();
  vtkTypeMacro(TestProvider, vtkModelProvider);

  std::shared_ptr<const tensorview::ModelDescription> GetModel() override;
  bool ReadCoordinates(const std::string& layer, const std::vector<std::int64_t>& coordinates,
    std::int64_t firstStep, std::int64_t lastStep, tensorview::CoordinateHistory& history) override;
  std::unique_ptr<tensorview::LayerHistory> OpenHistory(const std::string& layer) override;
  bool ReadsOnDemand() override { return this->OnDemand; }
  std::string GetHistoryVersion() override { return this->Version; }
  bool ReadProbe(const std::string& layer, double step, tensorview::TensorValues& probe) override;
  std::vector<std::int64_t> GetSnapshotSteps() override;
  bool ReadSnapshot(const std::string& layer, const std::string& kind, std::int64_t step,
    std::int64_t firstFilter, std::int64_t filterCount, tensorview::TensorValues& values) override;
  bool OffersGram(const std::string& layer) override { return this->Grams.count(layer) > 0; }
  bool ReadGram(const std::string& layer, double step, tensorview::GramMatrix& gram) override;
  std::vector<tensorview::EditMark> GetEditMarks() override { return this->Edits; }

  tensorview::ModelDescription Model;
  bool OnDemand = false;
  int Steps = 0;                       ///< of history; 0 = none is kept
  std::vector<std::int64_t> Untracked; ///< coordinates that only snapshots (every 10th step) have
  std::function<float(std::int64_t step, std::int64_t coordinate)> Weight;
  std::function<std::unique_ptr<tensorview::LayerHistory>()> History; ///< of any layer
  std::string Version;
  std::vector<tensorview::EditMark> Edits;
  std::map<std::string, tensorview::TensorValues> Probes;
  std::map<std::int64_t, std::vector<tensorview::TensorValues>> Snapshots; ///< recorded, by step
  std::map<std::string, tensorview::GramMatrix> Grams;                     ///< at every step
  int Reads = 0; ///< of history with coordinates

protected:
  TestProvider() = default;
};

/// Only these filters of a tensor.
tensorview::TensorValues Select(
  const tensorview::TensorValues& tensor, const std::vector<std::int32_t>& slots);

/// A source of the data model's port 0, made of the tensors that a test gives it.
class NetworkSource : public vtkDataObjectAlgorithm
{
public:
  static NetworkSource* New();
  vtkTypeMacro(NetworkSource, vtkDataObjectAlgorithm);

  /// Adds a tensor whose filters and channels all exist (slots 0, 1, ...).
  void AddTensor(const std::string& layer, const std::string& kind,
    const tensorview::TensorShape& shape, const std::vector<float>& values);
  /// Leaves only these filters of a tensor.
  void KeepSlots(const std::string& layer, const std::vector<std::int32_t>& slots);

  std::vector<tensorview::TensorValues> Tensors;
  double Step = 0.0;
  int Partitions = 1;   ///< of every tensor: contiguous ranges of filters
  bool Provides = true; ///< offers the provider
  vtkNew<TestProvider> Provider;
  int Executions = 0;

protected:
  NetworkSource();
  int FillOutputPortInformation(int port, vtkInformation* info) override;
  int RequestInformation(
    vtkInformation*, vtkInformationVector**, vtkInformationVector* outputVector) override;
  int RequestData(
    vtkInformation*, vtkInformationVector**, vtkInformationVector* outputVector) override;
};

/// 0, 1, 2, ... times `scale`
std::vector<float> Counting(std::size_t count, float scale = 1.0F);

/// Updates a filter and returns its error messages ("" = none).
std::string UpdateAndListen(vtkAlgorithm* filter);

#endif
