#include "pqGridDisplays.h"

#include "pqApplicationCore.h"
#include "pqDataRepresentation.h"
#include "pqOutputPort.h"
#include "pqPipelineSource.h"
#include "pqSceneViews.h"
#include "pqServerManagerModel.h"
#include "pqUndoStack.h"
#include "pqView.h"

#include "vtkNew.h"
#include "vtkSMParaViewPipelineControllerWithRendering.h"
#include "vtkSMPropertyHelper.h"
#include "vtkSMProxy.h"
#include "vtkSMTrace.h"
#include "vtkSMViewProxy.h"

#include <QList>

#include <algorithm>

namespace
{

constexpr int nameSize = 14; ///< points, of the font

bool isWeightGrid(pqPipelineSource* source)
{
  return source->getOutputPort("Blocks") && source->getOutputPort("Image");
}

/// The views in which a port of the source is shown.
QList<pqView*> viewsOf(pqOutputPort* port)
{
  auto views = port ? port->getViews() : QList<pqView*>();
  views.erase(std::remove_if(views.begin(), views.end(),
                [port](pqView* view)
                {
                  auto* shown = port->getRepresentation(view);
                  return !shown || !shown->isVisible();
                }),
    views.end());
  return views;
}

void show(pqOutputPort* port, pqView* view)
{
  vtkNew<vtkSMParaViewPipelineControllerWithRendering> controller;
  controller->Show(port->getSourceProxy(), port->getPortNumber(), view->getViewProxy());
}

void hide(pqOutputPort* port, pqView* view)
{
  vtkNew<vtkSMParaViewPipelineControllerWithRendering> controller;
  controller->Hide(port->getSourceProxy(), port->getPortNumber(), view->getViewProxy());
}

/// Outlines in black, and numbers at selected filters only.
void dressNames(vtkSMProxy* display)
{
  SM_SCOPED_TRACE(PropertiesModified).arg("proxy", display);
  vtkSMPropertyHelper(display, "ColorArrayName").SetInputArrayToProcess(0, "");
  vtkSMPropertyHelper(display, "SelectionPointFieldDataArrayName").Set("Label");
  vtkSMPropertyHelper(display, "SelectionPointLabelVisibility").Set(1);
  vtkSMPropertyHelper(display, "SelectionPointLabelFontSize").Set(nameSize);
  for (const char* color : { "AmbientColor", "DiffuseColor" })
  {
    const double black[] = { 0.0, 0.0, 0.0 };
    vtkSMPropertyHelper(display, color).Set(black, 3);
  }
  display->UpdateVTKObjects();
}

template <typename Action>
void forEachGrid(pqPipelineSource* producer, const Action& action)
{
  if (!producer)
  {
    return;
  }
  for (auto* source : pqSceneViews::sourcesOf(producer))
  {
    if (source->getOutputPort("Labels"))
    {
      action(source);
    }
  }
}

void renderAll(const QList<pqView*>& views)
{
  for (auto* view : views)
  {
    view->render();
  }
}

} // namespace

namespace pqGridDisplays
{

//-----------------------------------------------------------------------------
Weights weightsOf(pqPipelineSource* producer)
{
  auto how = Weights::None;
  forEachGrid(producer,
    [&how](pqPipelineSource* grid)
    {
      if (isWeightGrid(grid) && how != Weights::Blocks)
      {
        how = !viewsOf(grid->getOutputPort("Blocks")).isEmpty()  ? Weights::Blocks
              : !viewsOf(grid->getOutputPort("Image")).isEmpty() ? Weights::FlatImage
                                                                 : how;
      }
    });
  return how;
}

//-----------------------------------------------------------------------------
void showWeights(pqPipelineSource* producer, Weights how)
{
  if (how == Weights::None)
  {
    return;
  }
  BEGIN_UNDO_SET("Weights as blocks or flat image");
  forEachGrid(producer,
    [how](pqPipelineSource* grid)
    {
      if (!isWeightGrid(grid))
      {
        return;
      }
      auto* blocks = grid->getOutputPort("Blocks");
      auto* image = grid->getOutputPort("Image");
      auto* from = how == Weights::Blocks ? image : blocks;
      auto* to = how == Weights::Blocks ? blocks : image;
      const auto views = viewsOf(from);
      for (auto* view : views)
      {
        hide(from, view);
        show(to, view);
      }
      showFocusImage(grid);
      renderAll(views);
    });
  END_UNDO_SET();
}

//-----------------------------------------------------------------------------
bool namesOf(pqPipelineSource* producer)
{
  bool any = false;
  forEachGrid(producer, [&any](pqPipelineSource* grid)
    { any = any || !viewsOf(grid->getOutputPort("Labels")).isEmpty(); });
  return any;
}

//-----------------------------------------------------------------------------
void showNames(pqPipelineSource* producer, bool shown)
{
  BEGIN_UNDO_SET("Names in grids");
  forEachGrid(producer,
    [shown](pqPipelineSource* grid)
    {
      auto* names = grid->getOutputPort("Labels");
      QList<pqView*> views;
      for (auto* port : grid->getOutputPorts())
      {
        views += viewsOf(port);
      }
      for (auto* view : views)
      {
        if (shown)
        {
          show(names, view);
          dressNames(names->getRepresentation(view)->getProxy());
        }
        else if (names->getRepresentation(view))
        {
          hide(names, view);
        }
      }
      renderAll(views);
    });
  END_UNDO_SET();
}

//-----------------------------------------------------------------------------
void showFocusImage(pqPipelineSource* grid)
{
  auto* focused = grid->getOutputPort("FocusImage");
  auto* image = grid->getOutputPort("Image");
  if (!focused || !image)
  {
    return;
  }
  const QString focus = vtkSMPropertyHelper(grid->getProxy(), "Focus").GetAsString();
  const auto wanted = focus.isEmpty() ? QList<pqView*>() : viewsOf(image);
  const auto shown = viewsOf(focused);
  for (auto* view : wanted)
  {
    if (!shown.contains(view))
    {
      show(focused, view);
      view->render();
    }
  }
  for (auto* view : shown)
  {
    if (!wanted.contains(view))
    {
      hide(focused, view);
      view->render();
    }
  }
}

} // namespace pqGridDisplays
