#include "vtkEditMarksRepresentation.h"

#include "vtkEditMarks.h"

#include "vtkChartXY.h"
#include "vtkDataArray.h"
#include "vtkDataObject.h"
#include "vtkFreeTypeTools.h"
#include "vtkObjectFactory.h"
#include "vtkPVContextView.h"
#include "vtkPVView.h"
#include "vtkStringArray.h"
#include "vtkTable.h"

#include <utility>

namespace
{

std::vector<vtkEditMarks::Mark> marksOf(vtkTable* table)
{
  std::vector<vtkEditMarks::Mark> marks;
  auto* places = table ? vtkDataArray::SafeDownCast(table->GetColumnByName("Time")) : nullptr;
  auto* texts = table ? vtkStringArray::SafeDownCast(table->GetColumnByName("mark")) : nullptr;
  for (vtkIdType row = 0; places && texts && row < table->GetNumberOfRows(); ++row)
  {
    if (!texts->GetValue(row).empty())
    {
      marks.push_back({ places->GetComponent(row, 0), texts->GetValue(row) });
    }
  }
  return marks;
}

} // namespace

vtkStandardNewMacro(vtkEditMarksRepresentation);

//------------------------------------------------------------------------------
vtkEditMarksRepresentation::vtkEditMarksRepresentation()
{
  this->FieldAssociation = vtkDataObject::FIELD_ASSOCIATION_ROWS;
}

//------------------------------------------------------------------------------
vtkEditMarksRepresentation::~vtkEditMarksRepresentation() = default;

//------------------------------------------------------------------------------
vtkChartXY* vtkEditMarksRepresentation::GetChart() const
{
  return this->ContextView ? vtkChartXY::SafeDownCast(this->ContextView->GetContextItem())
                           : nullptr;
}

//------------------------------------------------------------------------------
bool vtkEditMarksRepresentation::AddToView(vtkView* view)
{
  if (!this->Superclass::AddToView(view))
  {
    return false;
  }
  if (vtkChartXY* chart = this->GetChart())
  {
    this->Marks->SetChart(chart);
    chart->AddItem(this->Marks);
  }
  return true;
}

//------------------------------------------------------------------------------
bool vtkEditMarksRepresentation::RemoveFromView(vtkView* view)
{
  if (vtkChartXY* chart = this->GetChart())
  {
    chart->RemoveItem(this->Marks.Get());
    this->Marks->SetChart(nullptr);
  }
  return this->Superclass::RemoveFromView(view);
}

//------------------------------------------------------------------------------
void vtkEditMarksRepresentation::SetVisibility(bool visible)
{
  this->Superclass::SetVisibility(visible);
  this->Marks->SetVisible(visible);
}

//------------------------------------------------------------------------------
int vtkEditMarksRepresentation::ProcessViewRequest(
  vtkInformationRequestKey* request, vtkInformation* input, vtkInformation* output)
{
  if (request == vtkPVView::REQUEST_RENDER())
  {
    vtkFreeTypeTools::GetInstance()->ScaleToPowerTwoOn(); // see vtkTrainingChartRepresentation
  }
  return this->Superclass::ProcessViewRequest(request, input, output);
}

//------------------------------------------------------------------------------
void vtkEditMarksRepresentation::PrepareForRendering()
{
  this->Superclass::PrepareForRendering();
  this->Marks->SetMarks(marksOf(this->GetLocalOutput()));
}

//------------------------------------------------------------------------------
void vtkEditMarksRepresentation::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  this->Marks->PrintSelf(os, indent.GetNextIndent());
}
