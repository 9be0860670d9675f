#include "GroupingOutputs.h"

#include "GridArrays.h"

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

#include <algorithm>
#include <limits>
#include <locale>
#include <map>
#include <sstream>

namespace
{
/// Predicted error of a group, or not a number.
double ErrorOf(const GroupingOutputs::Findings& findings, std::size_t group)
{
  return findings.predictedError.empty() ? std::numeric_limits<double>::quiet_NaN()
                                         : findings.predictedError[group];
}

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

void GroupingOutputs::DescribeMethod(vtkDataObject* output, const Findings& findings)
{
  vtkFieldData* data = output->GetFieldData();
  AddNumber<vtkDoubleArray>(data, "Threshold", findings.grouping.threshold);
  AddText(data, "Measure", NameOf(findings.correlation.measure));
  AddText(
    data, "Linkage", findings.linkage == tensorview::Linkage::Complete ? "complete" : "single");
  AddNumber<vtkIdTypeArray>(data, "Samples", static_cast<vtkIdType>(findings.correlation.samples));
  AddNumber<vtkIntArray>(data, "Snapshots", findings.snapshots);
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
  AddColumn<vtkDoubleArray>(
    table, "PredictedError", rows, [&](std::size_t i) { return ErrorOf(findings, i); });
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

std::vector<std::string> GroupingOutputs::ListFacts(const Findings& findings)
{
  std::vector<std::string> list;
  for (std::size_t i = 0; i < findings.grouping.members.size(); ++i)
  {
    const std::size_t first = findings.grouping.members[i].front();
    std::ostringstream facts;
    facts.imbue(std::locale::classic());
    facts << findings.grouping.smallestCoefficient[first] << ' '
          << findings.grouping.meanCoefficient[first] << ' ' << ErrorOf(findings, i);
    list.push_back(facts.str());
  }
  return list;
}
