#include "pqTrainerStatus.h"

#include "vtkSMProperty.h"
#include "vtkSMPropertyHelper.h"
#include "vtkSMProxy.h"

#include <limits>

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

double numberOf(
  vtkSMProxy* trainer, const char* name, double unknown = std::numeric_limits<double>::quiet_NaN())
{
  vtkSMProperty* property = pulled(trainer, name);
  return property ? vtkSMPropertyHelper(property, true).GetAsDouble() : unknown;
}

qint64 countOf(vtkSMProxy* trainer, const char* name)
{
  return static_cast<qint64>(numberOf(trainer, name, 0.0));
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
  QStringList names;
  if (vtkSMProperty* offers = pulled(trainer, "Offers"))
  {
    const vtkSMPropertyHelper helper(offers, true);
    for (unsigned int i = 0; i < helper.GetNumberOfElements(); ++i)
    {
      names << QString::fromUtf8(helper.GetAsString(i));
    }
  }
  return names;
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
  status.secondsLeft = numberOf(trainer, "SecondsLeft", -1.0);
  status.loss = numberOf(trainer, "Loss");
  status.accuracy = numberOf(trainer, "Accuracy");
  status.validationAccuracy = numberOf(trainer, "ValidationAccuracy");
  status.testAccuracy = numberOf(trainer, "TestAccuracy");
  status.learningRate = numberOf(trainer, "LearningRateInUse");
  status.outside = trainer->GetProperty("Offers") != nullptr;
  status.offers = offersOf(trainer);
  status.commandState = textOf(trainer, "CommandState");
  status.commandReason = textOf(trainer, "CommandReason");
  return status;
}
