#include "pqLiveViews.h"

#include "pqApplicationCore.h"
#include "pqDataRepresentation.h"
#include "pqPipelineSource.h"
#include "pqSceneViews.h"
#include "pqServerManagerModel.h"
#include "pqServerState.h"
#include "pqView.h"

#include "vtkSMViewProxy.h"

#include <QWidget>

#include <algorithm>

namespace
{

constexpr int interval = 100; ///< ms, as the LiveSource hint of the Trainer

/// Does the view show a trainer, a recorded run, or something behind one?
bool showsProducer(pqView* view)
{
  const auto shown = view->getRepresentations();
  return std::any_of(shown.begin(), shown.end(),
    [](pqRepresentation* item)
    {
      auto* representation = qobject_cast<pqDataRepresentation*>(item);
      return representation && representation->isVisible() &&
             pqSceneViews::producerOf(representation->getInput());
    });
}

} // namespace

//-----------------------------------------------------------------------------
pqLiveViews::pqLiveViews(QObject* parentObject)
  : QObject(parentObject)
{
  QObject::connect(&this->Timer, &QTimer::timeout, this, &pqLiveViews::renderOutdated);
  this->Timer.start(interval);
}

//-----------------------------------------------------------------------------
void pqLiveViews::renderOutdated()
{
  auto* model = pqApplicationCore::instance()->getServerManagerModel();
  for (auto* view : model->findItems<pqView*>())
  {
    // A view that has been taken out of its layout has lost its widget, and may still be there.
    const QWidget* widget = view->widget();
    if (pqServerState::answers(view->getServer()) && view->getViewProxy()->GetNeedsUpdate() &&
        widget && widget->isVisible() && showsProducer(view))
    {
      view->render(); // collected with other requests and done when ParaView is idle
    }
  }
}
