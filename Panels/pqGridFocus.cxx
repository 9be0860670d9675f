#include "pqGridFocus.h"

#include "pqDataRepresentation.h"
#include "pqFilterSelection.h"
#include "pqPipelineSource.h"
#include "pqSceneViews.h"
#include "pqUndoStack.h"
#include "pqView.h"

#include "vtkCamera.h"
#include "vtkSMPropertyHelper.h"
#include "vtkSMProxy.h"
#include "vtkSMRenderViewProxy.h"
#include "vtkSMTrace.h"

#include <QSet>

#include <array>

namespace
{

bool isGrid(pqPipelineSource* source)
{
  return source && source->getProxy()->GetProperty("Focus");
}

void setFocus(pqPipelineSource* grid, const std::string& slotList)
{
  auto* proxy = grid->getProxy();
  SM_SCOPED_TRACE(PropertiesModified).arg("proxy", proxy).arg("comment", "what is drawn exactly");
  vtkSMPropertyHelper(proxy, "Focus").Set(slotList.c_str());
  proxy->UpdateVTKObjects();
  grid->setModifiedState(pqProxy::UNMODIFIED);
  grid->renderAllViews();
}

/// The layer that a grid shows; empty if that is not one. A grid without a layer shows the first
/// one that has its kind.
std::string layerOf(pqPipelineSource* grid)
{
  auto* proxy = grid->getProxy();
  const std::string layer = vtkSMPropertyHelper(proxy, "Layer").GetAsString();
  if (!layer.empty())
  {
    return layer == "*" ? std::string() : layer;
  }
  const std::string kind = vtkSMPropertyHelper(proxy, "Kind").GetAsString();
  proxy->UpdatePropertyInformation(proxy->GetProperty("TensorsInfo"));
  const vtkSMPropertyHelper tensors(proxy, "TensorsInfo"); // layer, kind, layer, kind, ...
  for (unsigned int i = 0; i + 1 < tensors.GetNumberOfElements(); i += 2)
  {
    if (kind.empty() || kind == tensors.GetAsString(i + 1))
    {
      return tensors.GetAsString(i);
    }
  }
  return {};
}

QSet<pqPipelineSource*> gridsIn(pqView* view)
{
  QSet<pqPipelineSource*> grids;
  if (view)
  {
    for (auto* item : view->getRepresentations())
    {
      auto* representation = qobject_cast<pqDataRepresentation*>(item);
      if (representation && representation->isVisible() && isGrid(representation->getInput()))
      {
        grids.insert(representation->getInput());
      }
    }
  }
  return grids;
}

/// The slots that a camera sees of a grid, as text.
std::string slotsInSight(vtkSMProxy* grid, vtkSMRenderViewProxy* view)
{
  const vtkSMPropertyHelper size(view, "ViewSize");
  const double height = size.GetAsInt(1) > 0 ? size.GetAsInt(1) : 1.0;
  std::array<double, 24> planes{};
  view->GetActiveCamera()->GetFrustumPlanes(size.GetAsInt(0) / height, planes.data());
  vtkSMPropertyHelper(grid, "ViewFrustum").Set(planes.data(), planes.size());
  grid->UpdateVTKObjects();
  auto* slotList = grid->GetProperty("SlotsInView");
  grid->UpdatePropertyInformation(slotList);
  return vtkSMPropertyHelper(slotList).GetAsString();
}

} // namespace

namespace pqGridFocus
{

//-----------------------------------------------------------------------------
void onSelection(const pqFilterSelection& selection)
{
  if (!selection.producer())
  {
    return;
  }
  const auto names = selection.layerNames();
  BEGIN_UNDO_SET("Focus on selection");
  for (auto* source : pqSceneViews::sourcesOf(selection.producer()))
  {
    if (!isGrid(source))
    {
      continue;
    }
    for (const auto& [layer, name] : names)
    {
      const auto slotList = FilterIds::slotText(selection.ids(), layer);
      if (name == layerOf(source) && !slotList.empty())
      {
        setFocus(source, slotList);
      }
    }
  }
  END_UNDO_SET();
}

//-----------------------------------------------------------------------------
void onView(pqView* view)
{
  auto* proxy = view ? vtkSMRenderViewProxy::SafeDownCast(view->getProxy()) : nullptr;
  BEGIN_UNDO_SET("Focus on view");
  for (auto* grid : gridsIn(proxy ? view : nullptr))
  {
    const auto slotList = slotsInSight(grid->getProxy(), proxy);
    if (!slotList.empty())
    {
      setFocus(grid, slotList);
    }
  }
  END_UNDO_SET();
}

//-----------------------------------------------------------------------------
void onNothing(pqView* view)
{
  const auto grids = gridsIn(view);
  BEGIN_UNDO_SET("No focus");
  for (auto* grid : grids)
  {
    setFocus(grid, "");
  }
  END_UNDO_SET();
}

} // namespace pqGridFocus
