#include "RemovedPlaces.h"

#include "GridArrays.h"

#include "vtkCellArray.h"
#include "vtkCellData.h"
#include "vtkNew.h"
#include "vtkPointData.h"
#include "vtkPoints.h"
#include "vtkPolyData.h"
#include "vtkStringArray.h"

namespace
{
/// Flat images lie at z = 0 and would hide what does, too.
constexpr double placeHeight = 0.001;
}

void WriteRemovedPlaces(const std::vector<GridLayer>& layers,
  const std::vector<tensorview::GridLayout>& layouts, vtkPolyData* output)
{
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> rectangles;
  vtkNew<vtkStringArray> texts;
  texts->SetName("Label");
  GridArrays::FilterLabels labels;
  labels.layered = layers.size() > 1;
  for (std::size_t i = 0; i < layers.size(); ++i)
  {
    const GridLayer& layer = layers[i];
    const tensorview::GridLayout& layout = layouts[i];
    const auto x = [&](std::int64_t pixel)
    {
      return layer.frame.x +
             layer.frame.scale * (layout.originX() + layout.spacing() * static_cast<double>(pixel));
    };
    const auto y = [&](std::int64_t pixel)
    {
      return layer.frame.y +
             layer.frame.scale * (layout.originY() + layout.spacing() * static_cast<double>(pixel));
    };
    for (const std::int32_t slot : layer.tensor.removed)
    {
      const std::int64_t place = layer.PlaceOf(slot);
      const double left = x(layout.contentX(place));
      const double right = x(layout.contentX(place) + layout.contentWidth());
      const double bottom = y(layout.contentY(place));
      const double top = y(layout.contentY(place) + layout.contentHeight());
      rectangles->InsertNextCell(4);
      // The text stands at the first corner.
      texts->InsertNextValue(std::to_string(slot) + " removed");
      rectangles->InsertCellPoint(points->InsertNextPoint(left, bottom, placeHeight));
      for (const auto& corner : { std::pair(right, bottom), { right, top }, { left, top } })
      {
        texts->InsertNextValue("");
        rectangles->InsertCellPoint(
          points->InsertNextPoint(corner.first, corner.second, placeHeight));
      }
      labels.layerId.push_back(layer.tensor.shape.layerId);
      labels.slot.push_back(slot);
    }
  }
  const std::vector<vtkIdType> once(labels.slot.size(), 1);
  output->SetPoints(points);
  output->SetPolys(rectangles);
  output->GetPointData()->AddArray(texts);
  GridArrays::AddLabels(output->GetCellData(), labels, once);
}
