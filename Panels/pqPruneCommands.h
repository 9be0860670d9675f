#ifndef pqPruneCommands_h
#define pqPruneCommands_h

#include <QString>

#include <vector>

class vtkSMProxy;

/// What the panel does to the network of a `Trainer`, in the way that ParaView's Python trace
/// records. Nothing waits for the trainer; the trace does not mention that: a script waits.
namespace pqPruneCommands
{

/// Which filters shall go.
struct Wish
{
  QString layer;
  std::vector<int> removed;   ///< slots; empty: the trainer chooses until `remaining` are left
  std::vector<int> survivors; ///< one for each of `removed`, or empty
  int remaining = 0;
  QString choice; ///< how the trainer chooses; empty: as it is set
};

void preview(vtkSMProxy* trainer, const Wish& wish);
void apply(vtkSMProxy* trainer, const Wish& wish);

/// Slots; none: the whole layer.
void freeze(
  vtkSMProxy* trainer, const QString& layer, const std::vector<int>& filters, bool frozen);

/// `comment` says in the trace what the step was.
void undo(vtkSMProxy* trainer, const QString& comment);
void redo(vtkSMProxy* trainer);

/// Largest fall of the accuracy, a fraction; below 0: any.
/// @param property AccuracyTolerance or AutoPruneTolerance
void setTolerance(vtkSMProxy* trainer, const char* property, double tolerance);

void evaluate(vtkSMProxy* trainer);

/// To and from the file that the property CheckpointFile names.
void saveCheckpoint(vtkSMProxy* trainer);
void loadCheckpoint(vtkSMProxy* trainer);

} // namespace pqPruneCommands

#endif
