#ifndef vtkFilterImageRepresentation_h
#define vtkFilterImageRepresentation_h

#include "vtkImageSliceRepresentation.h"
#include "vtkNew.h"
#include "vtkTensorViewImagesModule.h"

class vtkDataObject;
class vtkFilterAreas;
class vtkMatrix4x4;
class vtkPolyDataMapper;
class vtkSelectionActor;

/**
 * @class vtkFilterImageRepresentation
 * @brief ParaView's Slice, for flat images of filters: filters can be selected on it.
 *
 * ParaView 5.11 cannot select on a Slice, and a Slice hides what is selected in it and spoils
 * selections in whatever else the view shows. Here a rubber band meets a rectangle for every filter
 * (cells of the image with the same global id), drawn for selections only, and selects a cell of
 * the image in it. A Slice draws the cells of an image between the middles of the first and the
 * last one; here they are where they belong, as the places of removed filters, names and what is
 * selected are. The picture itself lies a little lower than the image's data, so that what is
 * selected shows on it.
 */
class VTKTENSORVIEWIMAGES_EXPORT vtkFilterImageRepresentation : public vtkImageSliceRepresentation
{
public:
  static vtkFilterImageRepresentation* New();
  vtkTypeMacro(vtkFilterImageRepresentation, vtkImageSliceRepresentation);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  int ProcessViewRequest(
    vtkInformationRequestKey* request, vtkInformation* input, vtkInformation* output) override;
  void SetVisibility(bool visible) override;

  /// Whether filters can be selected. Default on.
  void SetPickable(int pickable);

  ///@{
  /** Where the picture lies, as for any other actor. */
  void SetOrientation(double x, double y, double z);
  void SetOrigin(double x, double y, double z);
  void SetPosition(double x, double y, double z);
  void SetScale(double x, double y, double z);
  ///@}

protected:
  vtkFilterImageRepresentation();
  ~vtkFilterImageRepresentation() override;

  bool AddToView(vtkView* view) override;
  bool RemoveFromView(vtkView* view) override;

private:
  /// Moves the picture's edge from the middles of the outermost cells to where they end.
  void StretchPicture(vtkDataObject* data);

  vtkFilterImageRepresentation(const vtkFilterImageRepresentation&) = delete;
  void operator=(const vtkFilterImageRepresentation&) = delete;

  vtkNew<vtkMatrix4x4> Stretch; ///< of the picture
  vtkNew<vtkFilterAreas> Areas;
  vtkNew<vtkPolyDataMapper> AreaMapper;
  vtkNew<vtkSelectionActor> AreaActor;
};

#endif
