#ifndef vtkFilterAreas_h
#define vtkFilterAreas_h

#include "vtkPolyDataAlgorithm.h"

/**
 * @class vtkFilterAreas
 * @brief A rectangle for every filter of a flat image.
 *
 * Input: a flat vtkImageData whose cells have global ids, or an array GlobalFilterIds; neighbouring
 * cells with the same id, not negative, fill a rectangle. Output: a quad for each id in the order
 * of the ids, with the cell array `vtkOriginalCellIds`: a cell of the image that lies in it. An
 * image without ids gives no quads.
 */
class vtkFilterAreas : public vtkPolyDataAlgorithm
{
public:
  static vtkFilterAreas* New();
  vtkTypeMacro(vtkFilterAreas, vtkPolyDataAlgorithm);
  void PrintSelf(ostream& os, vtkIndent indent) override;

protected:
  vtkFilterAreas();
  ~vtkFilterAreas() override;

  int FillInputPortInformation(int port, vtkInformation* info) override;
  int RequestData(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) override;

private:
  vtkFilterAreas(const vtkFilterAreas&) = delete;
  void operator=(const vtkFilterAreas&) = delete;
};

#endif
