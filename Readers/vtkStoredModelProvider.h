#ifndef vtkStoredModelProvider_h
#define vtkStoredModelProvider_h

#include "vtkModelProvider.h"
#include "vtkTensorViewReadersModule.h"

#include <cstddef>    // for size_t
#include <functional> // for function
#include <memory>     // for shared_ptr
#include <string>     // for string
#include <vector>     // for vector

/**
 * @class vtkStoredModelProvider
 * @brief The model and the history that files hold, read when they are asked for.
 *
 * Problems of the files are warnings, and there is nothing then.
 */
class VTKTENSORVIEWREADERS_EXPORT vtkStoredModelProvider : public vtkModelProvider
{
public:
  vtkTypeMacro(vtkStoredModelProvider, vtkModelProvider);

  std::shared_ptr<const tensorview::ModelDescription> GetModel() override { return this->Model; }

  bool ReadsOnDemand() override { return true; }

  bool ReadCoordinates(const std::string& layer, const std::vector<std::int64_t>& coordinates,
    std::int64_t firstStep, std::int64_t lastStep, tensorview::CoordinateHistory& history) override;

  bool ReadSnapshot(const std::string& layer, const std::string& kind, std::int64_t step,
    std::int64_t firstFilter, std::int64_t filterCount, tensorview::TensorValues& values) override;

protected:
  vtkStoredModelProvider();
  ~vtkStoredModelProvider() override;

  /// Null: no files, a model without layers.
  void SetModel(const tensorview::ModelDescription* model);

  /// Calls `read`; false, with a warning, if it throws.
  bool Attempt(const std::function<void()>& read);

  /// Both are asked only while there are files, and may throw.
  virtual tensorview::CoordinateHistory Coordinates(const std::string& layer,
    const std::vector<std::int64_t>& coordinates, std::int64_t firstStep,
    std::int64_t lastStep) = 0;
  virtual tensorview::TensorValues Tensor(std::size_t tensor, std::size_t snapshot,
    std::int64_t firstFilter, std::int64_t filterCount) = 0;

private:
  vtkStoredModelProvider(const vtkStoredModelProvider&) = delete;
  void operator=(const vtkStoredModelProvider&) = delete;

  std::shared_ptr<const tensorview::ModelDescription> Model;
  bool HasFiles = false;
};

#endif
