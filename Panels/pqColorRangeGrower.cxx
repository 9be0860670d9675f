#include "pqColorRangeGrower.h"

#include "pqApplicationCore.h"
#include "pqDataRepresentation.h"
#include "pqPipelineSource.h"
#include "pqSceneViews.h"
#include "pqServerManagerModel.h"
#include "pqUndoStack.h"
#include "pqView.h"

#include "vtkPVArrayInformation.h"
#include "vtkSMPVRepresentationProxy.h"
#include "vtkSMPropertyHelper.h"
#include "vtkSMTrace.h"
#include "vtkSMTransferFunctionManager.h"
#include "vtkSMTransferFunctionProxy.h"

namespace
{

/// The colour map of a representation if its range may be changed, else nullptr.
vtkSMProxy* freeColorMap(vtkSMProxy* representation)
{
  vtkSMProperty* property = representation->GetProperty("LookupTable");
  vtkSMProxy* map = property ? vtkSMPropertyHelper(property).GetAsProxy() : nullptr;
  if (!map || vtkSMPropertyHelper(map, "IndexedLookup", true).GetAsInt() != 0 ||
      vtkSMPropertyHelper(map, "AutomaticRescaleRangeMode", true).GetAsInt() ==
        vtkSMTransferFunctionManager::NEVER)
  {
    return nullptr;
  }
  return map;
}

bool leaves(const double values[2], const double range[2])
{
  return values[0] < range[0] || values[1] > range[1];
}

} // namespace

//-----------------------------------------------------------------------------
void pqColorRangeGrower::grow()
{
  BEGIN_UNDO_EXCLUDE();
  SM_SCOPED_TRACE(BlockTraceItems);
  auto* model = pqApplicationCore::instance()->getServerManagerModel();
  for (auto* view : model->findItems<pqView*>())
  {
    bool changed = false;
    for (auto* item : view->getRepresentations())
    {
      auto* representation = qobject_cast<pqDataRepresentation*>(item);
      changed |= representation && representation->isVisible() &&
                 pqSceneViews::producerOf(representation->getInput()) &&
                 this->growOne(representation);
    }
    if (changed)
    {
      view->render();
    }
  }
  END_UNDO_EXCLUDE();
}

//-----------------------------------------------------------------------------
bool pqColorRangeGrower::growOne(pqDataRepresentation* representation)
{
  auto* proxy = vtkSMPVRepresentationProxy::SafeDownCast(representation->getProxy());
  if (!proxy || !proxy->GetUsingScalarColoring())
  {
    return false;
  }
  vtkSMProxy* map = freeColorMap(proxy);
  const vtkPVArrayInformation* values = proxy->GetArrayInformationForColorArray();
  double range[2];
  if (!map || !values || values->GetNumberOfComponents() != 1 ||
      !vtkSMTransferFunctionProxy::GetRange(map, range))
  {
    return false;
  }
  const double* finite = values->GetComponentFiniteRange(0);
  if (!(finite[0] < finite[1]))
  {
    return false; // nothing there yet, or one value only
  }
  const bool extend = this->Fitted.contains(map->GetGlobalID());
  this->Fitted.insert(map->GetGlobalID());
  if (extend ? !leaves(finite, range) : (finite[0] == range[0] && finite[1] == range[1]))
  {
    return false;
  }
  return proxy->RescaleTransferFunctionToDataRange(extend, /*force=*/false);
}
