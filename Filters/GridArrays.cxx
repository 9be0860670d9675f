#include "GridArrays.h"

#include "KnownRangeArray.h"

#include "vtkDataObject.h"
#include "vtkDataSetAttributes.h"
#include "vtkIdTypeArray.h"
#include "vtkInformation.h"
#include "vtkIntArray.h"
#include "vtkNew.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkTensorArray.h"

#include <algorithm>
#include <numeric>

namespace
{
template <typename Array, typename T>
vtkNew<KnownRangeArray<Array>> RepeatLabels(
  const char* name, const std::vector<T>& labels, const std::vector<vtkIdType>& repeat)
{
  vtkNew<KnownRangeArray<Array>> array;
  array->SetName(name);
  array->SetNumberOfValues(std::accumulate(repeat.begin(), repeat.end(), vtkIdType{ 0 }));
  auto* to = array->GetPointer(0);
  for (std::size_t i = 0; i < labels.size(); ++i)
  {
    to = std::fill_n(to, repeat[i], static_cast<typename Array::ValueType>(labels[i]));
  }
  if (!labels.empty())
  {
    const auto [low, high] = std::minmax_element(labels.begin(), labels.end());
    array->SetKnownRange(static_cast<double>(*low), static_cast<double>(*high));
  }
  return array;
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
  if (labels.layered)
  {
    attributes->AddArray(RepeatLabels<vtkIntArray>(layerName, labels.layerId, repeat));
  }
  std::vector<vtkIdType> ids;
  for (std::size_t i = 0; i < labels.slot.size(); ++i)
  {
    ids.push_back(FilterId(labels.layerId[i], labels.slot[i]));
  }
  attributes->SetGlobalIds(RepeatLabels<vtkIdTypeArray>(idName, ids, repeat));
}

void GridArrays::PromiseImage(vtkInformation* outputInformation, const int (&extent)[6],
  const double (&origin)[3], double spacing)
{
  const double spacings[3] = { spacing, spacing, thickness * spacing };
  outputInformation->Set(vtkStreamingDemandDrivenPipeline::WHOLE_EXTENT(), extent, 6);
  outputInformation->Set(vtkDataObject::ORIGIN(), origin, 3);
  outputInformation->Set(vtkDataObject::SPACING(), spacings, 3);
}

void GridArrays::PromiseSquare(
  vtkInformation* outputInformation, std::int64_t pixels, double spacing)
{
  const int last = pixels > 0 ? static_cast<int>(pixels) : -1;
  PromiseImage(
    outputInformation, { 0, last, 0, last, 0, pixels > 0 ? 0 : -1 }, { 0.0, 0.0, 0.0 }, spacing);
}
