#include "vtkWeightGrid.h"

#include "BlockMesh.h"
#include "Core/Boxes.h"
#include "Core/WindowImage.h"
#include "DetailParts.h"
#include "FlatImages.h"
#include "GridArrays.h"
#include "GridLayer.h"
#include "RankExchange.h"

#include "vtkDoubleArray.h"
#include "vtkFieldData.h"
#include "vtkInformation.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPolyData.h"

#include <algorithm>
#include <cmath>

vtkStandardNewMacro(vtkWeightGrid);

namespace
{
using tensorview::DetailLevel;
using vtkTensorCollection::Part;

/// What Look() keeps.
enum Kept : std::size_t
{
  AllBlocks,
  FocusBlocks,
  AllPixels,
  FocusPixels,
  KeptCount
};

std::int64_t AllFilters(const std::vector<LayerShape>& shapes)
{
  std::int64_t filters = 0;
  for (const LayerShape& shape : shapes)
  {
    filters += shape.slots;
  }
  return std::max<std::int64_t>(filters, 1);
}

/// Level of a layer's blocks; several layers share the budget by their filters.
DetailLevel BlockLevel(
  const LayerShape& shape, const std::vector<LayerShape>& shapes, vtkIdType budget)
{
  return tensorview::chooseDetail(std::max<std::int64_t>(shape.slots, 1), shape.filter,
    budget * shape.slots / AllFilters(shapes));
}

/// Level of the filters in focus, all of their weights if these are not too many.
DetailLevel FocusBlockLevel(
  const LayerShape& shape, const tensorview::SlotSet& focus, vtkIdType budget)
{
  std::int64_t filters = 0;
  for (std::int64_t slot = 0; slot < shape.slots; ++slot)
  {
    filters += focus.contains(slot) ? 1 : 0;
  }
  return tensorview::chooseDetail(std::max<std::int64_t>(filters, 1), shape.filter, budget);
}

tensorview::FiniteRange RangeOf(const Part& part)
{
  return { part.values.range.finiteMin, part.values.range.finiteMax };
}

/// The range of all ranks.
tensorview::FiniteRange CommonRange(const tensorview::FiniteRange& range)
{
  return { static_cast<float>(-RankExchange::Maximum(-static_cast<double>(range.low))),
    static_cast<float>(RankExchange::Maximum(static_cast<double>(range.high))) };
}

tensorview::FiniteRange Union(const tensorview::FiniteRange& a, const tensorview::FiniteRange& b)
{
  return { std::min(a.low, b.low), std::max(a.high, b.high) };
}

std::int64_t ElementsOfFilter(const LayerShape& shape, const DetailLevel& level)
{
  const tensorview::FilterExtents extents = tensorview::extentsAt(shape.filter, level);
  return extents.channels * extents.rows * extents.columns;
}

double LargestMagnitude(const tensorview::FiniteRange& range)
{
  return range.empty() ? 0.0
                       : std::max(std::fabs(static_cast<double>(range.low)),
                           std::fabs(static_cast<double>(range.high)));
}
}

vtkWeightGrid::vtkWeightGrid()
  : vtkFlatGridFilter(tensorview::kinds::weight)
{
  this->SetNumberOfOutputPorts(5);
  this->SetImagePort(1);
  // A larger texture turns slower, and its pixels hide each other on a screen.
  this->MaximumPixels = 2000000;
}

vtkWeightGrid::~vtkWeightGrid() = default;

void vtkWeightGrid::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "HeightScale: " << this->HeightScale << "\n";
  os << indent << "MaximumBlocks: " << this->MaximumBlocks << "\n";
  os << indent << "MaximumFocus: " << this->MaximumFocus << "\n";
}

int vtkWeightGrid::FillOutputPortInformation(int port, vtkInformation* info)
{
  const bool image = port == 1 || port == 2;
  info->Set(vtkDataObject::DATA_TYPE_NAME(), image ? "vtkImageData" : "vtkPolyData");
  return 1;
}

bool vtkWeightGrid::KeepsLittle(const LayerShape& shape) const
{
  return !BlockLevel(shape, { shape }, this->MaximumBlocks).exact() &&
         !this->GetImages(1).WholeLevel(shape, 1).exact();
}

void vtkWeightGrid::Look(GridLayer& layer, const std::vector<LayerShape>& shapes)
{
  const LayerShape& shape = layer.tensor.shape;
  const FlatImages images = this->GetImages(shapes.size());
  const auto aggregate = static_cast<tensorview::Aggregate>(this->Aggregate);
  const tensorview::SlotSet focus = this->GetFocusSlots(shapes.size());
  layer.kept.resize(KeptCount);
  for (const Part& part : layer.tensor.parts)
  {
    const std::vector<Part> all = DetailParts::Reduce(part, shape.filter,
      { BlockLevel(shape, shapes, this->MaximumBlocks), images.WholeLevel(shape, shapes.size()) },
      aggregate, layer.summary);
    layer.kept[AllBlocks].push_back(all[0]);
    layer.kept[AllPixels].push_back(all[1]);
    if (!focus.empty())
    {
      tensorview::FiniteSummary counted;
      const std::vector<Part> close =
        DetailParts::Reduce(DetailParts::Select(part, focus, true), shape.filter,
          { FocusBlockLevel(shape, focus, this->MaximumFocus), images.FocusLevel(shape) },
          aggregate, counted);
      layer.kept[FocusBlocks].push_back(close[0]);
      layer.kept[FocusPixels].push_back(close[1]);
    }
  }
}

void vtkWeightGrid::Draw(const std::vector<GridLayer>& layers, vtkInformationVector* outputVector)
{
  this->MakeBlocks(layers, vtkPolyData::GetData(outputVector, 0));
  this->UpdateProgress(0.85);
  if (!this->CheckAbort())
  {
    this->DrawImages(layers, AllPixels, FocusPixels, outputVector);
  }
}

void vtkWeightGrid::MakeBlocks(const std::vector<GridLayer>& layers, vtkPolyData* output)
{
  if (this->MaximumBlocks == 0)
  {
    return;
  }
  std::vector<LayerShape> shapes;
  for (const GridLayer& layer : layers)
  {
    shapes.push_back(layer.tensor.shape);
  }
  const std::int64_t filters = AllFilters(shapes);
  const bool tooMany = filters > this->MaximumBlocks;
  const tensorview::SlotSet focus = this->GetFocusSlots(layers.size());
  const auto aggregate = static_cast<tensorview::Aggregate>(this->Aggregate);
  if (tooMany)
  {
    const std::string what =
      layers.size() == 1 ? "Layer '" + shapes[0].layer + "' has " : "The layers have ";
    this->AddNote(
      what + std::to_string(filters) + " filters, more than MaximumBlocks (" +
      std::to_string(this->MaximumBlocks) +
      "): only blocks of filters in focus are drawn; raise it or look at the flat image "
      "on port 1.");
  }

  const bool onlyFocus = this->FocusOnly && !focus.empty();
  const bool symmetric = GridArrays::IsSymmetric(shapes[0].kind);
  const auto normalization = static_cast<tensorview::Normalization>(this->Normalization);
  const bool scaled = normalization != tensorview::Normalization::None;
  std::size_t coarse = 0;
  std::vector<BlockFilters> blocks;
  tensorview::FiniteRange shown = tensorview::FiniteSummary().range;
  vtkNew<vtkDoubleArray> heights;
  heights->SetName("HeightScale");
  for (const GridLayer& layer : layers)
  {
    const LayerShape& shape = layer.tensor.shape;
    const DetailLevel level = BlockLevel(shape, shapes, this->MaximumBlocks);
    const DetailLevel close =
      focus.empty() ? level : FocusBlockLevel(shape, focus, this->MaximumFocus);
    const bool closer =
      !focus.empty() && this->MaximumFocus > 0 &&
      (tooMany || ElementsOfFilter(shape, close) > ElementsOfFilter(shape, level));
    const tensorview::FiniteRange range = CommonRange(layer.summary.range);
    double height = this->HeightScale;
    if (height == 0.0)
    {
      height =
        tensorview::automaticHeightScale(this->GetLayout(ShapeAt(shape, tooMany ? close : level)),
          scaled ? 1.0 : LargestMagnitude(range));
    }
    heights->InsertNextValue(height);

    const auto add = [&](const Part& part, const DetailLevel& detail)
    {
      BlockFilters some;
      some.layer = &layer;
      some.part = part;
      some.layout = this->GetLayout(ShapeAt(shape, detail));
      some.heightScale = height;
      const tensorview::FilterValues values = ViewOf(part);
      some.shown = tensorview::shownValues(
        values, tensorview::scaleWindows(values, range, normalization, symmetric));
      blocks.push_back(std::move(some));
      shown = Union(shown, RangeOf(part));
    };
    for (const Part& part : layer.kept[AllBlocks])
    {
      if (tooMany || (onlyFocus && closer))
      {
        break;
      }
      add(closer || onlyFocus ? DetailParts::Select(part, focus, onlyFocus) : part, level);
    }
    for (const Part& part : layer.kept[FocusBlocks])
    {
      if (closer)
      {
        add(part, close);
      }
    }
    if (layers.size() == 1 && !tooMany && !(onlyFocus && closer))
    {
      this->AddNote(
        DetailParts::Describe("The blocks", "MaximumBlocks", shape.layer, level, aggregate));
    }
    coarse += level.exact() ? 0 : 1;
    if (closer)
    {
      this->AddNote(DetailParts::Describe(
        "The blocks of filters in focus", "MaximumFocus", shape.layer, close, aggregate));
    }
  }
  if (layers.size() > 1 && !tooMany && coarse > 0)
  {
    this->AddNote("The blocks of " + std::to_string(coarse) + " of " +
                  std::to_string(layers.size()) +
                  " layers stand for windows or blocks of them (raise MaximumBlocks to see more).");
  }
  if (scaled && !shown.empty())
  {
    shown = { symmetric ? -1.0F : 0.0F, 1.0F };
  }
  DrawBlocks(blocks, shapes[0].kind, shown, layers.size() > 1, output);
  output->GetFieldData()->AddArray(heights);
}
