#ifndef vtkRunModelProvider_h
#define vtkRunModelProvider_h

#include "vtkStoredModelProvider.h"
#include "vtkTensorViewReadersModule.h"

#include <memory> // for shared_ptr

namespace tensorview
{
class RunReader;
}

/**
 * @class vtkRunModelProvider
 * @brief The model and the history of a recorded run. History is read from the file when it is
 * asked for.
 */
class VTKTENSORVIEWREADERS_EXPORT vtkRunModelProvider : public vtkStoredModelProvider
{
public:
  static vtkRunModelProvider* New();
  vtkTypeMacro(vtkRunModelProvider, vtkStoredModelProvider);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  /// Null: a model without layers.
  void SetRun(std::shared_ptr<const tensorview::RunReader> run);

  std::unique_ptr<tensorview::LayerHistory> OpenHistory(const std::string& layer) override;

  std::string GetHistoryVersion() override;

  bool ReadProbe(const std::string& layer, double step, tensorview::TensorValues& probe) override;

  std::vector<std::int64_t> GetSnapshotSteps() override;

  bool OffersGram(const std::string& layer) override;
  bool ReadGram(const std::string& layer, double step, tensorview::GramMatrix& gram) override;

  std::vector<tensorview::EditMark> GetEditMarks() override;

protected:
  vtkRunModelProvider();
  ~vtkRunModelProvider() override;

  tensorview::CoordinateHistory Coordinates(const std::string& layer,
    const std::vector<std::int64_t>& coordinates, std::int64_t firstStep,
    std::int64_t lastStep) override;
  tensorview::TensorValues Tensor(std::size_t tensor, std::size_t snapshot,
    std::int64_t firstFilter, std::int64_t filterCount) override;

private:
  vtkRunModelProvider(const vtkRunModelProvider&) = delete;
  void operator=(const vtkRunModelProvider&) = delete;

  std::shared_ptr<const tensorview::RunReader> Run;
  int Runs = 0; ///< that were set so far
};

#endif
