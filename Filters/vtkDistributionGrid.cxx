#include "vtkDistributionGrid.h"

#include "Core/Curves.h"
#include "GridArrays.h"
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
/// One filter's curve.
struct Curve
{
  const float* values = nullptr;
  std::size_t count = 0;
  std::int32_t slot = 0;
  std::vector<std::uint32_t> samples;
  tensorview::ValueScale scale;
  std::size_t firstPoint = 0;
};

/// The curves of a rank, not yet sampled.
std::vector<Curve> ListCurves(const std::vector<vtkTensorCollection::Part>& parts)
{
  std::vector<Curve> curves;
  for (const vtkTensorCollection::Part& part : parts)
  {
    const tensorview::FilterValues filters = ViewOf(part);
    for (std::size_t i = 0; i < filters.filters; ++i)
    {
      Curve curve;
      curve.values = filters.values + i * filters.filterSize();
      curve.count = filters.filterSize();
      curve.slot = filters.slot[i];
      curves.push_back(curve);
    }
  }
  return curves;
}

/// Writes points, values and lines; the curves know their first points.
void WriteCurves(const std::vector<Curve>& curves, const tensorview::GridLayout& layout,
  const tensorview::ParallelFor& parallel, float* points, float* values)
{
  parallel(curves.size(),
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        const Curve& curve = curves[i];
        tensorview::writeCurve(curve.values, curve.count, curve.samples, curve.scale,
          tensorview::curveWindow(layout, curve.slot), points + 3 * curve.firstPoint);
        float* to = values + curve.firstPoint;
        for (const std::uint32_t sample : curve.samples)
        {
          *to++ = curve.values[sample];
        }
      }
    });
}
}

vtkDistributionGrid::vtkDistributionGrid()
  : vtkTensorGridFilter(tensorview::kinds::activation)
{
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

void vtkDistributionGrid::Execute(
  vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  LayerTensor tensor;
  if (!this->Pick(inputVector, tensor))
  {
    return;
  }
  const tensorview::GridLayout layout = this->GetLayout(tensor.shape);
  const tensorview::FilterExtents& extents = tensor.shape.filter;
  const vtkIdType perFilter = extents.channels * extents.rows * extents.columns;
  const vtkIdType most = std::max<vtkIdType>(2, this->MaximumPoints / tensor.shape.slots);
  if (perFilter > most)
  {
    this->AddNote("The curves of layer '" + tensor.shape.layer + "' show at most " +
                  std::to_string(most) + " of " + std::to_string(perFilter) +
                  " values each, among them every peak (raise MaximumPoints to see more).");
  }

  tensorview::FiniteRange range = GridArrays::RangeOf(tensor.parts);
  const bool byLayer = this->Normalization == NORMALIZE_LAYER;
  if (byLayer)
  {
    range.high = static_cast<float>(RankExchange::Maximum(static_cast<double>(range.high)));
    range.low = static_cast<float>(-RankExchange::Maximum(-static_cast<double>(range.low)));
  }
  std::vector<Curve> curves = ListCurves(tensor.parts);
  const tensorview::ParallelFor parallel =
    SmpParallelFor(curves.size() * static_cast<std::size_t>(perFilter));
  parallel(curves.size(),
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        Curve& curve = curves[i];
        curve.samples =
          tensorview::curveSamples(curve.values, curve.count, static_cast<std::size_t>(most));
        curve.scale = tensorview::unitScale(
          byLayer ? range : tensorview::finiteRange(curve.values, curve.count));
      }
    });
  this->UpdateProgress(0.5);
  if (this->CheckAbort())
  {
    return;
  }

  GridArrays::FilterLabels labels;
  labels.layerId = tensor.shape.layerId;
  std::vector<int> groups;
  for (const vtkTensorCollection::Part& part : tensor.parts)
  {
    groups.insert(groups.end(), part.group.begin(), part.group.end());
  }
  vtkNew<vtkTypeInt32Array> offsets;
  offsets->InsertNextValue(0);
  std::size_t pointCount = 0;
  for (std::size_t i = 0; i < curves.size(); ++i)
  {
    curves[i].firstPoint = pointCount;
    pointCount += curves[i].samples.size();
    if (curves[i].samples.empty())
    {
      continue;
    }
    offsets->InsertNextValue(static_cast<vtkTypeInt32>(pointCount));
    labels.slot.push_back(curves[i].slot);
    if (groups.size() == curves.size())
    {
      labels.group.push_back(groups[i]);
    }
  }

  vtkNew<vtkFloatArray> points;
  points->SetNumberOfComponents(3);
  points->SetNumberOfTuples(static_cast<vtkIdType>(pointCount));
  const vtkSmartPointer<vtkTensorArray> values =
    GridArrays::NewValues(tensor.shape.kind, static_cast<vtkIdType>(pointCount));
  WriteCurves(curves, layout, parallel, points->GetPointer(0), values->GetPointer(0));
  GridArrays::SetRange(values, range, GridArrays::IsSymmetric(tensor.shape.kind));

  vtkNew<vtkTypeInt32Array> connectivity;
  connectivity->SetNumberOfValues(static_cast<vtkIdType>(pointCount));
  std::iota(connectivity->GetPointer(0), connectivity->GetPointer(0) + pointCount, 0);
  vtkNew<vtkCellArray> lines;
  lines->SetData(offsets, connectivity);
  vtkNew<vtkPoints> pointSet;
  pointSet->SetData(points);
  auto* output = vtkPolyData::GetData(outputVector, 0);
  output->SetPoints(pointSet);
  output->SetLines(lines);
  output->GetPointData()->AddArray(values);
  GridArrays::AddLabels(
    output->GetCellData(), labels, std::vector<vtkIdType>(labels.slot.size(), 1));
  if (!labels.group.empty())
  {
    output->GetCellData()->SetActiveScalars("Group");
  }
}
