#include "vtkSelectionActor.h"

#include "vtkObjectFactory.h"
#include "vtkRenderer.h"

vtkStandardNewMacro(vtkSelectionActor);

//------------------------------------------------------------------------------
vtkSelectionActor::vtkSelectionActor() = default;

//------------------------------------------------------------------------------
vtkSelectionActor::~vtkSelectionActor() = default;

//------------------------------------------------------------------------------
int vtkSelectionActor::RenderOpaqueGeometry(vtkViewport* viewport)
{
  auto* renderer = vtkRenderer::SafeDownCast(viewport);
  return renderer && renderer->GetSelector() ? this->Superclass::RenderOpaqueGeometry(viewport) : 0;
}

//------------------------------------------------------------------------------
int vtkSelectionActor::RenderTranslucentPolygonalGeometry(vtkViewport*)
{
  return 0;
}

//------------------------------------------------------------------------------
vtkTypeBool vtkSelectionActor::HasTranslucentPolygonalGeometry()
{
  return 0;
}

//------------------------------------------------------------------------------
vtkTypeBool vtkSelectionActor::HasOpaqueGeometry()
{
  return 1;
}

//------------------------------------------------------------------------------
void vtkSelectionActor::SetPicture(vtkProp3D* picture)
{
  this->Picture = picture;
}

//------------------------------------------------------------------------------
double* vtkSelectionActor::GetBounds()
{
  return this->Picture ? this->Picture->GetBounds() : nullptr;
}

//------------------------------------------------------------------------------
void vtkSelectionActor::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
}
