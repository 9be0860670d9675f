#ifndef vtkFileModelProvider_h
#define vtkFileModelProvider_h

#include "vtkStoredModelProvider.h"
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
class VTKTENSORVIEWREADERS_EXPORT vtkFileModelProvider : public vtkStoredModelProvider
{
public:
  static vtkFileModelProvider* New();
  vtkTypeMacro(vtkFileModelProvider, vtkStoredModelProvider);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  /// Null: a model without layers.
  void SetSeries(std::shared_ptr<tensorview::NetworkSeries> series);

  std::unique_ptr<tensorview::LayerHistory> OpenHistory(const std::string& layer) override;

  std::string GetHistoryVersion() override;

  /// Of all files, the only one included.
  std::vector<std::int64_t> GetSnapshotSteps() override;

protected:
  vtkFileModelProvider();
  ~vtkFileModelProvider() override;

  tensorview::CoordinateHistory Coordinates(const std::string& layer,
    const std::vector<std::int64_t>& coordinates, std::int64_t firstStep,
    std::int64_t lastStep) override;
  tensorview::TensorValues Tensor(std::size_t tensor, std::size_t snapshot,
    std::int64_t firstFilter, std::int64_t filterCount) override;

private:
  vtkFileModelProvider(const vtkFileModelProvider&) = delete;
  void operator=(const vtkFileModelProvider&) = delete;

  std::shared_ptr<tensorview::NetworkSeries> Series;
  int SeriesSeen = 0; ///< so far
};

#endif
