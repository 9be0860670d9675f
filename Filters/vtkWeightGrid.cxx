#include "vtkWeightGrid.h"

#include "Core/Boxes.h"
#include "Core/LevelOfDetail.h"
#include "GridArrays.h"
#include "LayerTensor.h"
#include "RankExchange.h"
#include "SmpParallelFor.h"

#include "vtkCellArray.h"
#include "vtkCellData.h"
#include "vtkDoubleArray.h"
#include "vtkFieldData.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkInformationVector.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPoints.h"
#include "vtkPolyData.h"
#include "vtkTensorArray.h"

#include <algorithm>
#include <cmath>

vtkStandardNewMacro(vtkWeightGrid);

namespace
{
using tensorview::DetailLevel;
using tensorview::FilterValues;
using tensorview::GridLayout;

/// The filters of a part at a level of detail.
struct Detailed
{
  std::vector<float> aggregates;
  FilterValues filters;

  Detailed(const vtkTensorCollection::Part& part, const LayerShape& shape, const DetailLevel& level)
    : filters(ViewOf(part))
  {
    if (level.exact())
    {
      return;
    }
    this->aggregates = tensorview::largestMagnitudes(this->filters, shape.filter, level,
      SmpParallelFor(this->filters.filters * this->filters.filterSize()));
    const tensorview::FilterExtents extents = tensorview::extentsAt(shape.filter, level);
    this->filters.values = this->aggregates.data();
    this->filters.channels = static_cast<std::size_t>(extents.channels);
    this->filters.rows = this->filters.columns = 1;
    this->filters.channelSlot = nullptr;
  }
  Detailed(const Detailed&) = delete;
  Detailed& operator=(const Detailed&) = delete;
};

LayerShape ShapeAt(const LayerShape& shape, const DetailLevel& level)
{
  LayerShape result = shape;
  result.filter = tensorview::extentsAt(shape.filter, level);
  return result;
}

std::string DescribeDetail(
  const char* what, const char* budget, const LayerShape& shape, const DetailLevel& level)
{
  if (level.exact())
  {
    return "";
  }
  const std::string side = std::to_string(level.windows);
  const std::string block =
    level.windows == 1 ? "a window" : "up to " + side + " x " + side + " windows";
  return std::string(what) + " of layer '" + shape.layer + "' stand for " + block +
         " of a filter each and show the value with the largest magnitude (raise " + budget +
         " to see more).";
}

double LargestMagnitude(const tensorview::FiniteRange& range)
{
  return range.empty() ? 0.0
                       : std::max(std::fabs(static_cast<double>(range.low)),
                           std::fabs(static_cast<double>(range.high)));
}
}

vtkWeightGrid::vtkWeightGrid()
  : vtkTensorGridFilter(tensorview::kinds::weight)
{
  this->SetNumberOfOutputPorts(2);
}

vtkWeightGrid::~vtkWeightGrid() = default;

void vtkWeightGrid::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "HeightScale: " << this->HeightScale << "\n";
  os << indent << "MaximumBlocks: " << this->MaximumBlocks << "\n";
  os << indent << "MaximumPixels: " << this->MaximumPixels << "\n";
}

int vtkWeightGrid::FillOutputPortInformation(int port, vtkInformation* info)
{
  info->Set(vtkDataObject::DATA_TYPE_NAME(), port == 0 ? "vtkPolyData" : "vtkImageData");
  return 1;
}

void vtkWeightGrid::Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  const auto shape = DescribeTensor(inputVector[0]->GetInformationObject(0), this->GetTensorName());
  if (shape)
  {
    const DetailLevel level =
      tensorview::chooseDetail(shape->slots, shape->filter, this->MaximumPixels);
    GridArrays::PromiseImage(
      outputVector->GetInformationObject(1), this->GetLayout(ShapeAt(*shape, level)));
  }
}

void vtkWeightGrid::Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  LayerTensor tensor;
  if (!this->Pick(inputVector, tensor))
  {
    return;
  }
  this->MakeBlocks(tensor, vtkPolyData::GetData(outputVector, 0));
  this->UpdateProgress(0.4);
  if (!this->CheckAbort())
  {
    this->MakeImage(tensor, outputVector->GetInformationObject(1));
  }
}

void vtkWeightGrid::MakeBlocks(const LayerTensor& tensor, vtkPolyData* output)
{
  const DetailLevel level =
    tensorview::chooseDetail(tensor.shape.slots, tensor.shape.filter, this->MaximumBlocks);
  if (level.elements > this->MaximumBlocks)
  {
    this->AddNote("Layer '" + tensor.shape.layer + "' has " + std::to_string(tensor.shape.slots) +
                  " filters, more than MaximumBlocks (" + std::to_string(this->MaximumBlocks) +
                  "): no blocks are drawn; raise it or look at the flat image on port 1.");
    return;
  }
  this->AddNote(DescribeDetail("The blocks", "MaximumBlocks", tensor.shape, level));

  const GridLayout layout = this->GetLayout(ShapeAt(tensor.shape, level));
  const tensorview::FiniteRange range = GridArrays::RangeOf(tensor.parts);
  double height = this->HeightScale;
  if (height == 0.0)
  {
    height =
      tensorview::automaticHeightScale(layout, RankExchange::Maximum(LargestMagnitude(range)));
  }

  GridArrays::FilterLabels labels;
  labels.layerId = tensor.shape.layerId;
  std::vector<vtkIdType> faces;
  const vtkIdType perFilter = level.elements / tensor.shape.slots;
  vtkNew<vtkFloatArray> points;
  points->SetNumberOfComponents(3);
  vtkIdType boxes = 0;
  for (const vtkTensorCollection::Part& part : tensor.parts)
  {
    boxes +=
      part.values.shape.filters * (level.exact() ? part.values.shape.perFilter() : perFilter);
  }
  points->SetNumberOfTuples(boxes * static_cast<vtkIdType>(tensorview::boxPoints));
  const vtkSmartPointer<vtkTensorArray> values =
    GridArrays::NewValues(tensor.shape.kind, boxes * static_cast<vtkIdType>(tensorview::boxFaces));
  float* toPoints = points->GetPointer(0);
  float* toValues = values->GetPointer(0);
  for (const vtkTensorCollection::Part& part : tensor.parts)
  {
    const Detailed detailed(part, tensor.shape, level);
    const FilterValues& filters = detailed.filters;
    const std::size_t count = filters.filters * filters.filterSize();
    tensorview::writeBoxes(layout, filters, height, toPoints, SmpParallelFor(count));
    toPoints += count * tensorview::boxPoints * 3;
    for (std::size_t i = 0; i < count; ++i)
    {
      toValues = std::fill_n(toValues, tensorview::boxFaces, filters.values[i]);
    }
    labels.slot.insert(labels.slot.end(), part.values.slot.begin(), part.values.slot.end());
    labels.group.insert(labels.group.end(), part.group.begin(), part.group.end());
    faces.insert(faces.end(), filters.filters,
      static_cast<vtkIdType>(filters.filterSize() * tensorview::boxFaces));
  }
  GridArrays::SetRange(values, range, GridArrays::IsSymmetric(tensor.shape.kind));

  vtkNew<vtkTypeInt32Array> connectivity;
  connectivity->SetNumberOfValues(
    boxes * static_cast<vtkIdType>(tensorview::boxFaces * tensorview::boxFacePoints));
  tensorview::writeBoxFaces(static_cast<std::size_t>(boxes), connectivity->GetPointer(0));
  vtkNew<vtkCellArray> polygons;
  polygons->SetData(static_cast<vtkIdType>(tensorview::boxFacePoints), connectivity);
  vtkNew<vtkPoints> pointSet;
  pointSet->SetData(points);
  output->SetPoints(pointSet);
  output->SetPolys(polygons);
  output->GetCellData()->SetScalars(values);
  GridArrays::AddLabels(output->GetCellData(), labels, faces);

  vtkNew<vtkDoubleArray> used;
  used->SetName("HeightScale");
  used->InsertNextValue(height);
  output->GetFieldData()->AddArray(used);
}

void vtkWeightGrid::MakeImage(const LayerTensor& tensor, vtkInformation* outputInformation)
{
  const DetailLevel level =
    tensorview::chooseDetail(tensor.shape.slots, tensor.shape.filter, this->MaximumPixels);
  this->AddNote(DescribeDetail("The pixels", "MaximumPixels", tensor.shape, level));
  const LayerShape shape = ShapeAt(tensor.shape, level);
  const GridLayout layout = this->GetLayout(shape);
  GridArrays::PromiseImage(outputInformation, layout);

  const vtkTensorCollection::Part all = RankExchange::Gather(tensor.parts, false);
  if (!RankExchange::IsRoot())
  {
    return;
  }
  const Detailed detailed(all, tensor.shape, level);
  GridArrays::ImageContent content;
  content.layout = layout;
  content.layerId = shape.layerId;
  content.kind = shape.kind;
  content.symmetric = GridArrays::IsSymmetric(shape.kind);
  content.filters = detailed.filters;
  content.group = all.group;
  content.channels = shape.filter.channels;
  content.removed = tensor.removed;
  content.range = GridArrays::RangeOf({ all });
  GridArrays::DrawImage(
    vtkImageData::SafeDownCast(outputInformation->Get(vtkDataObject::DATA_OBJECT())), content);
}
