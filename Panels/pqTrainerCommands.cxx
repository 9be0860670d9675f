#include "pqTrainerCommands.h"

#include "pqActiveObjects.h"
#include "pqApplicationCore.h"
#include "pqObjectBuilder.h"
#include "pqPipelineSource.h"
#include "pqServer.h"
#include "pqUndoStack.h"

#include "vtkSMPropertyHelper.h"
#include "vtkSMProxy.h"
#include "vtkSMTrace.h"

namespace
{

void setInteger(vtkSMProxy* trainer, const char* property, int value)
{
  vtkSMPropertyHelper(trainer, property).Set(value);
  trainer->UpdateVTKObjects();
}

} // namespace

namespace pqTrainerCommands
{

//-----------------------------------------------------------------------------
pqPipelineSource* create(pqServer* server)
{
  BEGIN_UNDO_SET("Create trainer");
  auto* builder = pqApplicationCore::instance()->getObjectBuilder();
  auto* trainer = builder->createSource("sources", "Trainer", server);
  if (trainer)
  {
    trainer->setModifiedState(pqProxy::UNMODIFIED);
    pqActiveObjects::instance().setActiveSource(trainer);
  }
  END_UNDO_SET();
  return trainer;
}

//-----------------------------------------------------------------------------
pqPipelineSource* createBranch(pqServer* server, const QString& checkpoint, const QString& record)
{
  auto* trainer = create(server);
  if (trainer)
  {
    auto* proxy = trainer->getProxy();
    SM_SCOPED_TRACE(PropertiesModified).arg("proxy", proxy);
    vtkSMPropertyHelper(proxy, "Resume").Set(checkpoint.toUtf8().constData());
    vtkSMPropertyHelper(proxy, "RecordFile").Set(record.toUtf8().constData());
    proxy->UpdateVTKObjects();
  }
  return trainer;
}

//-----------------------------------------------------------------------------
void invoke(vtkSMProxy* trainer, const QString& command, const QString& comment)
{
  const QByteArray name = command.toUtf8();
  if (comment.isEmpty())
  {
    SM_SCOPED_TRACE(CallMethod).arg(trainer).arg("InvokeCommand").arg(name.constData());
    trainer->InvokeCommand(name.constData());
  }
  else
  {
    SM_SCOPED_TRACE(CallMethod)
      .arg(trainer)
      .arg("InvokeCommand")
      .arg(name.constData())
      .arg("comment", comment.toUtf8().constData());
    trainer->InvokeCommand(name.constData());
  }
}

//-----------------------------------------------------------------------------
void advance(vtkSMProxy* trainer, int steps)
{
  {
    SM_SCOPED_TRACE(PropertiesModified).arg("proxy", trainer);
    setInteger(trainer, "AdvanceSteps", steps);
  }
  setInteger(trainer, "AdvanceWait", 0);
  invoke(trainer, "Advance");
  setInteger(trainer, "AdvanceWait", 1);
}

//-----------------------------------------------------------------------------
void setLearningRate(vtkSMProxy* reader, double rate)
{
  {
    SM_SCOPED_TRACE(PropertiesModified).arg("proxy", reader);
    vtkSMPropertyHelper(reader, "LearningRate").Set(rate);
    reader->UpdateVTKObjects();
  }
  invoke(reader, "ChangeLearningRate");
}

} // namespace pqTrainerCommands
