#include "pqPruneStatus.h"

#include "pqPulledValues.h"

using namespace pqPulledValues;

//-----------------------------------------------------------------------------
pqPruneStatus pqPruneStatus::pull(vtkSMProxy* trainer)
{
  pqPruneStatus status;
  status.commandId = count(trainer, "CommandId");
  status.commandState = text(trainer, "CommandState");
  status.commandReason = text(trainer, "CommandReason");
  status.undoCount = count(trainer, "UndoCount");
  status.redoCount = count(trainer, "RedoCount");
  status.undoStep = count(trainer, "UndoStep");
  status.redoStep = count(trainer, "RedoStep");
  status.editCount = count(trainer, "EditCount");
  status.previewCount = count(trainer, "PreviewCount");
  return status;
}

//-----------------------------------------------------------------------------
int pqPruneStatus::pullCommandId(vtkSMProxy* trainer)
{
  return count(trainer, "CommandId");
}

//-----------------------------------------------------------------------------
QString pqPruneStatus::pullPreview(vtkSMProxy* trainer)
{
  return text(trainer, "PreviewResult");
}

//-----------------------------------------------------------------------------
QStringList pqPruneStatus::pullEdits(vtkSMProxy* trainer)
{
  return texts(trainer, "EditLines");
}

//-----------------------------------------------------------------------------
QStringList pqPruneStatus::pullLayers(vtkSMProxy* trainer)
{
  return texts(trainer, "PrunableLayers");
}
