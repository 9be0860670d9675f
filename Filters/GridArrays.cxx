#include "GridArrays.h"

#include "KnownRangeArray.h"
#include "SmpParallelFor.h"

#include "vtkCellData.h"
#include "vtkDataObject.h"
#include "vtkIdTypeArray.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkIntArray.h"
#include "vtkNew.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkTensorArray.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace
{
using tensorview::FilterValues;
using tensorview::GridLayout;
using tensorview::ParallelFor;

constexpr const char* slotName = "Slot";
constexpr const char* groupName = "Group";
constexpr const char* idName = "GlobalFilterIds";

template <typename Array>
vtkNew<KnownRangeArray<Array>> NewLabels(const char* name, vtkIdType count)
{
  vtkNew<KnownRangeArray<Array>> array;
  array->SetName(name);
  array->SetNumberOfValues(count);
  return array;
}

/// The range of labels that may have been used, -1 (none) included if `none`.
template <typename Array, typename T>
void PromiseRange(KnownRangeArray<Array>* array, const std::vector<T>& labels, bool none)
{
  if (labels.empty())
  {
    return;
  }
  const auto [low, high] = std::minmax_element(labels.begin(), labels.end());
  array->SetKnownRange(none ? -1.0 : static_cast<double>(*low), static_cast<double>(*high));
}

std::vector<vtkIdType> FilterIds(std::int32_t layerId, const std::vector<std::int32_t>& slots)
{
  std::vector<vtkIdType> ids;
  ids.reserve(slots.size());
  for (const std::int32_t slot : slots)
  {
    ids.push_back(FilterId(layerId, slot));
  }
  return ids;
}

template <typename Array, typename T>
vtkNew<KnownRangeArray<Array>> RepeatLabels(
  const char* name, const std::vector<T>& labels, const std::vector<vtkIdType>& repeat)
{
  auto array =
    NewLabels<Array>(name, std::accumulate(repeat.begin(), repeat.end(), vtkIdType{ 0 }));
  auto* to = array->GetPointer(0);
  for (std::size_t i = 0; i < labels.size(); ++i)
  {
    to = std::fill_n(to, repeat[i], static_cast<typename Array::ValueType>(labels[i]));
  }
  PromiseRange(array.Get(), labels, false);
  return array;
}

/// Filters that are drawn as one value each: those that exist, and those that were removed.
struct Painter
{
  const GridLayout& layout;
  const FilterValues& filters;
  FilterValues removed;
  ParallelFor parallel;
  std::size_t pixels;

  template <typename T>
  void Fill(T* image, T value) const
  {
    this->parallel(this->pixels,
      [&](std::size_t begin, std::size_t end) { std::fill(image + begin, image + end, value); });
  }

  template <typename Array, typename T>
  vtkNew<KnownRangeArray<Array>> PaintLabels(
    const char* name, const std::vector<T>& labels, const std::vector<T>& removedLabels) const
  {
    using Value = typename Array::ValueType;
    auto array = NewLabels<Array>(name, static_cast<vtkIdType>(this->pixels));
    Value* image = array->GetPointer(0);
    this->Fill(image, Value{ -1 });
    const std::vector<Value> values(labels.begin(), labels.end());
    const std::vector<Value> removedValues(removedLabels.begin(), removedLabels.end());
    tensorview::paintFilters(this->layout, this->filters, values.data(), image, this->parallel);
    tensorview::paintFilters(
      this->layout, this->removed, removedValues.data(), image, this->parallel);
    std::vector<T> all = labels;
    all.insert(all.end(), removedLabels.begin(), removedLabels.end());
    PromiseRange(array.Get(), all, true);
    return array;
  }
};

void Promise(vtkInformation* outputInformation, std::int64_t width, std::int64_t height,
  const std::array<double, 2>& corner, double size)
{
  int extent[6] = { 0, static_cast<int>(width), 0, static_cast<int>(height), 0, 0 };
  if (width == 0 || height == 0)
  {
    extent[1] = extent[3] = extent[5] = -1;
  }
  double origin[3] = { corner[0], corner[1], 0.0 };
  double spacing[3] = { size, size, size };
  outputInformation->Set(vtkStreamingDemandDrivenPipeline::WHOLE_EXTENT(), extent, 6);
  outputInformation->Set(vtkDataObject::ORIGIN(), origin, 3);
  outputInformation->Set(vtkDataObject::SPACING(), spacing, 3);
}
}

bool GridArrays::IsSymmetric(const std::string& kind)
{
  return kind != tensorview::kinds::activation && kind != tensorview::kinds::runningVariance;
}

vtkSmartPointer<vtkTensorArray> GridArrays::NewValues(const std::string& kind, vtkIdType count)
{
  auto array = vtkSmartPointer<vtkTensorArray>::New();
  array->SetName(kind.c_str());
  array->SetNumberOfValues(count);
  return array;
}

void GridArrays::SetRange(
  vtkTensorArray* array, const tensorview::FiniteRange& range, bool symmetric)
{
  tensorview::ValueRange known;
  if (!range.empty())
  {
    known = { range.low, range.high, range.low, range.high };
  }
  if (symmetric)
  {
    array->SetSymmetricRange(known);
  }
  else
  {
    array->SetKnownRange(known);
  }
}

tensorview::FiniteRange GridArrays::RangeOf(const std::vector<vtkTensorCollection::Part>& parts)
{
  tensorview::FiniteRange range = tensorview::finiteRange(nullptr, 0);
  for (const vtkTensorCollection::Part& part : parts)
  {
    range.low = std::min(range.low, part.values.range.finiteMin);
    range.high = std::max(range.high, part.values.range.finiteMax);
  }
  return range;
}

void GridArrays::AddLabels(vtkDataSetAttributes* attributes, const FilterLabels& labels,
  const std::vector<vtkIdType>& repeat)
{
  attributes->AddArray(RepeatLabels<vtkIntArray>(slotName, labels.slot, repeat));
  if (labels.group.size() == labels.slot.size() && !labels.slot.empty())
  {
    attributes->AddArray(RepeatLabels<vtkIntArray>(groupName, labels.group, repeat));
  }
  attributes->SetGlobalIds(
    RepeatLabels<vtkIdTypeArray>(idName, FilterIds(labels.layerId, labels.slot), repeat));
}

void GridArrays::PromiseImage(
  vtkInformation* outputInformation, const tensorview::GridLayout& layout)
{
  Promise(outputInformation, layout.width(), layout.height(),
    { layout.originX(), layout.originY() }, layout.spacing());
}

void GridArrays::PromiseSquare(vtkInformation* outputInformation, std::int64_t pixels)
{
  Promise(outputInformation, pixels, pixels, { 0.0, 0.0 }, 1.0);
}

void GridArrays::DrawImage(vtkImageData* image, const ImageContent& content)
{
  const GridLayout& layout = content.layout;
  image->SetExtent(0, static_cast<int>(layout.width()), 0, static_cast<int>(layout.height()), 0, 0);
  image->SetOrigin(layout.originX(), layout.originY(), 0.0);
  // Cubic, though flat: ParaView's parallel projection loses slices that are much thicker than
  // wide.
  image->SetSpacing(layout.spacing(), layout.spacing(), layout.spacing());

  FilterValues removed;
  removed.filters = content.removed.size();
  removed.channels = static_cast<std::size_t>(content.channels);
  removed.rows = content.filters.rows;
  removed.columns = content.filters.columns;
  removed.slot = content.removed.data();
  const auto pixels = static_cast<std::size_t>(layout.width() * layout.height());
  const Painter painter{ layout, content.filters, removed, SmpParallelFor(pixels), pixels };

  const vtkSmartPointer<vtkTensorArray> values =
    NewValues(content.kind, static_cast<vtkIdType>(pixels));
  float* to = values->GetPointer(0);
  painter.Fill(to, tensorview::gapValue);
  constexpr float notThere = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> gone(std::max(content.filters.filters, removed.filters), notThere);
  tensorview::paintFilters(layout, removed, gone.data(), to, painter.parallel);
  if (content.filters.channels < static_cast<std::size_t>(content.channels))
  {
    FilterValues allChannels = content.filters;
    allChannels.channels = static_cast<std::size_t>(content.channels);
    allChannels.channelSlot = nullptr;
    tensorview::paintFilters(layout, allChannels, gone.data(), to, painter.parallel);
  }
  tensorview::paintValues(layout, content.filters,
    content.scales.empty() ? nullptr : content.scales.data(), to, painter.parallel);
  SetRange(values, content.range, content.symmetric);
  image->GetCellData()->SetScalars(values);

  const std::vector<std::int32_t> slots(
    content.filters.slot, content.filters.slot + content.filters.filters);
  image->GetCellData()->AddArray(
    painter.PaintLabels<vtkIntArray>(slotName, slots, content.removed));
  if (!content.group.empty())
  {
    image->GetCellData()->AddArray(painter.PaintLabels<vtkIntArray>(
      groupName, content.group, std::vector<int>(content.removed.size(), -1)));
  }
  image->GetCellData()->SetGlobalIds(painter.PaintLabels<vtkIdTypeArray>(
    idName, FilterIds(content.layerId, slots), FilterIds(content.layerId, content.removed)));
}
