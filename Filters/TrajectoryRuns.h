#ifndef TrajectoryRuns_h
#define TrajectoryRuns_h

#include "LayerTensor.h"

#include <optional>
#include <string>
#include <vector>

class vtkInformationVector;
class vtkModelProvider;

/// An input of a vtkTrajectory.
struct TrajectoryRun
{
  int number = 0;
  vtkInformation* information = nullptr;
  vtkModelProvider* provider = nullptr; ///< may be null
  LayerShape shape;
};

/// The runs of which every input is one, by the layer of the first that has any tensors.
/// Collective.
/// @param notes gets a sentence for each run that is left out because its layer is another
/// @throws std::runtime_error if an input is no network, or the first has no such layer
std::vector<TrajectoryRun> FindTrajectoryRuns(
  vtkInformationVector* inputs, const TensorName& name, std::vector<std::string>& notes);

/// The layer at the current step; nothing if the run has no tensors (yet).
/// @throws std::runtime_error if it has not this layer
std::optional<LayerTensor> PickCurrent(const TrajectoryRun& run);

/// Does it change while it is looked at? Then it announces no steps.
bool IsLive(const TrajectoryRun& run);

/// The step that a run shows; infinite if it does not say.
double ShownStep(const TrajectoryRun& run);

/// Groups of a run's filters by slot, -1 = none; empty if it is not grouped. Collective.
std::vector<int> GroupsOf(const TrajectoryRun& run);

#endif
