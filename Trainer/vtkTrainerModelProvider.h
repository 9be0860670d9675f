#ifndef vtkTrainerModelProvider_h
#define vtkTrainerModelProvider_h

#include "vtkModelProvider.h"
#include "vtkTensorViewTrainerModule.h"

#include <memory> // for shared_ptr

namespace tensorview
{
class Engine;
struct ProbeResult;
}

/**
 * @class vtkTrainerModelProvider
 * @brief The model of a live Trainer, the history that its engine keeps in memory, and what the
 * network makes of its probe images.
 *
 * The model is there on all ranks, all else on rank 0 only. Probe outputs and Gram matrices are
 * computed for those who ask: at once (the call waits up to ten seconds) where training stands
 * still at that step, else with the snapshots from the next one on.
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
  void SetEngine(std::shared_ptr<tensorview::Engine> engine);

  std::shared_ptr<const tensorview::ModelDescription> GetModel() override;

  /// Always true; without an engine the history is empty.
  bool ReadCoordinates(const std::string& layer, const std::vector<std::int64_t>& coordinates,
    std::int64_t firstStep, std::int64_t lastStep, tensorview::CoordinateHistory& history) override;

  /// Only steps that the outputs show, or showed just now.
  bool ReadProbe(const std::string& layer, double step, tensorview::TensorValues& probe) override;

  /// Whether the layer is small enough.
  bool OffersGram(const std::string& layer) override;

  /// As ReadProbe().
  bool ReadGram(const std::string& layer, double step, tensorview::GramMatrix& gram) override;

  std::vector<tensorview::EditMark> GetEditMarks() override;

protected:
  vtkTrainerModelProvider();
  ~vtkTrainerModelProvider() override;

private:
  vtkTrainerModelProvider(const vtkTrainerModelProvider&) = delete;
  void operator=(const vtkTrainerModelProvider&) = delete;

  std::shared_ptr<const tensorview::ProbeResult> AskProbe(const std::string& layer, double step);

  std::shared_ptr<const tensorview::ModelDescription> Model;
  std::shared_ptr<tensorview::Engine> Engine;
};

#endif
