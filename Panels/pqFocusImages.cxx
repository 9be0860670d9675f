#include "pqFocusImages.h"

#include "pqApplicationCore.h"
#include "pqGridDisplays.h"
#include "pqPipelineSource.h"
#include "pqServerManagerModel.h"

#include "vtkSMPropertyHelper.h"
#include "vtkSMProxy.h"

#include <QPointer>
#include <QTimer>

//-----------------------------------------------------------------------------
pqFocusImages::pqFocusImages(QObject* parentObject)
  : QObject(parentObject)
{
  auto* model = pqApplicationCore::instance()->getServerManagerModel();
  QObject::connect(model, &pqServerManagerModel::dataUpdated, this, &pqFocusImages::onDataUpdated);
  QObject::connect(model, &pqServerManagerModel::sourceRemoved, this, &pqFocusImages::forget);
}

//-----------------------------------------------------------------------------
void pqFocusImages::onDataUpdated(pqPipelineSource* source)
{
  if (!source->getProxy()->GetProperty("Focus") || !source->getOutputPort("FocusImage"))
  {
    return;
  }
  const QString focus = vtkSMPropertyHelper(source->getProxy(), "Focus").GetAsString();
  if (focus == this->Focus.value(source))
  {
    return;
  }
  this->Focus[source] = focus;
  // A view is rendering now, most likely: what it shows must not change before it is done.
  const QPointer<pqPipelineSource> grid = source;
  QTimer::singleShot(0, this,
    [grid]()
    {
      if (grid)
      {
        pqGridDisplays::showFocusImage(grid);
      }
    });
}

//-----------------------------------------------------------------------------
void pqFocusImages::forget(pqPipelineSource* source)
{
  this->Focus.remove(source);
}
