#ifndef vtkFileModelProvider_h
#define vtkFileModelProvider_h

#include "vtkModelProvider.h"
#include "vtkTensorViewReadersModule.h"

#include <memory> // for shared_ptr

namespace tensorview
{
class NetworkSeries;
}

/**
 * @class vtkFileModelProvider
 * @brief The network of a tensor file, and its history if there is a series of them. It is read
 * from the files when it is asked for.
 */
class VTKTENSORVIEWREADERS_EXPORT vtkFileModelProvider : public vtkModelProvider
{
public:
  static vtkFileModelProvider* New();
  vtkTypeMacro(vtkFileModelProvider, vtkModelProvider);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  /// Null: a model without layers.
  void SetSeries(std::shared_ptr<tensorview::NetworkSeries> series);

  std::shared_ptr<const tensorview::ModelDescription> GetModel() override;

  bool ReadsOnDemand() override { return true; }

  /// Problems of the files are warnings; the history is then empty.
  bool ReadCoordinates(const std::string& layer, const std::vector<std::int64_t>& coordinates,
    std::int64_t firstStep, std::int64_t lastStep, tensorview::CoordinateHistory& history) override;

  std::unique_ptr<tensorview::LayerHistory> OpenHistory(const std::string& layer) override;

  std::string GetHistoryVersion() override;

  /// Of all files, the only one included.
  std::vector<std::int64_t> GetSnapshotSteps() override;

  /// Problems of the files are warnings, and there is nothing then.
  bool ReadSnapshot(const std::string& layer, const std::string& kind, std::int64_t step,
    std::int64_t firstFilter, std::int64_t filterCount, tensorview::TensorValues& values) override;

protected:
  vtkFileModelProvider();
  ~vtkFileModelProvider() override;

private:
  vtkFileModelProvider(const vtkFileModelProvider&) = delete;
  void operator=(const vtkFileModelProvider&) = delete;

  std::shared_ptr<tensorview::NetworkSeries> Series;
  std::shared_ptr<const tensorview::ModelDescription> Model;
  int SeriesSeen = 0; ///< so far
};

#endif
