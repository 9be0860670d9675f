#include "CorrelationImage.h"

#include "Core/FilterOrder.h"
#include "Core/MatrixOverview.h"
#include "DetailParts.h"
#include "GridArrays.h"
#include "KnownRangeArray.h"
#include "SmpParallelFor.h"

#include "vtkCellData.h"
#include "vtkIdTypeArray.h"
#include "vtkImageData.h"
#include "vtkIntArray.h"
#include "vtkNew.h"
#include "vtkTensorArray.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <stdexcept>

namespace
{
/// A label of each pixel.
template <typename Array, typename Label>
void AddLabels(vtkImageData* image, const char* name, double low, double high, const Label& label)
{
  vtkNew<KnownRangeArray<Array>> array;
  array->SetName(name);
  array->SetNumberOfValues(image->GetNumberOfCells());
  auto* to = array->GetPointer(0);
  for (vtkIdType i = 0; i < image->GetNumberOfCells(); ++i)
  {
    to[i] = label(static_cast<std::size_t>(i));
  }
  array->SetKnownRange(low, high);
  image->GetCellData()->AddArray(array);
}

void CheckSlots(const GroupingOutputs::Findings& findings)
{
  const LayerShape& shape = findings.shape;
  for (const std::int32_t slot : findings.slots)
  {
    if (slot < 0 || slot >= shape.slots)
    {
      throw std::runtime_error("slot " + std::to_string(slot) + " is none of the " +
                               std::to_string(shape.slots) + " slots of layer '" + shape.layer +
                               "'");
    }
  }
}
}

std::vector<std::int32_t> CorrelationImage::SlotsOf(const LayerShape& shape) const
{
  std::vector<std::int32_t> slots;
  for (std::int32_t slot = 0; slot < shape.slots; ++slot)
  {
    if (this->Wanted.focus.contains(slot))
    {
      slots.push_back(slot);
    }
  }
  if (slots.empty())
  {
    slots.resize(static_cast<std::size_t>(shape.slots));
    std::iota(slots.begin(), slots.end(), 0);
  }
  return slots;
}

std::vector<std::int32_t> CorrelationImage::OrderedSlots(
  const GroupingOutputs::Findings& findings) const
{
  std::vector<std::int32_t> slots = this->SlotsOf(findings.shape);
  if (this->Wanted.byGroup)
  {
    std::vector<std::optional<int>> groups(static_cast<std::size_t>(findings.shape.slots));
    for (std::size_t i = 0; i < findings.slots.size(); ++i)
    {
      groups[static_cast<std::size_t>(findings.slots[i])] = findings.grouping.group[i];
    }
    const std::vector<std::int32_t> place = tensorview::placesByGroup(groups);
    std::sort(slots.begin(), slots.end(),
      [&place](std::int32_t a, std::int32_t b)
      { return place[static_cast<std::size_t>(a)] < place[static_cast<std::size_t>(b)]; });
  }
  return slots;
}

std::size_t CorrelationImage::BlockOf(const LayerShape& shape) const
{
  return tensorview::chooseMatrixBlock(this->SlotsOf(shape).size(), this->Wanted.maximumPixels);
}

void CorrelationImage::Promise(const LayerShape& shape, vtkInformation* outputInformation) const
{
  const std::size_t block = this->BlockOf(shape);
  const std::size_t places = this->SlotsOf(shape).size();
  GridArrays::PromiseSquare(outputInformation,
    block > 0 ? static_cast<std::int64_t>((places + block - 1) / block) : 0,
    static_cast<double>(std::max<std::size_t>(block, 1)));
}

void CorrelationImage::Write(vtkImageData* image, const GroupingOutputs::Findings& findings) const
{
  CheckSlots(findings);
  const LayerShape& shape = findings.shape;
  const std::size_t block = this->BlockOf(shape);
  std::vector<std::int32_t> slotAt;
  tensorview::MatrixOverview overview;
  std::vector<int> groupAt;
  if (block > 0)
  {
    slotAt = this->OrderedSlots(findings);
    std::vector<std::size_t> filterOf(static_cast<std::size_t>(shape.slots), tensorview::noFilter);
    for (std::size_t i = 0; i < findings.slots.size(); ++i)
    {
      filterOf[static_cast<std::size_t>(findings.slots[i])] = i;
    }
    std::vector<std::size_t> filterAt;
    for (const std::int32_t slot : slotAt)
    {
      filterAt.push_back(filterOf[static_cast<std::size_t>(slot)]);
      groupAt.push_back(
        filterAt.back() == tensorview::noFilter ? -1 : findings.grouping.group[filterAt.back()]);
    }
    overview =
      tensorview::overviewMatrix(findings.correlation.coefficients, findings.correlation.filters,
        filterAt, block, this->Wanted.aggregate, SmpParallelFor(filterAt.size() * filterAt.size()));
  }

  const int last = static_cast<int>(overview.pixels);
  image->SetExtent(0, block > 0 ? last : -1, 0, block > 0 ? last : -1, 0, block > 0 ? 0 : -1);
  image->SetOrigin(0.0, 0.0, 0.0);
  const double spacing = static_cast<double>(std::max<std::size_t>(block, 1));
  image->SetSpacing(spacing, spacing, GridArrays::thickness * spacing);
  const vtkSmartPointer<vtkTensorArray> values =
    GridArrays::NewValues("correlation", image->GetNumberOfCells());
  std::copy(overview.values.begin(), overview.values.end(), values->GetPointer(0));
  // Promised as wide as coefficients can be, so that colours mean the same at every step.
  GridArrays::SetRange(values, { -1.0F, 1.0F }, false);
  image->GetCellData()->SetScalars(values);

  const auto row = [&](std::size_t i) { return slotAt[overview.shown[i].row]; };
  const double highest = static_cast<double>(shape.slots) - 1.0;
  AddLabels<vtkIntArray>(image, GridArrays::slotName, 0.0, highest, row);
  AddLabels<vtkIntArray>(image, "OtherSlot", 0.0, highest,
    [&](std::size_t i) { return slotAt[overview.shown[i].column]; });
  AddLabels<vtkIntArray>(image, GridArrays::groupName, -1.0, findings.grouping.groups - 1.0,
    [&](std::size_t i)
    {
      const int own = groupAt[overview.shown[i].row];
      return own == groupAt[overview.shown[i].column] ? own : -1;
    });
  AddLabels<vtkIdTypeArray>(image, GridArrays::idName,
    static_cast<double>(FilterId(shape.layerId, 0)),
    static_cast<double>(FilterId(shape.layerId, static_cast<std::int32_t>(highest))),
    [&](std::size_t i) { return static_cast<vtkIdType>(FilterId(shape.layerId, row(i))); });
  image->GetCellData()->SetActiveGlobalIds(GridArrays::idName);
}

std::string CorrelationImage::Describe(
  const LayerShape& shape, const std::vector<std::int32_t>& slots) const
{
  std::string text;
  const std::string missing = this->Wanted.focus.missing(slots);
  if (!missing.empty())
  {
    text = "Focus: layer '" + shape.layer + "' has no filters in the slots " + missing +
           " (never there, or removed).";
  }
  const std::size_t block = this->BlockOf(shape);
  if (block > 1)
  {
    const std::string side = std::to_string(block);
    text += std::string(text.empty() ? "" : " ") + "The pixels of the matrix of layer '" +
            shape.layer + "' stand for " + side + " x " + side +
            " pairs of filters each and show of their coefficients " +
            DetailParts::WordsFor(this->Wanted.aggregate) +
            ", the diagonal left out (raise MaximumPixels or put filters into Focus to see more).";
  }
  return text;
}
