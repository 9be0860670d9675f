#ifndef pqTrainerCommands_h
#define pqTrainerCommands_h

#include <QString>

class pqPipelineSource;
class pqServer;
class vtkSMProxy;

/// What the panel does to a `Trainer`, in the way that ParaView's Python trace records: playing the
/// trace does the same from pvpython.
namespace pqTrainerCommands
{

/// Makes a trainer on `server` and selects it. It needs no Apply: it shows nothing by itself.
pqPipelineSource* create(pqServer* server);

/// Makes a trainer that, once it is started, goes on from a checkpoint of a run (the property
/// Resume: its file, or run.tvr@STEP), recording to a run of its own, and selects it.
pqPipelineSource* createBranch(pqServer* server, const QString& checkpoint, const QString& record);

/// Invokes `command` (Start, Pause, Stop, ...); traced as trainer1.InvokeCommand('Start'), after
/// `comment` if there is one.
void invoke(vtkSMProxy* trainer, const QString& command, const QString& comment = QString());

/// Trains `steps` steps without waiting for them. The trace does not mention that: a script waits.
void advance(vtkSMProxy* trainer, int steps);

/// Asks another program's training, whose run `reader` shows, for a learning rate.
void setLearningRate(vtkSMProxy* reader, double rate);

} // namespace pqTrainerCommands

#endif
