#include "vtkFilterImageRepresentation.h"

#include "vtkAlgorithm.h"
#include "vtkAlgorithmOutput.h"
#include "vtkFilterAreas.h"
#include "vtkImageData.h"
#include "vtkMatrix4x4.h"
#include "vtkObjectFactory.h"
#include "vtkOpenGLPolyDataMapper.h"
#include "vtkPVLODActor.h"
#include "vtkPVRenderView.h"
#include "vtkRenderer.h"
#include "vtkSelectionActor.h"

vtkStandardNewMacro(vtkFilterImageRepresentation);

namespace
{
/// How much lower than its data the picture lies; grids are 1 a filter.
constexpr double sunk = 0.001;

/// The picture's size as a part of what it is drawn in: the middles of its first and last cells.
double stretch(int points)
{
  const int cells = points - 1;
  return cells > 1 ? cells / (cells - 1.0) : 1.0;
}
}

//------------------------------------------------------------------------------
vtkFilterImageRepresentation::vtkFilterImageRepresentation()
{
  this->AreaMapper->SetInputConnection(this->Areas->GetOutputPort());
  this->AreaMapper->ScalarVisibilityOff();
  if (auto* mapper = vtkOpenGLPolyDataMapper::SafeDownCast(this->AreaMapper))
  {
    mapper->SetCellIdArrayName("vtkOriginalCellIds");
  }
  this->AreaActor->SetMapper(this->AreaMapper);
  this->AreaActor->SetPicture(this->Actor);
  this->Actor->SetPickable(0);
  this->Actor->SetUserMatrix(this->Stretch);
  this->SetPosition(0.0, 0.0, 0.0);
}

//------------------------------------------------------------------------------
vtkFilterImageRepresentation::~vtkFilterImageRepresentation() = default;

//------------------------------------------------------------------------------
int vtkFilterImageRepresentation::ProcessViewRequest(
  vtkInformationRequestKey* request, vtkInformation* input, vtkInformation* output)
{
  if (!this->Superclass::ProcessViewRequest(request, input, output))
  {
    return 0;
  }
  if (request == vtkPVView::REQUEST_RENDER())
  {
    vtkAlgorithmOutput* piece = vtkPVRenderView::GetPieceProducer(input, this);
    this->Areas->SetInputConnection(piece);
    this->StretchPicture(
      piece ? piece->GetProducer()->GetOutputDataObject(piece->GetIndex()) : nullptr);
  }
  return 1;
}

//------------------------------------------------------------------------------
void vtkFilterImageRepresentation::StretchPicture(vtkDataObject* data)
{
  if (auto* image = vtkImageData::SafeDownCast(data))
  {
    double middle[3];
    image->GetCenter(middle);
    const int* points = image->GetDimensions();
    for (int axis = 0; axis < 2; ++axis)
    {
      const double scale = stretch(points[axis]);
      this->Stretch->SetElement(axis, axis, scale);
      this->Stretch->SetElement(
        axis, 3, (1.0 - scale) * (middle[axis] + this->Actor->GetPosition()[axis]));
    }
  }
}

//------------------------------------------------------------------------------
void vtkFilterImageRepresentation::SetVisibility(bool visible)
{
  this->AreaActor->SetVisibility(visible);
  this->Superclass::SetVisibility(visible);
}

//------------------------------------------------------------------------------
void vtkFilterImageRepresentation::SetPickable(int pickable)
{
  this->AreaActor->SetPickable(pickable);
}

//------------------------------------------------------------------------------
void vtkFilterImageRepresentation::SetOrientation(double x, double y, double z)
{
  this->AreaActor->SetOrientation(x, y, z);
  this->Superclass::SetOrientation(x, y, z);
}

//------------------------------------------------------------------------------
void vtkFilterImageRepresentation::SetOrigin(double x, double y, double z)
{
  this->AreaActor->SetOrigin(x, y, z);
  this->Superclass::SetOrigin(x, y, z);
}

//------------------------------------------------------------------------------
void vtkFilterImageRepresentation::SetPosition(double x, double y, double z)
{
  this->AreaActor->SetPosition(x, y, z);
  this->Superclass::SetPosition(x, y, z - sunk);
}

//------------------------------------------------------------------------------
void vtkFilterImageRepresentation::SetScale(double x, double y, double z)
{
  this->AreaActor->SetScale(x, y, z);
  this->Superclass::SetScale(x, y, z);
}

//------------------------------------------------------------------------------
bool vtkFilterImageRepresentation::AddToView(vtkView* view)
{
  auto* shown = vtkPVRenderView::SafeDownCast(view);
  if (!shown || !this->Superclass::AddToView(view))
  {
    return false;
  }
  shown->GetRenderer()->AddActor(this->AreaActor);
  shown->RegisterPropForHardwareSelection(this, this->AreaActor);
  return true;
}

//------------------------------------------------------------------------------
bool vtkFilterImageRepresentation::RemoveFromView(vtkView* view)
{
  if (auto* shown = vtkPVRenderView::SafeDownCast(view))
  {
    shown->UnRegisterPropForHardwareSelection(this, this->AreaActor);
    shown->GetRenderer()->RemoveActor(this->AreaActor);
  }
  return this->Superclass::RemoveFromView(view);
}

//------------------------------------------------------------------------------
void vtkFilterImageRepresentation::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
}
