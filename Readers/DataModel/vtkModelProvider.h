#ifndef vtkModelProvider_h
#define vtkModelProvider_h

#include "vtkObject.h"
#include "vtkTensorViewDataModelModule.h"

#include "../Core/EditMarks.h" // plain types
#include "../Core/GramMatrix.h"
#include "../Core/LayerHistory.h"
#include "../Core/TensorTypes.h"

#include <memory> // for shared_ptr
#include <vector> // for steps

class vtkInformation;
class vtkInformationObjectBaseKey;

/**
 * @class vtkModelProvider
 * @brief The model and its history, as a source offers them to filters through the pipeline
 * information.
 *
 * A source sets one under MODEL_PROVIDER() on each of its output ports in RequestInformation. The
 * key copies itself downstream. Subclasses: vtkRunModelProvider (Readers), vtkTrainerModelProvider
 * (Trainer). Reading methods are not collective: with several MPI ranks rank 0 always has the
 * history, others may return nothing.
 */
class VTKTENSORVIEWDATAMODEL_EXPORT vtkModelProvider : public vtkObject
{
public:
  vtkTypeMacro(vtkModelProvider, vtkObject);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  static vtkInformationObjectBaseKey* MODEL_PROVIDER();
  /// The provider in a port's information, or nullptr.
  static vtkModelProvider* Get(vtkInformation* info);

  /// Never null; without layers when the source has nothing yet. The same on all ranks.
  virtual std::shared_ptr<const tensorview::ModelDescription> GetModel() = 0;

  /// True: the source reads tensors when they are asked for, so that consumers do well to say which
  /// ones they need (vtkTensorCollection::Request).
  virtual bool ReadsOnDemand() { return false; }

  /// History of coordinates of a layer's weights; see tensorview::CoordinateHistory.
  /// False: this source keeps no history (ask step by step).
  virtual bool ReadCoordinates(const std::string& layer,
    const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep,
    tensorview::CoordinateHistory& history) = 0;

  /// All weights of a layer at all snapshots, to be read piece by piece before anything else
  /// happens to the source. Null: this source keeps none, or not here (rank 0 always has them).
  /// @throws std::exception with a message for the user
  virtual std::unique_ptr<tensorview::LayerHistory> OpenHistory(const std::string& layer);

  /// Changes whenever ReadCoordinates() or OpenHistory() may answer otherwise than before, so that
  /// consumers can keep what they have made of it. Empty: not known, ask anew every time.
  virtual std::string GetHistoryVersion();

  /// Outputs of the fixed probe batch, [filters, 1, 1, samples], of a layer at a step, for layers
  /// whose maps have fewer than 16 pixels. False: none.
  virtual bool ReadProbe(const std::string& layer, double step, tensorview::TensorValues& probe);

  /// Steps of the snapshots that ReadSnapshot() knows, ascending. Empty: this source keeps none.
  virtual std::vector<std::int64_t> GetSnapshotSteps();

  /// Filters [firstFilter, firstFilter + filterCount) of those that a tensor had at a recorded
  /// snapshot, in slot order, without executing the pipeline; filterCount < 0: all. False: the
  /// tensor was not recorded then, or this source keeps no snapshots, or not here.
  virtual bool ReadSnapshot(const std::string& layer, const std::string& kind, std::int64_t step,
    std::int64_t firstFilter, std::int64_t filterCount, tensorview::TensorValues& values);

  /// True: ReadGram() can be asked for this layer; a live source computes the matrix from then on,
  /// so that it is there some steps later.
  virtual bool OffersGram(const std::string& layer);

  /// The Gram matrix of a layer's filters at a step, or the newest before it. False: none (yet).
  virtual bool ReadGram(const std::string& layer, double step, tensorview::GramMatrix& gram);

  /// A mark for each edit of the network so far, see tensorview::editMarks(); none where this
  /// source knows of none.
  virtual std::vector<tensorview::EditMark> GetEditMarks();

  /// Seconds that ReadProbe() and ReadGram() may wait for what a live source that stands still has
  /// yet to compute; it computes it in any case. Default 10.
  void SetPatience(double seconds) { this->Patience = seconds; }
  double GetPatience() const { return this->Patience; }

protected:
  vtkModelProvider();
  ~vtkModelProvider() override;

private:
  vtkModelProvider(const vtkModelProvider&) = delete;
  void operator=(const vtkModelProvider&) = delete;

  double Patience = 10.0;
};

#endif
