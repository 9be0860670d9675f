#ifndef vtkEditMarksRepresentation_h
#define vtkEditMarksRepresentation_h

#include "vtkChartRepresentation.h"
#include "vtkNew.h" // for the marks
#include "vtkTensorViewChartsModule.h"

class vtkChartXY;
class vtkEditMarks;

/**
 * @class vtkEditMarksRepresentation
 * @brief Shows a table of edits (port 3 of a Trainer or a TensorRunReader) in a line chart whose
 * bottom axis is the step: a vertical line at `Time` of every row that has a text in `mark`.
 *
 * Tables without these columns show nothing. The axes do not depend on the marks.
 */
class VTKTENSORVIEWCHARTS_EXPORT vtkEditMarksRepresentation : public vtkChartRepresentation
{
public:
  static vtkEditMarksRepresentation* New();
  vtkTypeMacro(vtkEditMarksRepresentation, vtkChartRepresentation);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  void SetVisibility(bool visible) override;
  int ProcessViewRequest(
    vtkInformationRequestKey* request, vtkInformation* input, vtkInformation* output) override;

protected:
  vtkEditMarksRepresentation();
  ~vtkEditMarksRepresentation() override;

  bool AddToView(vtkView* view) override;
  bool RemoveFromView(vtkView* view) override;
  void PrepareForRendering() override;

private:
  vtkEditMarksRepresentation(const vtkEditMarksRepresentation&) = delete;
  void operator=(const vtkEditMarksRepresentation&) = delete;

  vtkChartXY* GetChart() const;

  vtkNew<vtkEditMarks> Marks;
};

#endif
