#include "pqTrainerStatus.h"

#include "vtkSMProperty.h"
#include "vtkSMPropertyHelper.h"
#include "vtkSMProxy.h"

namespace
{

vtkSMProperty* pulled(vtkSMProxy* trainer, const char* name)
{
  vtkSMProperty* property = trainer->GetProperty(name);
  if (property)
  {
    trainer->UpdatePropertyInformation(property);
  }
  return property;
}

QString textOf(vtkSMProxy* trainer, const char* name)
{
  vtkSMProperty* property = pulled(trainer, name);
  return property ? QString::fromUtf8(vtkSMPropertyHelper(property, true).GetAsString())
                  : QString();
}

double numberOf(vtkSMProxy* trainer, const char* name)
{
  vtkSMProperty* property = pulled(trainer, name);
  return property ? vtkSMPropertyHelper(property, true).GetAsDouble() : 0.0;
}

qint64 countOf(vtkSMProxy* trainer, const char* name)
{
  return static_cast<qint64>(numberOf(trainer, name));
}

} // namespace

//-----------------------------------------------------------------------------
bool pqTrainerStatus::inTraining() const
{
  return this->busy() || this->state == "paused";
}

//-----------------------------------------------------------------------------
bool pqTrainerStatus::busy() const
{
  return this->state == "running" || this->state == "preparing";
}

//-----------------------------------------------------------------------------
pqTrainerStatus pqTrainerStatus::pull(vtkSMProxy* trainer)
{
  pqTrainerStatus status;
  status.state = textOf(trainer, "State");
  status.message = textOf(trainer, "Message");
  status.warning = textOf(trainer, "Warning");
  status.recordMessage = textOf(trainer, "RecordMessage");
  status.recordingTo = textOf(trainer, "RecordingTo");
  status.deviceInUse = textOf(trainer, "DeviceInUse");
  status.step = countOf(trainer, "Step");
  status.totalSteps = countOf(trainer, "TotalSteps");
  status.droppedRows = countOf(trainer, "DroppedRows");
  status.droppedSnapshots = countOf(trainer, "DroppedSnapshots");
  status.stepsPerSecond = numberOf(trainer, "StepsPerSecond");
  status.secondsLeft = numberOf(trainer, "SecondsLeft");
  status.loss = numberOf(trainer, "Loss");
  status.accuracy = numberOf(trainer, "Accuracy");
  status.validationAccuracy = numberOf(trainer, "ValidationAccuracy");
  status.testAccuracy = numberOf(trainer, "TestAccuracy");
  status.commandState = textOf(trainer, "CommandState");
  status.commandReason = textOf(trainer, "CommandReason");
  return status;
}
