#ifndef vtkTrainingChartRepresentation_h
#define vtkTrainingChartRepresentation_h

#include "vtkTensorViewChartsModule.h"
#include "vtkXYChartRepresentation.h"

/**
 * @class vtkTrainingChartRepresentation
 * @brief ParaView's line chart, for tables that grow from their first row on.
 *
 * A line of one point makes ParaView 5.11 print an error at every frame; metrics have one row after
 * the first step, evaluations until the second. Such a table is drawn as if it had a second row
 * without values: markers show, lines begin with the second row. The table itself stays as it is.
 *
 * Charts take for granted that images of text have powers of two as sizes; a text or colour bar in
 * any other view switches that off for the whole process, and then numbers at the axes have shreds
 * of themselves beside and below them. It is switched on again before every frame.
 */
class VTKTENSORVIEWCHARTS_EXPORT vtkTrainingChartRepresentation : public vtkXYChartRepresentation
{
public:
  static vtkTrainingChartRepresentation* New();
  vtkTypeMacro(vtkTrainingChartRepresentation, vtkXYChartRepresentation);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  int ProcessViewRequest(
    vtkInformationRequestKey* request, vtkInformation* input, vtkInformation* output) override;

protected:
  vtkTrainingChartRepresentation();
  ~vtkTrainingChartRepresentation() override;

  vtkSmartPointer<vtkDataObject> TransformTable(vtkSmartPointer<vtkDataObject> data) override;

private:
  vtkTrainingChartRepresentation(const vtkTrainingChartRepresentation&) = delete;
  void operator=(const vtkTrainingChartRepresentation&) = delete;
};

#endif
