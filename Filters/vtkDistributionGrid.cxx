#include "vtkDistributionGrid.h"

#include "Core/Curves.h"
#include "Core/LevelOfDetail.h"
#include "Core/SlotSet.h"
#include "GridArrays.h"
#include "GridLayer.h"
#include "LayerTensor.h"
#include "RankExchange.h"
#include "SmpParallelFor.h"

#include "vtkCellArray.h"
#include "vtkCellData.h"
#include "vtkInformation.h"
#include "vtkInformationVector.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPointData.h"
#include "vtkPoints.h"
#include "vtkPolyData.h"
#include "vtkTensorArray.h"

#include <algorithm>
#include <numeric>

vtkStandardNewMacro(vtkDistributionGrid);

namespace
{
using vtkTensorCollection::Part;

/// One filter's curve.
struct Curve
{
  const float* values = nullptr;
  std::size_t count = 0;
  std::size_t most = 0; ///< points to draw
  std::int32_t slot = 0;
  std::int32_t layerId = 0;
  int group = -1;
  tensorview::CurveWindow window;
  tensorview::FiniteRange layerRange = tensorview::FiniteSummary().range;
  std::vector<std::uint32_t> samples;
  tensorview::ValueScale scale;
  std::size_t firstPoint = 0;
};

/// The smallest and largest value of all ranks.
tensorview::FiniteRange CommonRange(const tensorview::FiniteRange& range)
{
  return { static_cast<float>(-RankExchange::Maximum(-static_cast<double>(range.low))),
    static_cast<float>(RankExchange::Maximum(static_cast<double>(range.high))) };
}

/// Points and values of the curves, which know their first points.
void WriteCurves(const std::vector<Curve>& curves, const tensorview::ParallelFor& parallel,
  float* points, float* values)
{
  parallel(curves.size(),
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        const Curve& curve = curves[i];
        tensorview::writeCurve(curve.values, curve.count, curve.samples, curve.scale, curve.window,
          points + 3 * curve.firstPoint);
        float* to = values + curve.firstPoint;
        for (const std::uint32_t sample : curve.samples)
        {
          *to++ = curve.values[sample];
        }
      }
    });
}

/// Draws the curves that have points.
void DrawCurves(std::vector<Curve>& curves, const std::string& kind, bool grouped, bool layered,
  const tensorview::FiniteRange& range, const tensorview::ParallelFor& parallel,
  vtkPolyData* output)
{
  GridArrays::FilterLabels labels;
  labels.layered = layered;
  vtkNew<vtkTypeInt32Array> offsets;
  offsets->InsertNextValue(0);
  std::size_t pointCount = 0;
  for (Curve& curve : curves)
  {
    curve.firstPoint = pointCount;
    pointCount += curve.samples.size();
    if (curve.samples.empty())
    {
      continue;
    }
    offsets->InsertNextValue(static_cast<vtkTypeInt32>(pointCount));
    labels.slot.push_back(curve.slot);
    labels.layerId.push_back(curve.layerId);
    if (grouped)
    {
      labels.group.push_back(curve.group);
    }
  }
  vtkNew<vtkFloatArray> points;
  points->SetNumberOfComponents(3);
  points->SetNumberOfTuples(static_cast<vtkIdType>(pointCount));
  const vtkSmartPointer<vtkTensorArray> values =
    GridArrays::NewValues(kind, static_cast<vtkIdType>(pointCount));
  WriteCurves(curves, parallel, points->GetPointer(0), values->GetPointer(0));
  GridArrays::SetRange(values, range, GridArrays::IsSymmetric(kind));

  vtkNew<vtkTypeInt32Array> connectivity;
  connectivity->SetNumberOfValues(static_cast<vtkIdType>(pointCount));
  std::iota(connectivity->GetPointer(0), connectivity->GetPointer(0) + pointCount, 0);
  vtkNew<vtkCellArray> lines;
  lines->SetData(offsets, connectivity);
  vtkNew<vtkPoints> pointSet;
  pointSet->SetData(points);
  output->SetPoints(pointSet);
  output->SetLines(lines);
  output->GetPointData()->AddArray(values);
  GridArrays::AddLabels(
    output->GetCellData(), labels, std::vector<vtkIdType>(labels.slot.size(), 1));
  if (!labels.group.empty())
  {
    output->GetCellData()->SetActiveScalars(GridArrays::groupName);
  }
}
}

vtkDistributionGrid::vtkDistributionGrid()
  : vtkTensorGridFilter(tensorview::kinds::activation)
{
  this->SetNumberOfOutputPorts(3);
}

vtkDistributionGrid::~vtkDistributionGrid() = default;

void vtkDistributionGrid::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Normalization: " << this->Normalization << "\n";
  os << indent << "MaximumPoints: " << this->MaximumPoints << "\n";
}

int vtkDistributionGrid::FillOutputPortInformation(int, vtkInformation* info)
{
  info->Set(vtkDataObject::DATA_TYPE_NAME(), "vtkPolyData");
  return 1;
}

bool vtkDistributionGrid::KeepsLittle(const LayerShape&) const
{
  return false;
}

void vtkDistributionGrid::Look(GridLayer& layer, const std::vector<LayerShape>&)
{
  layer.kept = { layer.tensor.parts };
  for (const Part& part : layer.tensor.parts)
  {
    const tensorview::FilterValues filters = ViewOf(part);
    std::vector<tensorview::Reduction> nothing;
    layer.summary.add(tensorview::reduceFilters(filters, layer.tensor.shape.filter,
      tensorview::Aggregate::LargestMagnitude, nothing,
      SmpParallelFor(filters.filters * filters.filterSize())));
  }
}

std::size_t vtkDistributionGrid::GetMostPoints(const std::vector<LayerShape>& shapes) const
{
  vtkIdType filters = 0;
  for (const LayerShape& shape : shapes)
  {
    filters += shape.slots;
  }
  return static_cast<std::size_t>(
    std::max<vtkIdType>(2, this->MaximumPoints / std::max<vtkIdType>(filters, 1)));
}

void vtkDistributionGrid::Draw(
  const std::vector<GridLayer>& layers, vtkInformationVector* outputVector)
{
  if (this->MaximumPoints == 0)
  {
    return;
  }
  std::vector<LayerShape> shapes;
  for (const GridLayer& layer : layers)
  {
    shapes.push_back(layer.tensor.shape);
  }
  const std::size_t most = this->GetMostPoints(shapes);
  const tensorview::SlotSet focus = this->GetFocusSlots(layers.size());
  std::vector<Curve> curves;
  bool grouped = true;
  std::size_t values = 0;
  tensorview::FiniteSummary shown;
  for (const GridLayer& layer : layers)
  {
    const LayerShape& shape = layer.tensor.shape;
    const tensorview::GridLayout layout = this->GetLayout(shape);
    const tensorview::FiniteRange range = CommonRange(layer.summary.range);
    shown.add({ range, 0 });
    for (const Part& part : layer.kept[0])
    {
      const tensorview::FilterValues filters = layer.View(part);
      grouped = grouped && !part.group.empty();
      for (std::size_t i = 0; i < filters.filters; ++i)
      {
        const bool close = focus.contains(filters.slot[i]);
        if (this->FocusOnly && !focus.empty() && !close)
        {
          continue;
        }
        Curve curve;
        curve.values = filters.values + i * filters.filterSize();
        curve.count = filters.filterSize();
        curve.most = close ? std::max<std::size_t>(2, curve.count) : most;
        curve.slot = filters.slot[i];
        curve.layerId = shape.layerId;
        curve.group = part.group.empty() ? -1 : part.group[i];
        curve.window = tensorview::curveWindow(layout, layer.frame, filters.filterPlace(i));
        curve.layerRange = range;
        values += curve.count;
        curves.push_back(std::move(curve));
      }
    }
    const auto perFilter =
      static_cast<std::size_t>(shape.filter.channels * shape.filter.rows * shape.filter.columns);
    if (perFilter > most)
    {
      this->AddNote("The curves of layer '" + shape.layer + "' show at most " +
                    std::to_string(most) + " of " + std::to_string(perFilter) +
                    " values each, among them every peak (raise MaximumPoints to see more).");
    }
  }
  const bool byLayer = this->Normalization == NORMALIZE_LAYER;
  const tensorview::ParallelFor parallel = SmpParallelFor(values);
  parallel(curves.size(),
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        Curve& curve = curves[i];
        curve.samples = tensorview::curveSamples(curve.values, curve.count, curve.most);
        curve.scale = tensorview::unitScale(
          byLayer ? curve.layerRange : tensorview::finiteRange(curve.values, curve.count));
      }
    });
  if (!this->CheckAbort())
  {
    DrawCurves(curves, shapes[0].kind, grouped, layers.size() > 1, shown.range, parallel,
      vtkPolyData::GetData(outputVector, 0));
  }
}
