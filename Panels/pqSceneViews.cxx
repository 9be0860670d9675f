#include "pqSceneViews.h"

#include "pqActiveObjects.h"
#include "pqApplicationCore.h"
#include "pqOutputPort.h"
#include "pqPipelineFilter.h"
#include "pqPipelineSource.h"
#include "pqServer.h"
#include "pqServerManagerModel.h"

#include "vtkPVDataInformation.h"
#include "vtkPythonInterpreter.h"
#include "vtkSMPropertyHelper.h"
#include "vtkSMProxy.h"
#include "vtkSMSourceProxy.h"
#include "vtkSMTrace.h"

#include <QCursor>
#include <QGuiApplication>
#include <QString>
#include <QtDebug>

#include <algorithm>

namespace
{

/// Python statements that call tensorview_scene.build with the proxy of that global id.
QByteArray buildCall(vtkTypeUInt32 globalId)
{
  return QString("import paraview.simple\n"
                 "import tensorview_scene\n"
                 "tensorview_scene.build(paraview.servermanager._getPyProxy(\n"
                 "    paraview.servermanager.vtkSMProxyManager.GetProxyManager()\n"
                 "    .GetActiveSession().GetRemoteObject(%1)))\n")
    .arg(globalId)
    .toUtf8();
}

bool isFileReader(pqPipelineSource* source)
{
  return QString(source->getProxy()->GetXMLName()) == "TensorFileReader";
}

/// Does the producer have something to look at? A file is not read for that.
bool offersTensors(pqPipelineSource* producer)
{
  if (!isFileReader(producer))
  {
    producer->updatePipeline();
    return producer->getOutputPort(0)->getDataInformation()->GetNumberOfPoints() > 0;
  }
  auto* reader = vtkSMSourceProxy::SafeDownCast(producer->getProxy());
  reader->UpdatePipelineInformation();
  return vtkSMPropertyHelper(reader, "TensorArrayInfo").GetNumberOfElements() > 0;
}

/// False, and told in the output window, if the source has nothing that could be looked at.
bool hasTensors(pqPipelineSource* producer)
{
  if (offersTensors(producer))
  {
    return true;
  }
  qWarning().noquote() << QString(
    "No views were made: %1 has no tensors. What it has to say stands "
    "above, and in the TensorView dock.")
                            .arg(producer->getSMName());
  return false;
}

} // namespace

namespace pqSceneViews
{

//-----------------------------------------------------------------------------
bool canCreate(pqPipelineSource* source)
{
  const QString name = source && source->getProxy() ? source->getProxy()->GetXMLName() : "";
  return name == "Trainer" || name == "TensorRunReader" || name == "TensorFileReader";
}

//-----------------------------------------------------------------------------
pqPipelineSource* producerOf(pqPipelineSource* source)
{
  if (canCreate(source))
  {
    return source;
  }
  if (auto* filter = qobject_cast<pqPipelineFilter*>(source))
  {
    for (auto* input : filter->getAllInputs())
    {
      if (auto* producer = producerOf(input->getSource()))
      {
        return producer;
      }
    }
  }
  return nullptr;
}

//-----------------------------------------------------------------------------
QList<pqPipelineSource*> sourcesOf(pqPipelineSource* producer)
{
  auto* model = pqApplicationCore::instance()->getServerManagerModel();
  auto sources = model->findItems<pqPipelineSource*>(producer->getServer());
  sources.erase(std::remove_if(sources.begin(), sources.end(),
                  [producer](pqPipelineSource* source) { return producerOf(source) != producer; }),
    sources.end());
  return sources;
}

//-----------------------------------------------------------------------------
bool create(pqPipelineSource* producer)
{
  if (!hasTensors(producer))
  {
    return false;
  }
  QGuiApplication::setOverrideCursor(QCursor(Qt::WaitCursor));
  pqActiveObjects::instance().setActiveServer(producer->getServer());
  vtkPythonInterpreter::Initialize();
  {
    SM_SCOPED_TRACE(TraceText).arg("import tensorview_scene");
  }
  bool made = false;
  {
    // While this item is open the trace leaves out what the module does.
    SM_SCOPED_TRACE(CallFunction).arg("tensorview_scene.build").arg(producer->getProxy());
    made = vtkPythonInterpreter::RunSimpleString(
             buildCall(producer->getProxy()->GetGlobalID()).constData()) == 0;
  }
  QGuiApplication::restoreOverrideCursor();
  return made;
}

} // namespace pqSceneViews
