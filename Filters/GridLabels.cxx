#include "GridLabels.h"

#include "vtkCellArray.h"
#include "vtkIdTypeArray.h"
#include "vtkIntArray.h"
#include "vtkNew.h"
#include "vtkPointData.h"
#include "vtkPoints.h"
#include "vtkPolyData.h"
#include "vtkStringArray.h"

#include <algorithm>

namespace
{
/// Free space around a layer, in cells of its longer side.
constexpr double outlineMargin = 0.02;

/// Flat images lie at z = 0 and would hide what does, too.
constexpr double labelHeight = 0.002;

struct Labels
{
  vtkNew<vtkPoints> points;
  vtkNew<vtkCellArray> lines;
  vtkNew<vtkIntArray> slots;
  vtkNew<vtkStringArray> texts;
  vtkNew<vtkIdTypeArray> ids;

  vtkIdType AddPoint(
    double x, double y, std::int32_t layerId, std::int32_t slot, const std::string& text)
  {
    this->slots->InsertNextValue(slot);
    this->texts->InsertNextValue(text);
    // What is no filter must not be selected with one.
    this->ids->InsertNextValue(slot >= 0 ? FilterId(layerId, slot) : -1);
    return this->points->InsertNextPoint(x, y, labelHeight);
  }
};

void AddLayer(Labels& labels, const GridLayer& layer, const tensorview::GridLayout& layout,
  const std::vector<std::int32_t>& slots)
{
  const tensorview::GridFrame& frame = layer.frame;
  const std::int32_t layerId = layer.tensor.shape.layerId;
  const auto columns = static_cast<double>(layout.columns);
  const auto rows = static_cast<double>(layout.rows);
  const double margin = outlineMargin * std::max(columns, rows);
  const auto x = [&frame](double inside) { return frame.x + frame.scale * inside; };
  const auto y = [&frame](double inside) { return frame.y + frame.scale * inside; };

  const double left = x(-margin);
  const double right = x(columns + margin);
  const double bottom = y(-margin);
  const double top = y(rows + margin);
  // The name stands at the upper left corner of the outline.
  const vtkIdType corner = labels.AddPoint(left, top, layerId, -1, layer.tensor.shape.layer);
  labels.lines->InsertNextCell(5);
  labels.lines->InsertCellPoint(corner);
  labels.lines->InsertCellPoint(labels.AddPoint(right, top, layerId, -1, ""));
  labels.lines->InsertCellPoint(labels.AddPoint(right, bottom, layerId, -1, ""));
  labels.lines->InsertCellPoint(labels.AddPoint(left, bottom, layerId, -1, ""));
  labels.lines->InsertCellPoint(corner);

  for (const std::int32_t slot : slots)
  {
    const std::int64_t place = layer.PlaceOf(slot);
    labels.AddPoint(x(static_cast<double>(place % layout.columns)),
      y(static_cast<double>(place / layout.columns)), layerId, slot, std::to_string(slot));
  }
}
}

void WriteGridLabels(const std::vector<GridLayer>& layers,
  const std::vector<tensorview::GridLayout>& layouts,
  const std::vector<std::vector<std::int32_t>>& slots, vtkPolyData* output)
{
  Labels labels;
  labels.slots->SetName("Slot");
  labels.texts->SetName("Label");
  labels.ids->SetName("GlobalFilterIds");
  for (std::size_t i = 0; i < layers.size(); ++i)
  {
    AddLayer(labels, layers[i], layouts[i], slots[i]);
  }
  output->SetPoints(labels.points);
  output->SetLines(labels.lines);
  output->GetPointData()->AddArray(labels.slots);
  output->GetPointData()->AddArray(labels.texts);
  output->GetPointData()->SetGlobalIds(labels.ids);
}
