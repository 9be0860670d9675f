#include "GroupingOutputs.h"

#include "Core/FilterOrder.h"
#include "GridArrays.h"
#include "KnownRangeArray.h"

#include "vtkCellData.h"
#include "vtkDataSetAttributes.h"
#include "vtkDoubleArray.h"
#include "vtkFieldData.h"
#include "vtkIdTypeArray.h"
#include "vtkImageData.h"
#include "vtkIntArray.h"
#include "vtkNew.h"
#include "vtkPartitionedDataSet.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkSmartPointer.h"
#include "vtkStringArray.h"
#include "vtkTable.h"
#include "vtkTensorArray.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <stdexcept>

namespace
{
void AddText(vtkFieldData* data, const char* name, const char* text)
{
  vtkNew<vtkStringArray> array;
  array->SetName(name);
  array->InsertNextValue(text);
  data->AddArray(array);
}

const char* NameOf(tensorview::Measure measure)
{
  switch (measure)
  {
    case tensorview::Measure::Cosine:
      return "cosine";
    case tensorview::Measure::WeightedJaccard:
      return "weighted jaccard";
    case tensorview::Measure::Pearson:
      break;
  }
  return "pearson";
}

template <typename Array, typename Value>
void AddNumber(vtkFieldData* data, const char* name, Value value)
{
  vtkNew<Array> array;
  array->SetName(name);
  array->InsertNextValue(value);
  data->AddArray(array);
}

void DescribeMethod(vtkDataObject* output, const GroupingOutputs::Findings& findings)
{
  vtkFieldData* data = output->GetFieldData();
  AddNumber<vtkDoubleArray>(data, "Threshold", findings.grouping.threshold);
  AddText(data, "Measure", NameOf(findings.correlation.measure));
  AddText(
    data, "Linkage", findings.linkage == tensorview::Linkage::Complete ? "complete" : "single");
  AddNumber<vtkIdTypeArray>(data, "Samples", static_cast<vtkIdType>(findings.correlation.samples));
  AddNumber<vtkIntArray>(data, "Snapshots", findings.snapshots);
}

template <typename Array, typename Value>
void AddColumn(vtkTable* table, const char* name, std::size_t rows, const Value& value)
{
  vtkNew<Array> column;
  column->SetName(name);
  column->SetNumberOfValues(static_cast<vtkIdType>(rows));
  for (std::size_t i = 0; i < rows; ++i)
  {
    column->SetValue(static_cast<vtkIdType>(i), value(i));
  }
  table->AddColumn(column);
}

/// Global ids of a table's rows.
template <typename Slot>
void AddIds(vtkTable* table, std::int32_t layerId, std::size_t rows, const Slot& slot)
{
  vtkNew<vtkIdTypeArray> ids;
  ids->SetName(GridArrays::idName);
  for (std::size_t i = 0; i < rows; ++i)
  {
    ids->InsertNextValue(FilterId(layerId, slot(i)));
  }
  table->GetRowData()->SetGlobalIds(ids);
}

/// Of every slot its place in the matrix.
std::vector<std::int32_t> PlacesOf(const GroupingOutputs::Findings& findings, bool byGroup)
{
  std::vector<std::int32_t> places(static_cast<std::size_t>(findings.shape.slots));
  std::iota(places.begin(), places.end(), 0);
  if (!byGroup)
  {
    return places;
  }
  std::vector<std::optional<int>> groups(places.size());
  for (std::size_t i = 0; i < findings.slots.size(); ++i)
  {
    groups[static_cast<std::size_t>(findings.slots[i])] = findings.grouping.group[i];
  }
  return tensorview::placesByGroup(groups);
}

/// A partition with the groups of its own filters.
vtkSmartPointer<vtkImageData> Marked(
  vtkImageData* partition, const std::map<std::int32_t, int>& groupOfSlot)
{
  vtkTensorCollection::Part part;
  if (!vtkTensorCollection::Read(partition, part))
  {
    return partition;
  }
  vtkNew<vtkIntArray> group;
  group->SetName("Group");
  for (const std::int32_t slot : part.values.slot)
  {
    const auto found = groupOfSlot.find(slot);
    group->InsertNextValue(found == groupOfSlot.end() ? -1 : found->second);
  }
  auto copy = vtkSmartPointer<vtkImageData>::New();
  copy->ShallowCopy(partition);
  // The field data of a shallow copy may be shared with the original.
  vtkNew<vtkFieldData> fields;
  fields->ShallowCopy(partition->GetFieldData());
  fields->AddArray(group);
  copy->SetFieldData(fields);
  return copy;
}
}

void GroupingOutputs::MarkGroups(
  vtkPartitionedDataSetCollection* collection, const Findings& findings)
{
  std::map<std::int32_t, int> groupOfSlot;
  for (std::size_t i = 0; i < findings.slots.size(); ++i)
  {
    groupOfSlot[findings.slots[i]] = findings.grouping.group[i];
  }
  std::vector<vtkImageData*> ofLayer;
  for (const vtkTensorCollection::Entry& entry : vtkTensorCollection::List(collection))
  {
    if (entry.layer == findings.shape.layer)
    {
      ofLayer.insert(ofLayer.end(), entry.parts.begin(), entry.parts.end());
    }
  }
  for (unsigned int i = 0; i < collection->GetNumberOfPartitionedDataSets(); ++i)
  {
    vtkPartitionedDataSet* tensor = collection->GetPartitionedDataSet(i);
    for (unsigned int j = 0; tensor && j < tensor->GetNumberOfPartitions(); ++j)
    {
      auto* partition = vtkImageData::SafeDownCast(tensor->GetPartition(j));
      if (std::find(ofLayer.begin(), ofLayer.end(), partition) != ofLayer.end())
      {
        tensor->SetPartition(j, Marked(partition, groupOfSlot));
      }
    }
  }
}

void GroupingOutputs::WriteMatrix(vtkImageData* image, const Findings& findings, bool byGroup)
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
  const auto size = static_cast<std::size_t>(shape.slots);
  const std::vector<std::int32_t> placeOfSlot = PlacesOf(findings, byGroup);
  std::vector<std::int32_t> slotAt(size);
  for (std::size_t slot = 0; slot < size; ++slot)
  {
    slotAt[static_cast<std::size_t>(placeOfSlot[slot])] = static_cast<std::int32_t>(slot);
  }
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> filterAt(size, none);
  for (std::size_t i = 0; i < findings.slots.size(); ++i)
  {
    filterAt[static_cast<std::size_t>(placeOfSlot[static_cast<std::size_t>(findings.slots[i])])] =
      i;
  }

  const auto extent = static_cast<int>(size);
  image->SetExtent(0, extent, 0, extent, 0, 0);
  image->SetOrigin(0.0, 0.0, 0.0);
  image->SetSpacing(1.0, 1.0, 1.0);
  const auto cells = static_cast<vtkIdType>(size * size);
  const vtkSmartPointer<vtkTensorArray> values = GridArrays::NewValues("correlation", cells);
  const auto newLabels = [cells](auto* array, const char* name, double low, double high)
  {
    array->SetName(name);
    array->SetNumberOfValues(cells);
    array->SetKnownRange(low, high);
    return array->GetPointer(0);
  };
  const double last = static_cast<double>(shape.slots) - 1.0;
  vtkNew<KnownRangeArray<vtkIntArray>> slots;
  vtkNew<KnownRangeArray<vtkIntArray>> otherSlots;
  vtkNew<KnownRangeArray<vtkIntArray>> groups;
  vtkNew<KnownRangeArray<vtkIdTypeArray>> ids;
  float* value = values->GetPointer(0);
  int* slot = newLabels(slots.Get(), GridArrays::slotName, 0.0, last);
  int* otherSlot = newLabels(otherSlots.Get(), "OtherSlot", 0.0, last);
  int* group = newLabels(groups.Get(), GridArrays::groupName, -1.0, findings.grouping.groups - 1.0);
  vtkIdType* id =
    newLabels(ids.Get(), GridArrays::idName, static_cast<double>(FilterId(shape.layerId, 0)),
      static_cast<double>(FilterId(shape.layerId, extent - 1)));
  for (std::size_t row = 0; row < size; ++row)
  {
    const std::size_t i = filterAt[row];
    const int own = i == none ? -1 : findings.grouping.group[i];
    for (std::size_t column = 0; column < size; ++column)
    {
      const std::size_t j = filterAt[column];
      *value++ = i == none || j == none ? std::numeric_limits<float>::quiet_NaN()
                                        : static_cast<float>(findings.correlation.at(i, j));
      *slot++ = slotAt[row];
      *otherSlot++ = slotAt[column];
      *group++ = j != none && findings.grouping.group[j] == own ? own : -1;
      *id++ = FilterId(shape.layerId, slotAt[row]);
    }
  }
  // Promised as wide as coefficients can be, so that colours mean the same at every step.
  GridArrays::SetRange(values, { -1.0F, 1.0F }, false);
  image->GetCellData()->SetScalars(values);
  image->GetCellData()->AddArray(slots);
  image->GetCellData()->AddArray(otherSlots);
  image->GetCellData()->AddArray(groups);
  image->GetCellData()->SetGlobalIds(ids);
  DescribeMethod(image, findings);
}

void GroupingOutputs::WriteFilters(vtkTable* table, const Findings& findings)
{
  const std::vector<std::int32_t>& slots = findings.slots;
  const tensorview::Grouping& grouping = findings.grouping;
  const std::vector<std::size_t>& constant = findings.correlation.constant;
  const std::size_t rows = slots.size();
  AddColumn<vtkIntArray>(table, "Slot", rows, [&](std::size_t i) { return slots[i]; });
  AddColumn<vtkIntArray>(table, "Group", rows, [&](std::size_t i) { return grouping.group[i]; });
  AddColumn<vtkIntArray>(
    table, "Survivor", rows, [&](std::size_t i) { return slots[grouping.survivor[i]]; });
  AddColumn<vtkIntArray>(table, "Constant", rows,
    [&](std::size_t i) { return std::binary_search(constant.begin(), constant.end(), i) ? 1 : 0; });
  AddColumn<vtkDoubleArray>(table, "SmallestCoefficient", rows,
    [&](std::size_t i) { return grouping.smallestCoefficient[i]; });
  AddColumn<vtkDoubleArray>(
    table, "MeanCoefficient", rows, [&](std::size_t i) { return grouping.meanCoefficient[i]; });
  AddColumn<vtkIntArray>(
    table, "NearestSlot", rows, [&](std::size_t i) { return slots[grouping.nearest[i]]; });
  AddColumn<vtkDoubleArray>(table, "NearestCoefficient", rows,
    [&](std::size_t i) { return grouping.nearestCoefficient[i]; });
  AddIds(table, findings.shape.layerId, rows, [&](std::size_t i) { return slots[i]; });
  DescribeMethod(table, findings);
}

void GroupingOutputs::WriteGroups(vtkTable* table, const Findings& findings)
{
  const auto& members = findings.grouping.members;
  const std::size_t rows = members.size();
  const auto survivor = [&](std::size_t i) { return findings.slots[members[i].front()]; };
  AddColumn<vtkIntArray>(table, "Group", rows, [](std::size_t i) { return static_cast<int>(i); });
  AddColumn<vtkStringArray>(table, "Members", rows,
    [&](std::size_t i)
    {
      std::string text;
      for (const std::size_t filter : members[i])
      {
        text += (text.empty() ? "" : " ") + std::to_string(findings.slots[filter]);
      }
      return text;
    });
  AddColumn<vtkIntArray>(
    table, "Filters", rows, [&](std::size_t i) { return static_cast<int>(members[i].size()); });
  AddColumn<vtkIntArray>(table, "Survivor", rows, survivor);
  AddColumn<vtkDoubleArray>(table, "SmallestCoefficient", rows,
    [&](std::size_t i) { return findings.grouping.smallestCoefficient[members[i].front()]; });
  AddColumn<vtkDoubleArray>(table, "MeanCoefficient", rows,
    [&](std::size_t i) { return findings.grouping.meanCoefficient[members[i].front()]; });
  AddColumn<vtkDoubleArray>(table, "PredictedError", rows,
    [&](std::size_t i)
    {
      return findings.predictedError.empty() ? std::numeric_limits<double>::quiet_NaN()
                                             : findings.predictedError[i];
    });
  AddIds(table, findings.shape.layerId, rows, survivor);
  DescribeMethod(table, findings);
}

std::vector<std::string> GroupingOutputs::ListMembers(const Findings& findings)
{
  std::vector<std::string> list;
  for (const std::vector<std::size_t>& members : findings.grouping.members)
  {
    std::string ids;
    for (const std::size_t filter : members)
    {
      ids += (ids.empty() ? "" : " ") +
             std::to_string(FilterId(findings.shape.layerId, findings.slots[filter]));
    }
    list.push_back(ids);
  }
  return list;
}
