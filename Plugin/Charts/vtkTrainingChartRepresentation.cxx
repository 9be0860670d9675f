#include "vtkTrainingChartRepresentation.h"

#include "vtkDataArray.h"
#include "vtkFreeTypeTools.h"
#include "vtkMultiBlockDataSet.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPVView.h"
#include "vtkTable.h"

#include <limits>
#include <string>

namespace
{

/// A table of one row with a second one: the same place on the x axis, no values.
vtkSmartPointer<vtkTable> withSecondRow(vtkTable* table, const char* xAxis)
{
  auto longer = vtkSmartPointer<vtkTable>::New();
  longer->DeepCopy(table);
  for (vtkIdType index = 0; index < longer->GetNumberOfColumns(); ++index)
  {
    auto* column = longer->GetColumn(index);
    column->InsertNextTuple(0, column);
    auto* values = vtkDataArray::SafeDownCast(column);
    if (values && (!xAxis || values->GetName() != std::string(xAxis)))
    {
      values->SetComponent(1, 0, std::numeric_limits<double>::quiet_NaN());
    }
  }
  return longer;
}

} // namespace

vtkStandardNewMacro(vtkTrainingChartRepresentation);

//------------------------------------------------------------------------------
vtkTrainingChartRepresentation::vtkTrainingChartRepresentation() = default;

//------------------------------------------------------------------------------
vtkTrainingChartRepresentation::~vtkTrainingChartRepresentation() = default;

//------------------------------------------------------------------------------
int vtkTrainingChartRepresentation::ProcessViewRequest(
  vtkInformationRequestKey* request, vtkInformation* input, vtkInformation* output)
{
  if (request == vtkPVView::REQUEST_RENDER())
  {
    vtkFreeTypeTools::GetInstance()->ScaleToPowerTwoOn();
  }
  return this->Superclass::ProcessViewRequest(request, input, output);
}

//------------------------------------------------------------------------------
vtkSmartPointer<vtkDataObject> vtkTrainingChartRepresentation::TransformTable(
  vtkSmartPointer<vtkDataObject> data)
{
  auto transformed = this->Superclass::TransformTable(data);
  auto* tables = vtkMultiBlockDataSet::SafeDownCast(transformed);
  if (!tables)
  {
    return transformed; // not the rank that draws
  }
  vtkNew<vtkMultiBlockDataSet> drawable;
  drawable->ShallowCopy(tables);
  for (unsigned int block = 0; block < drawable->GetNumberOfBlocks(); ++block)
  {
    auto* table = vtkTable::SafeDownCast(drawable->GetBlock(block));
    if (table && table->GetNumberOfRows() == 1)
    {
      drawable->SetBlock(block, withSecondRow(table, this->GetXAxisSeriesName()));
    }
  }
  return drawable.GetPointer();
}

//------------------------------------------------------------------------------
void vtkTrainingChartRepresentation::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
}
