#include "GroupingOutputs.h"

#include "GridArrays.h"

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

void DescribeMethod(vtkDataObject* output, const tensorview::Grouping& grouping)
{
  vtkNew<vtkDoubleArray> threshold;
  threshold->SetName("Threshold");
  threshold->InsertNextValue(grouping.threshold);
  output->GetFieldData()->AddArray(threshold);
  AddText(output->GetFieldData(), "Measure", "pearson");
  AddText(output->GetFieldData(), "Linkage", "single");
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

void GroupingOutputs::MarkGroups(vtkPartitionedDataSetCollection* collection,
  const std::string& layer, const std::vector<std::int32_t>& slots,
  const tensorview::Grouping& grouping)
{
  std::map<std::int32_t, int> groupOfSlot;
  for (std::size_t i = 0; i < slots.size(); ++i)
  {
    groupOfSlot[slots[i]] = grouping.group[i];
  }
  std::vector<vtkImageData*> ofLayer;
  for (const vtkTensorCollection::Entry& entry : vtkTensorCollection::List(collection))
  {
    if (entry.layer == layer)
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

void GroupingOutputs::WriteMatrix(vtkImageData* image, const LayerShape& shape,
  const std::vector<std::int32_t>& slots, const tensorview::Correlation& correlation,
  const tensorview::Grouping& grouping)
{
  for (const std::int32_t slot : slots)
  {
    if (slot < 0 || slot >= shape.slots)
    {
      throw std::runtime_error("slot " + std::to_string(slot) + " is none of the " +
                               std::to_string(shape.slots) + " slots of layer '" + shape.layer +
                               "'");
    }
  }
  const auto size = static_cast<int>(shape.slots);
  image->SetExtent(0, size, 0, size, 0, 0);
  image->SetOrigin(0.0, 0.0, 0.0);
  image->SetSpacing(1.0, 1.0, 1.0);
  const vtkIdType cells = shape.slots * shape.slots;
  const vtkSmartPointer<vtkTensorArray> values = GridArrays::NewValues("correlation", cells);
  std::fill_n(values->GetPointer(0), cells, std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < slots.size(); ++i)
  {
    float* row = values->GetPointer(slots[i] * shape.slots);
    for (std::size_t j = 0; j < slots.size(); ++j)
    {
      row[slots[j]] = static_cast<float>(correlation.at(i, j));
    }
  }
  // Promised as wide as coefficients can be, so that colours mean the same at every step.
  GridArrays::SetRange(values, { -1.0F, 1.0F }, false);
  image->GetCellData()->SetScalars(values);

  vtkNew<vtkIntArray> slot;
  slot->SetName("Slot");
  slot->SetNumberOfValues(cells);
  vtkNew<vtkIntArray> other;
  other->SetName("OtherSlot");
  other->SetNumberOfValues(cells);
  for (vtkIdType i = 0; i < shape.slots; ++i)
  {
    std::fill_n(slot->GetPointer(i * shape.slots), shape.slots, static_cast<int>(i));
    for (vtkIdType j = 0; j < shape.slots; ++j)
    {
      other->SetValue(i * shape.slots + j, static_cast<int>(j));
    }
  }
  image->GetCellData()->AddArray(slot);
  image->GetCellData()->AddArray(other);
  DescribeMethod(image, grouping);
}

void GroupingOutputs::WriteTable(vtkTable* table, const LayerShape& shape,
  const std::vector<std::int32_t>& slots, const tensorview::Correlation& correlation,
  const tensorview::Grouping& grouping)
{
  const std::size_t rows = slots.size();
  AddColumn<vtkIntArray>(table, "Slot", rows, [&](std::size_t i) { return slots[i]; });
  AddColumn<vtkIntArray>(table, "Group", rows, [&](std::size_t i) { return grouping.group[i]; });
  AddColumn<vtkIntArray>(
    table, "Survivor", rows, [&](std::size_t i) { return slots[grouping.survivor[i]]; });
  AddColumn<vtkIntArray>(table, "Constant", rows,
    [&](std::size_t i)
    {
      return std::binary_search(correlation.constant.begin(), correlation.constant.end(), i) ? 1
                                                                                             : 0;
    });
  AddColumn<vtkDoubleArray>(table, "SmallestCoefficient", rows,
    [&](std::size_t i) { return grouping.smallestCoefficient[i]; });
  AddColumn<vtkDoubleArray>(
    table, "MeanCoefficient", rows, [&](std::size_t i) { return grouping.meanCoefficient[i]; });
  AddColumn<vtkIntArray>(
    table, "NearestSlot", rows, [&](std::size_t i) { return slots[grouping.nearest[i]]; });
  AddColumn<vtkDoubleArray>(table, "NearestCoefficient", rows,
    [&](std::size_t i) { return grouping.nearestCoefficient[i]; });
  vtkNew<vtkIdTypeArray> ids;
  ids->SetName("GlobalFilterIds");
  for (const std::int32_t slot : slots)
  {
    ids->InsertNextValue(FilterId(shape.layerId, slot));
  }
  table->GetRowData()->SetGlobalIds(ids);
  DescribeMethod(table, grouping);
}
