#include "vtkFilterAreas.h"

#include "vtkCellArray.h"
#include "vtkCellData.h"
#include "vtkDataArrayRange.h"
#include "vtkIdTypeArray.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkInformationVector.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPoints.h"
#include "vtkPolyData.h"

#include <algorithm>
#include <map>

vtkStandardNewMacro(vtkFilterAreas);

namespace
{
/// The grids' name for the ids of their cells (Filters/GridArrays.h).
constexpr const char* idName = "GlobalFilterIds";

/// The cells' ids, or null. An image that came from a server has lost what its arrays are for.
vtkDataArray* FindIds(vtkImageData* image)
{
  vtkDataArray* ids = image->GetCellData()->GetGlobalIds();
  ids = ids ? ids : image->GetCellData()->GetArray(idName);
  return ids && ids->GetNumberOfTuples() > 0 && ids->GetNumberOfComponents() == 1 ? ids : nullptr;
}

/// Columns and rows of cells, both ends included.
struct Area
{
  vtkIdType firstColumn;
  vtkIdType lastColumn;
  vtkIdType firstRow;
  vtkIdType lastRow;
  vtkIdType cell;
};

/// The areas of the ids of `columns` cells a row.
std::map<vtkIdType, Area> FindAreas(vtkDataArray* ids, vtkIdType columns)
{
  std::map<vtkIdType, Area> areas;
  const auto values = vtk::DataArrayValueRange<1>(ids);
  Area* area = nullptr;
  vtkIdType id = -1;
  vtkIdType cell = 0;
  for (const vtkIdType value : values)
  {
    const vtkIdType column = cell % columns;
    const vtkIdType row = cell / columns;
    if (value != id) // few cells have another id than the one before
    {
      id = value;
      area =
        id < 0 ? nullptr : &areas.emplace(id, Area{ column, column, row, row, cell }).first->second;
    }
    if (area)
    {
      area->firstColumn = std::min(area->firstColumn, column);
      area->lastColumn = std::max(area->lastColumn, column);
      area->lastRow = row;
    }
    ++cell;
  }
  return areas;
}
}

//------------------------------------------------------------------------------
vtkFilterAreas::vtkFilterAreas() = default;

//------------------------------------------------------------------------------
vtkFilterAreas::~vtkFilterAreas() = default;

//------------------------------------------------------------------------------
int vtkFilterAreas::FillInputPortInformation(int, vtkInformation* info)
{
  info->Set(vtkAlgorithm::INPUT_REQUIRED_DATA_TYPE(), "vtkImageData");
  return 1;
}

//------------------------------------------------------------------------------
int vtkFilterAreas::RequestData(
  vtkInformation*, vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  auto* image = vtkImageData::GetData(inputVector[0]);
  auto* output = vtkPolyData::GetData(outputVector);
  auto* ids = image ? FindIds(image) : nullptr;
  if (!ids)
  {
    return 1;
  }
  int dimensions[3];
  image->GetDimensions(dimensions);
  const vtkIdType columns = std::max(dimensions[0] - 1, 1);
  const double* origin = image->GetOrigin();
  const double* spacing = image->GetSpacing();
  const int* extent = image->GetExtent();
  const auto x = [&](vtkIdType column)
  { return origin[0] + spacing[0] * static_cast<double>(extent[0] + column); };
  const auto y = [&](vtkIdType row)
  { return origin[1] + spacing[1] * static_cast<double>(extent[2] + row); };

  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> quads;
  vtkNew<vtkIdTypeArray> cells;
  cells->SetName("vtkOriginalCellIds");
  for (const auto& [id, area] : FindAreas(ids, columns))
  {
    const double left = x(area.firstColumn);
    const double right = x(area.lastColumn + 1);
    const double bottom = y(area.firstRow);
    const double top = y(area.lastRow + 1);
    quads->InsertNextCell(4);
    quads->InsertCellPoint(points->InsertNextPoint(left, bottom, origin[2]));
    quads->InsertCellPoint(points->InsertNextPoint(right, bottom, origin[2]));
    quads->InsertCellPoint(points->InsertNextPoint(right, top, origin[2]));
    quads->InsertCellPoint(points->InsertNextPoint(left, top, origin[2]));
    cells->InsertNextValue(area.cell);
  }
  output->SetPoints(points);
  output->SetPolys(quads);
  output->GetCellData()->AddArray(cells);
  return 1;
}

//------------------------------------------------------------------------------
void vtkFilterAreas::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
}
