#include "pqPruneStatus.h"

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

int numberOf(vtkSMProxy* trainer, const char* name)
{
  vtkSMProperty* property = pulled(trainer, name);
  return property ? vtkSMPropertyHelper(property, true).GetAsInt() : 0;
}

QStringList listOf(vtkSMProxy* trainer, const char* name)
{
  QStringList list;
  if (vtkSMProperty* property = pulled(trainer, name))
  {
    const vtkSMPropertyHelper texts(property, true);
    for (unsigned int i = 0; i < texts.GetNumberOfElements(); ++i)
    {
      list.append(QString::fromUtf8(texts.GetAsString(i)));
    }
  }
  return list;
}

} // namespace

//-----------------------------------------------------------------------------
pqPruneStatus pqPruneStatus::pull(vtkSMProxy* trainer)
{
  pqPruneStatus status;
  status.commandId = numberOf(trainer, "CommandId");
  status.commandState = textOf(trainer, "CommandState");
  status.commandReason = textOf(trainer, "CommandReason");
  status.undoCount = numberOf(trainer, "UndoCount");
  status.redoCount = numberOf(trainer, "RedoCount");
  status.undoStep = numberOf(trainer, "UndoStep");
  status.redoStep = numberOf(trainer, "RedoStep");
  status.editCount = numberOf(trainer, "EditCount");
  status.previewCount = numberOf(trainer, "PreviewCount");
  return status;
}

//-----------------------------------------------------------------------------
int pqPruneStatus::pullCommandId(vtkSMProxy* trainer)
{
  return numberOf(trainer, "CommandId");
}

//-----------------------------------------------------------------------------
QString pqPruneStatus::pullPreview(vtkSMProxy* trainer)
{
  return textOf(trainer, "PreviewResult");
}

//-----------------------------------------------------------------------------
QStringList pqPruneStatus::pullEdits(vtkSMProxy* trainer)
{
  return listOf(trainer, "EditLines");
}

//-----------------------------------------------------------------------------
QStringList pqPruneStatus::pullLayers(vtkSMProxy* trainer)
{
  return listOf(trainer, "PrunableLayers");
}
