#ifndef vtkSelectionActor_h
#define vtkSelectionActor_h

#include "vtkOpenGLActor.h"
#include "vtkWeakPointer.h"

/**
 * @class vtkSelectionActor
 * @brief An actor that exists for rubber bands only: it is drawn while a selection is made, and in
 * no picture.
 *
 * It costs nothing in a frame: what its mapper has as input is not even updated.
 */
class vtkSelectionActor : public vtkOpenGLActor
{
public:
  static vtkSelectionActor* New();
  vtkTypeMacro(vtkSelectionActor, vtkOpenGLActor);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  int RenderOpaqueGeometry(vtkViewport* viewport) override;
  int RenderTranslucentPolygonalGeometry(vtkViewport* viewport) override;
  vtkTypeBool HasTranslucentPolygonalGeometry() override;
  vtkTypeBool HasOpaqueGeometry() override;

  /// What is seen at the same place: its bounds are this actor's.
  void SetPicture(vtkProp3D* picture);
  double* GetBounds() override;
  using vtkOpenGLActor::GetBounds;

protected:
  vtkSelectionActor();
  ~vtkSelectionActor() override;

private:
  vtkWeakPointer<vtkProp3D> Picture;

  vtkSelectionActor(const vtkSelectionActor&) = delete;
  void operator=(const vtkSelectionActor&) = delete;
};

#endif
