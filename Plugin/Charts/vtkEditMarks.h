#ifndef vtkEditMarks_h
#define vtkEditMarks_h

#include "vtkContextItem.h"
#include "vtkTensorViewChartsModule.h"
#include "vtkWeakPointer.h" // for the chart

#include <string> // for texts
#include <vector> // for marks

class vtkChartXY;

/**
 * @class vtkEditMarks
 * @brief Dashed vertical lines in a line chart, each with a text that goes up along it.
 *
 * They stand at places of the bottom axis and reach over the whole height of the plot, whatever
 * the ranges of the other axes are. Texts that would lie on the one to their right are left out.
 */
class VTKTENSORVIEWCHARTS_EXPORT vtkEditMarks : public vtkContextItem
{
public:
  static vtkEditMarks* New();
  vtkTypeMacro(vtkEditMarks, vtkContextItem);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  /// The chart that they are drawn in, as an item of it.
  void SetChart(vtkChartXY* chart);

  struct Mark
  {
    double place = 0.0; ///< on the bottom axis
    std::string text;
  };
  void SetMarks(std::vector<Mark> marks);
  const std::vector<Mark>& GetMarks() const { return this->Marks; }

  bool Paint(vtkContext2D* painter) override;

protected:
  vtkEditMarks();
  ~vtkEditMarks() override;

private:
  vtkEditMarks(const vtkEditMarks&) = delete;
  void operator=(const vtkEditMarks&) = delete;

  vtkWeakPointer<vtkChartXY> Chart;
  std::vector<Mark> Marks; ///< by place
};

#endif
