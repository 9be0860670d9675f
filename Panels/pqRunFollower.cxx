#include "pqRunFollower.h"

#include "pqApplicationCore.h"
#include "pqPipelineSource.h"
#include "pqServerManagerModel.h"
#include "pqServerState.h"

#include "vtkSMPropertyHelper.h"
#include "vtkSMSourceProxy.h"

namespace
{

constexpr int interval = 1000; ///< ms; a reader that follows looks as often for new steps

bool follows(pqPipelineSource* source)
{
  return QString(source->getProxy()->GetXMLName()) == "TensorRunReader" &&
         vtkSMPropertyHelper(source->getProxy(), "Follow").GetAsInt() != 0;
}

} // namespace

//-----------------------------------------------------------------------------
pqRunFollower::pqRunFollower(QObject* parentObject)
  : QObject(parentObject)
{
  QObject::connect(&this->Timer, &QTimer::timeout, this, &pqRunFollower::fetchSteps);
  this->Timer.start(interval);
}

//-----------------------------------------------------------------------------
void pqRunFollower::fetchSteps()
{
  auto* model = pqApplicationCore::instance()->getServerManagerModel();
  for (auto* source : model->findItems<pqPipelineSource*>())
  {
    // One that waits for Apply has not been read yet.
    if (source->modifiedState() == pqProxy::UNMODIFIED && follows(source) &&
        pqServerState::answers(source->getServer()))
    {
      source->getSourceProxy()->UpdatePipelineInformation();
    }
  }
}
