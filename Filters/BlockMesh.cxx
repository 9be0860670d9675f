#include "BlockMesh.h"

#include "Core/Boxes.h"
#include "GridArrays.h"
#include "SmpParallelFor.h"

#include "vtkCellArray.h"
#include "vtkCellData.h"
#include "vtkFloatArray.h"
#include "vtkNew.h"
#include "vtkPoints.h"
#include "vtkPolyData.h"
#include "vtkTensorArray.h"
#include "vtkTypeInt32Array.h"

#include <algorithm>

void DrawBlocks(const std::vector<BlockFilters>& blocks, const std::string& kind,
  const tensorview::FiniteRange& range, bool layered, vtkPolyData* output)
{
  std::size_t boxes = 0;
  for (const BlockFilters& some : blocks)
  {
    boxes += some.shown.size();
  }
  vtkNew<vtkFloatArray> points;
  points->SetNumberOfComponents(3);
  points->SetNumberOfTuples(static_cast<vtkIdType>(boxes * tensorview::boxPoints));
  const vtkSmartPointer<vtkTensorArray> values =
    GridArrays::NewValues(kind, static_cast<vtkIdType>(boxes * tensorview::boxFaces));
  GridArrays::FilterLabels labels;
  labels.layered = layered;
  std::vector<vtkIdType> faces;
  float* toPoints = points->GetPointer(0);
  float* toValues = values->GetPointer(0);
  for (const BlockFilters& some : blocks)
  {
    tensorview::FilterValues filters = some.layer->View(some.part);
    filters.values = some.shown.data();
    tensorview::writeBoxes(some.layout, some.layer->frame, filters, some.heightScale, toPoints,
      SmpParallelFor(some.shown.size()));
    toPoints += some.shown.size() * tensorview::boxPoints * 3;
    for (const float value : some.shown)
    {
      toValues = std::fill_n(toValues, tensorview::boxFaces, value);
    }
    const std::vector<std::int32_t>& slots = some.part.values.slot;
    labels.slot.insert(labels.slot.end(), slots.begin(), slots.end());
    labels.layerId.insert(labels.layerId.end(), slots.size(), some.layer->tensor.shape.layerId);
    labels.group.insert(labels.group.end(), some.part.group.begin(), some.part.group.end());
    faces.insert(faces.end(), filters.filters,
      static_cast<vtkIdType>(filters.filterSize() * tensorview::boxFaces));
  }
  GridArrays::SetRange(values, range, GridArrays::IsSymmetric(kind));

  vtkNew<vtkTypeInt32Array> connectivity;
  connectivity->SetNumberOfValues(
    static_cast<vtkIdType>(boxes * tensorview::boxFaces * tensorview::boxFacePoints));
  tensorview::writeBoxFaces(boxes, connectivity->GetPointer(0));
  vtkNew<vtkCellArray> polygons;
  polygons->SetData(static_cast<vtkIdType>(tensorview::boxFacePoints), connectivity);
  vtkNew<vtkPoints> pointSet;
  pointSet->SetData(points);
  output->SetPoints(pointSet);
  output->SetPolys(polygons);
  output->GetCellData()->SetScalars(values);
  GridArrays::AddLabels(output->GetCellData(), labels, faces);
}
