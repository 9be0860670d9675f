#include "vtkEditSteps.h"

#include "vtkInformation.h"
#include "vtkInformationVector.h"
#include "vtkModelProvider.h"
#include "vtkObjectFactory.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkStringArray.h"
#include "vtkTable.h"

#include <set>
#include <vector>

using Pipeline = vtkStreamingDemandDrivenPipeline;

vtkStandardNewMacro(vtkEditSteps);

//----------------------------------------------------------------------------
vtkEditSteps::vtkEditSteps() = default;

//----------------------------------------------------------------------------
vtkEditSteps::~vtkEditSteps() = default;

//----------------------------------------------------------------------------
void vtkEditSteps::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
}

//----------------------------------------------------------------------------
int vtkEditSteps::RequestInformation(
  vtkInformation*, vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  vtkInformation* output = outputVector->GetInformationObject(0);
  output->Remove(Pipeline::TIME_STEPS());
  output->Remove(Pipeline::TIME_RANGE());
  vtkModelProvider* provider = vtkModelProvider::Get(inputVector[0]->GetInformationObject(0));
  std::set<double> steps;
  for (const tensorview::EditMark& mark :
    provider ? provider->GetEditMarks() : std::vector<tensorview::EditMark>())
  {
    if (!mark.text.empty())
    {
      steps.insert(static_cast<double>(mark.step));
    }
  }
  if (provider && !provider->GetSnapshotSteps().empty() && !steps.empty())
  {
    const std::vector<double> list(steps.begin(), steps.end());
    const double range[] = { list.front(), list.back() };
    output->Set(Pipeline::TIME_STEPS(), list.data(), static_cast<int>(list.size()));
    output->Set(Pipeline::TIME_RANGE(), range, 2);
  }
  return 1;
}

//----------------------------------------------------------------------------
int vtkEditSteps::RequestData(
  vtkInformation*, vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  vtkTable* input = vtkTable::GetData(inputVector[0]);
  vtkTable* output = vtkTable::GetData(outputVector);
  auto* marks = vtkStringArray::SafeDownCast(input->GetColumnByName("mark"));
  if (!marks)
  {
    vtkErrorMacro("the input has no edits; connect port 3 (Edits) of a Trainer or a "
                  "TensorRunReader");
    return 0;
  }
  output->DeepCopy(input);
  for (vtkIdType row = input->GetNumberOfRows() - 1; row >= 0; --row)
  {
    if (marks->GetValue(row).empty())
    {
      output->RemoveRow(row);
    }
  }
  return 1;
}
