#include "CellImage.h"

#include "GridArrays.h"
#include "KnownRangeArray.h"
#include "LayerTensor.h"
#include "SmpParallelFor.h"

#include "vtkCellData.h"
#include "vtkIdTypeArray.h"
#include "vtkImageData.h"
#include "vtkIntArray.h"
#include "vtkNew.h"
#include "vtkTensorArray.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace
{
using tensorview::FilterValues;
using tensorview::GridLayout;

constexpr float notThere = std::numeric_limits<float>::quiet_NaN();

void Extent(const CellImage::Place& place, int (&extent)[6])
{
  const tensorview::PixelRegion& region = place.region;
  const bool empty = region.size() == 0;
  extent[0] = empty ? 0 : static_cast<int>(region.x);
  extent[1] = empty ? -1 : static_cast<int>(region.x + region.width);
  extent[2] = empty ? 0 : static_cast<int>(region.y);
  extent[3] = empty ? -1 : static_cast<int>(region.y + region.height);
  extent[4] = 0;
  extent[5] = empty ? -1 : 0;
}

template <typename T>
void Fill(T* values, std::int64_t count, T value)
{
  SmpParallelFor(static_cast<std::size_t>(count))(static_cast<std::size_t>(count),
    [=](std::size_t begin, std::size_t end) { std::fill(values + begin, values + end, value); });
}

/// A new array of gaps.
template <typename Array>
Array* AddGaps(vtkImageData* image, const char* name, typename Array::ValueType gap)
{
  vtkNew<Array> array;
  array->SetName(name);
  array->SetNumberOfValues(image->GetNumberOfCells());
  Fill(array->GetPointer(0), image->GetNumberOfCells(), gap);
  image->GetCellData()->AddArray(array);
  return array;
}

/// A layer's filters that were removed, with all their channels.
FilterValues Removed(const CellImage::Layer& layer)
{
  FilterValues removed = layer.filters;
  removed.values = nullptr;
  removed.filters = layer.removed.size();
  removed.slot = layer.removed.data();
  removed.channels = static_cast<std::size_t>(layer.channels);
  removed.channelSlot = nullptr;
  return removed;
}

/// For each pixel of `to` in a row (or column), the one of `from` that lies at its middle, or -1.
std::vector<std::int64_t> PixelsBelow(std::int64_t first, std::int64_t count, double start,
  double spacing, std::int64_t fromFirst, std::int64_t fromCount, double fromStart,
  double fromSpacing)
{
  std::vector<std::int64_t> pixels(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i)
  {
    const double middle = start + (static_cast<double>(first + i) + 0.5) * spacing;
    const auto pixel =
      static_cast<std::int64_t>(std::floor((middle - fromStart) / fromSpacing)) - fromFirst;
    pixels[static_cast<std::size_t>(i)] = pixel >= 0 && pixel < fromCount ? pixel : -1;
  }
  return pixels;
}

/// Copies what lies below; pixels without anything below stay.
template <typename Array>
void CopyBelow(Array* from, std::int64_t fromWidth, Array* to,
  const std::vector<std::int64_t>& columns, const std::vector<std::int64_t>& rows)
{
  if (!from || !to)
  {
    return;
  }
  const auto* source = from->GetPointer(0);
  auto* target = to->GetPointer(0);
  SmpParallelFor(rows.size() * columns.size())(rows.size(),
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t row = begin; row < end; ++row)
      {
        const auto* line = source + rows[row] * fromWidth;
        auto* pixel = target + row * columns.size();
        for (std::size_t column = 0; rows[row] >= 0 && column < columns.size(); ++column)
        {
          if (columns[column] >= 0)
          {
            pixel[column] = line[columns[column]];
          }
        }
      }
    });
}
}

CellImage::Place CellImage::PlaceOf(const GridLayout& layout, const tensorview::PixelRegion& region)
{
  return { region, layout.originX(), layout.originY(), layout.spacing() };
}

void CellImage::Promise(vtkInformation* outputInformation, const Place& place)
{
  int extent[6];
  Extent(place, extent);
  GridArrays::PromiseImage(outputInformation, extent, { place.x, place.y, 0.0 }, place.spacing);
}

CellImage::CellImage(vtkImageData* image, const Place& place, const Names& names)
  : Where(place)
{
  int extent[6];
  Extent(place, extent);
  image->SetExtent(extent);
  image->SetOrigin(place.x, place.y, 0.0);
  image->SetSpacing(place.spacing, place.spacing, GridArrays::thickness * place.spacing);
  this->Values = AddGaps<vtkTensorArray>(image, names.kind.c_str(), tensorview::gapValue);
  image->GetCellData()->SetActiveScalars(names.kind.c_str());
  using Ints = KnownRangeArray<vtkIntArray>;
  this->Slots.array = AddGaps<Ints>(image, GridArrays::slotName, -1);
  if (names.grouped)
  {
    this->Groups.array = AddGaps<Ints>(image, GridArrays::groupName, -1);
  }
  if (names.layered)
  {
    this->Layers.array = AddGaps<Ints>(image, GridArrays::layerName, -1);
  }
  this->FilterIds.array = AddGaps<KnownRangeArray<vtkIdTypeArray>>(image, GridArrays::idName, -1);
  image->GetCellData()->SetActiveGlobalIds(GridArrays::idName);
}

template <typename Array, typename T>
void CellImage::PaintLabels(const GridLayout& layout, const Layer& layer,
  const std::vector<T>& labels, const std::vector<T>& removed, Labels<Array>& image) const
{
  using Value = typename Array::ValueType;
  const std::vector<Value> values(labels.begin(), labels.end());
  const std::vector<Value> removedValues(removed.begin(), removed.end());
  const auto parallel = SmpParallelFor(static_cast<std::size_t>(this->Where.region.size()));
  Value* pixels = image.array->GetPointer(0);
  tensorview::paintFilters(
    layout, layer.filters, values.data(), this->Where.region, pixels, parallel);
  tensorview::paintFilters(
    layout, Removed(layer), removedValues.data(), this->Where.region, pixels, parallel);
  for (const std::vector<Value>* some : { &values, &removedValues })
  {
    if (!some->empty())
    {
      image.high =
        std::max(image.high, static_cast<double>(*std::max_element(some->begin(), some->end())));
    }
  }
}

void CellImage::Paint(const GridLayout& layout, const Layer& layer)
{
  const tensorview::PixelRegion& region = this->Where.region;
  const auto parallel = SmpParallelFor(static_cast<std::size_t>(region.size()));
  const FilterValues removed = Removed(layer);
  float* values = this->Values->GetPointer(0);
  const std::vector<float> gone(std::max(layer.filters.filters, removed.filters), notThere);
  tensorview::paintFilters(layout, removed, gone.data(), region, values, parallel);
  if (layer.filters.channels < removed.channels)
  {
    FilterValues allChannels = layer.filters;
    allChannels.channels = removed.channels;
    allChannels.channelSlot = nullptr;
    tensorview::paintFilters(layout, allChannels, gone.data(), region, values, parallel);
  }
  tensorview::paintValues(layout, layer.filters,
    layer.scales.empty() ? nullptr : layer.scales.data(), region, values, parallel);

  const std::vector<std::int32_t> slots(
    layer.filters.slot, layer.filters.slot + layer.filters.filters);
  this->PaintLabels(layout, layer, slots, layer.removed, this->Slots);
  const std::vector<std::int32_t> none(layer.removed.size(), -1);
  if (this->Groups.array && !layer.group.empty())
  {
    this->PaintLabels(layout, layer,
      std::vector<std::int32_t>(layer.group.begin(), layer.group.end()), none, this->Groups);
  }
  if (this->Layers.array)
  {
    this->PaintLabels(layout, layer, std::vector<std::int32_t>(slots.size(), layer.layerId),
      std::vector<std::int32_t>(none.size(), layer.layerId), this->Layers);
  }
  const auto ids = [&layer](const std::vector<std::int32_t>& some)
  {
    std::vector<vtkIdType> result;
    for (const std::int32_t slot : some)
    {
      result.push_back(FilterId(layer.layerId, slot));
    }
    return result;
  };
  this->PaintLabels(layout, layer, ids(slots), ids(layer.removed), this->FilterIds);
}

void CellImage::Clear(const GridLayout& layout, const FilterValues& filters)
{
  const tensorview::PixelRegion& region = this->Where.region;
  tensorview::checkRegion(layout, filters, region);
  for (std::size_t i = 0; i < filters.filters; ++i)
  {
    const std::int64_t place = filters.filterPlace(i);
    for (std::int64_t row = 0; row < layout.contentHeight(); ++row)
    {
      const std::int64_t first = region.index(layout.contentX(place), layout.contentY(place) + row);
      const std::int64_t count = layout.contentWidth();
      std::fill_n(this->Values->GetPointer(first), count, tensorview::gapValue);
      std::fill_n(this->FilterIds.array->GetPointer(first), count, -1);
      for (Labels<vtkIntArray>* labels : { &this->Slots, &this->Groups, &this->Layers })
      {
        if (labels->array)
        {
          std::fill_n(labels->array->GetPointer(first), count, -1);
        }
      }
    }
  }
}

void CellImage::Copy(const CellImage& image, const tensorview::GridFrame& frame)
{
  const tensorview::PixelRegion& to = this->Where.region;
  const tensorview::PixelRegion& from = image.Where.region;
  const double spacing = frame.scale * image.Where.spacing;
  const std::vector<std::int64_t> columns = PixelsBelow(to.x, to.width, this->Where.x,
    this->Where.spacing, from.x, from.width, frame.x + frame.scale * image.Where.x, spacing);
  const std::vector<std::int64_t> rows = PixelsBelow(to.y, to.height, this->Where.y,
    this->Where.spacing, from.y, from.height, frame.y + frame.scale * image.Where.y, spacing);
  CopyBelow(image.Values, from.width, this->Values, columns, rows);
  const auto copy = [&](const auto& below, auto& labels)
  {
    CopyBelow(below.array, from.width, labels.array, columns, rows);
    labels.high = std::max(labels.high, below.high);
  };
  copy(image.Slots, this->Slots);
  copy(image.Groups, this->Groups);
  copy(image.Layers, this->Layers);
  copy(image.FilterIds, this->FilterIds);
}

void CellImage::Finish(const tensorview::FiniteRange& range, bool symmetric)
{
  GridArrays::SetRange(this->Values, range, symmetric);
  const auto finish = [](const auto& labels)
  {
    if (labels.array)
    {
      labels.array->SetKnownRange(-1.0, labels.high);
    }
  };
  finish(this->Slots);
  finish(this->Groups);
  finish(this->Layers);
  finish(this->FilterIds);
}
