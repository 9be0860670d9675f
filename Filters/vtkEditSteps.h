#ifndef vtkEditSteps_h
#define vtkEditSteps_h

#include "vtkTableAlgorithm.h"
#include "vtkTensorViewFiltersModule.h"

/**
 * @class vtkEditSteps
 * @brief The edits of a recorded run as a row of its own on the time axis.
 *
 * Input: the table of edits of a run (port 3 of a vtkTensorRunReader or vtkTrainerSource). Output:
 * its rows that are to be seen, that is those with a text in the column `mark`. The output's time
 * steps are the steps of these edits (vtkModelProvider::GetEditMarks()), where the source has
 * recorded snapshots; a live source has no time steps.
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkEditSteps : public vtkTableAlgorithm
{
public:
  static vtkEditSteps* New();
  vtkTypeMacro(vtkEditSteps, vtkTableAlgorithm);
  void PrintSelf(ostream& os, vtkIndent indent) override;

protected:
  vtkEditSteps();
  ~vtkEditSteps() override;

  int RequestInformation(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) override;
  int RequestData(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) override;

private:
  vtkEditSteps(const vtkEditSteps&) = delete;
  void operator=(const vtkEditSteps&) = delete;
};

#endif
