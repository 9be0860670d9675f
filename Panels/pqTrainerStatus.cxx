#include "pqTrainerStatus.h"

#include "pqPulledValues.h"

#include "vtkSMProxy.h"

using namespace pqPulledValues;

//-----------------------------------------------------------------------------
bool pqTrainerStatus::inTraining() const
{
  return this->busy() || this->state == "paused";
}

//-----------------------------------------------------------------------------
bool pqTrainerStatus::busy() const
{
  return this->state == "running" || this->state == "preparing" || this->state == "stopping";
}

//-----------------------------------------------------------------------------
bool pqTrainerStatus::offersCommand(const char* name) const
{
  return !this->outside || this->offers.contains(name);
}

//-----------------------------------------------------------------------------
QStringList pqTrainerStatus::offersOf(vtkSMProxy* trainer)
{
  return texts(trainer, "Offers");
}

//-----------------------------------------------------------------------------
pqTrainerStatus pqTrainerStatus::pull(vtkSMProxy* trainer)
{
  pqTrainerStatus status;
  status.state = text(trainer, "State");
  status.message = text(trainer, "Message");
  status.warning = text(trainer, "Warning");
  status.recordMessage = text(trainer, "RecordMessage");
  status.recordingTo = text(trainer, "RecordingTo");
  status.deviceInUse = text(trainer, "DeviceInUse");
  status.step = count(trainer, "Step");
  status.totalSteps = count(trainer, "TotalSteps");
  status.droppedRows = count(trainer, "DroppedRows");
  status.droppedSnapshots = count(trainer, "DroppedSnapshots");
  status.stepsPerSecond = number(trainer, "StepsPerSecond");
  status.secondsLeft = number(trainer, "SecondsLeft", -1.0);
  status.loss = number(trainer, "Loss");
  status.accuracy = number(trainer, "Accuracy");
  status.validationAccuracy = number(trainer, "ValidationAccuracy");
  status.testAccuracy = number(trainer, "TestAccuracy");
  status.learningRate = number(trainer, "LearningRateInUse");
  status.outside = trainer->GetProperty("Offers") != nullptr;
  status.offers = offersOf(trainer);
  status.commandState = text(trainer, "CommandState");
  status.commandReason = text(trainer, "CommandReason");
  return status;
}
