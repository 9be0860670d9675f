#ifndef vtkTrainerModelProvider_h
#define vtkTrainerModelProvider_h

#include "vtkModelProvider.h"
#include "vtkTensorViewTrainerModule.h"

#include <memory> // for shared_ptr
#include <vector> // for the probe

namespace tensorview
{
class Engine;
}

/**
 * @class vtkTrainerModelProvider
 * @brief The model of a live Trainer, the history that its engine keeps in memory, and the probe
 * outputs of the snapshot that its outputs show.
 *
 * The model is there on all ranks, history and probe on rank 0 only.
 */
class VTKTENSORVIEWTRAINER_EXPORT vtkTrainerModelProvider : public vtkModelProvider
{
public:
  static vtkTrainerModelProvider* New();
  vtkTypeMacro(vtkTrainerModelProvider, vtkModelProvider);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  /// Null: a model without layers.
  void SetModel(std::shared_ptr<const tensorview::ModelDescription> model);
  /// Where history comes from; null (satellites, or the trainer is gone): none.
  void SetEngine(std::shared_ptr<const tensorview::Engine> engine);
  /// The probe outputs at `step`.
  void SetProbe(std::vector<tensorview::TensorValues> probe, double step);

  std::shared_ptr<const tensorview::ModelDescription> GetModel() override;

  /// Always true; without an engine the history is empty.
  bool ReadCoordinates(const std::string& layer, const std::vector<std::int64_t>& coordinates,
    std::int64_t firstStep, std::int64_t lastStep, tensorview::CoordinateHistory& history) override;

  /// Only the step that the outputs show.
  bool ReadProbe(const std::string& layer, double step, tensorview::TensorValues& probe) override;

protected:
  vtkTrainerModelProvider();
  ~vtkTrainerModelProvider() override;

private:
  vtkTrainerModelProvider(const vtkTrainerModelProvider&) = delete;
  void operator=(const vtkTrainerModelProvider&) = delete;

  std::shared_ptr<const tensorview::ModelDescription> Model;
  std::shared_ptr<const tensorview::Engine> Engine;
  std::vector<tensorview::TensorValues> Probe;
  double ProbeStep = -1.0;
};

#endif
