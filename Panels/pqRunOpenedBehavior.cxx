#include "pqRunOpenedBehavior.h"

#include "pqApplicationCore.h"
#include "pqObjectBuilder.h"
#include "pqPipelineSource.h"
#include "pqSceneViews.h"
#include "pqTensorViewSettings.h"

#include "vtkSMProxy.h"

#include <QPointer>
#include <QTimer>

//-----------------------------------------------------------------------------
pqRunOpenedBehavior::pqRunOpenedBehavior(QObject* parentObject)
  : QObject(parentObject)
{
}

//-----------------------------------------------------------------------------
void pqRunOpenedBehavior::startup()
{
  this->Opened = QObject::connect(pqApplicationCore::instance()->getObjectBuilder(),
    QOverload<pqPipelineSource*, const QStringList&>::of(&pqObjectBuilder::readerCreated), this,
    [this](pqPipelineSource* reader, const QStringList&) { this->onReaderCreated(reader); });
}

//-----------------------------------------------------------------------------
void pqRunOpenedBehavior::shutdown()
{
  QObject::disconnect(this->Opened);
}

//-----------------------------------------------------------------------------
void pqRunOpenedBehavior::onReaderCreated(pqPipelineSource* reader)
{
  if (!pqSceneViews::canCreate(reader))
  {
    return;
  }
  QObject::connect(reader, &pqPipelineSource::modifiedStateChanged, this,
    [this, source = QPointer<pqPipelineSource>(reader)]()
    {
      if (!source || source->modifiedState() != pqProxy::UNMODIFIED)
      {
        return;
      }
      QObject::disconnect(source, &pqPipelineSource::modifiedStateChanged, this, nullptr);
      if (pqTensorViewSettings::createViewsForRuns())
      {
        // After Apply is through.
        QTimer::singleShot(0, this,
          [source]()
          {
            if (source)
            {
              pqSceneViews::create(source);
            }
          });
      }
    });
}
