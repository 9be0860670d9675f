#include "vtkTensorCollection.h"

#include "vtkModelProvider.h"
#include "vtkTensorArray.h"

#include "vtkCompositeDataPipeline.h"
#include "vtkDataAssembly.h"
#include "vtkDataObject.h"
#include "vtkFieldData.h"
#include "vtkFloatArray.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkInformationIntegerVectorKey.h"
#include "vtkIntArray.h"
#include "vtkNew.h"
#include "vtkPartitionedDataSet.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkPointData.h"
#include "vtkSmartPointer.h"

#include <algorithm>
#include <locale>
#include <map>
#include <set>
#include <sstream>

namespace
{
vtkSmartPointer<vtkIntArray> MakeSlots(const char* name, const std::vector<std::int32_t>& slots)
{
  auto array = vtkSmartPointer<vtkIntArray>::New();
  array->SetName(name);
  array->SetNumberOfValues(static_cast<vtkIdType>(slots.size()));
  std::copy(slots.begin(), slots.end(), array->GetPointer(0));
  return array;
}

std::vector<int> ReadInts(vtkFieldData* field, const char* name)
{
  auto* array = vtkIntArray::SafeDownCast(field->GetArray(name));
  if (!array)
  {
    return {};
  }
  return { array->GetPointer(0), array->GetPointer(0) + array->GetNumberOfValues() };
}

/// The partition of the data model: dimensions (columns, rows, filters * channels), point array
/// `value`.
vtkSmartPointer<vtkImageData> MakePartition(const tensorview::TensorValues& tensor, double step)
{
  auto image = vtkSmartPointer<vtkImageData>::New();
  const auto& shape = tensor.shape;
  image->SetDimensions(static_cast<int>(shape.columns), static_cast<int>(shape.rows),
    static_cast<int>(shape.filters * shape.channels));
  vtkNew<vtkTensorArray> value;
  value->SetName("value");
  value->ShareValues(tensor.data, shape.size());
  value->SetKnownRange(tensor.range);
  image->GetPointData()->SetScalars(value);
  image->GetFieldData()->AddArray(MakeSlots("Slot", tensor.slot));
  image->GetFieldData()->AddArray(MakeSlots("ChannelSlot", tensor.channelSlot));
  image->GetInformation()->Set(vtkDataObject::DATA_TIME_STEP(), step);
  return image;
}

/// Node names cannot hold every layer name (dots are dropped, leading digits prefixed); `label`
/// carries the true one.
std::string UniqueNodeName(const std::string& label, std::set<std::string>& taken)
{
  const std::string base = vtkDataAssembly::MakeValidNodeName(label.empty() ? "_" : label.c_str());
  std::string name = base;
  for (int i = 2; !taken.insert(name).second; ++i)
  {
    name = base + "_" + std::to_string(i);
  }
  return name;
}

template <typename T>
std::string ToText(T value)
{
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(17);
  text << value;
  return text.str();
}

std::string ShapeText(const tensorview::TensorShape& s)
{
  return std::to_string(s.filters) + ' ' + std::to_string(s.channels) + ' ' +
         std::to_string(s.rows) + ' ' + std::to_string(s.columns);
}

bool ParseShape(const char* text, tensorview::TensorShape& shape)
{
  std::istringstream stream(text ? text : "");
  stream.imbue(std::locale::classic());
  return static_cast<bool>(
    stream >> shape.filters >> shape.channels >> shape.rows >> shape.columns);
}

/// vtkDataAssembly reads no floating-point attributes.
double ReadNumber(vtkDataAssembly* assembly, int node, const char* name)
{
  std::istringstream stream(assembly->GetAttributeOrDefault(node, name, "0"));
  stream.imbue(std::locale::classic());
  double value = 0.0;
  stream >> value;
  return value;
}

/// Flat index of the only partition of a tensor: the root, then two nodes a tensor.
int FlatIndex(std::size_t tensor)
{
  return 2 * static_cast<int>(tensor) + 2;
}

/// Writes a request; `indices` may hold an index twice.
void SetRequest(vtkInformation* information, std::set<int> indices)
{
  const std::vector<int> sorted(indices.begin(), indices.end());
  information->Set(vtkCompositeDataPipeline::UPDATE_COMPOSITE_INDICES(), sorted.data(),
    static_cast<int>(sorted.size()));
}

/// Index of a tensor in the model of a source that reads on demand, else -1.
std::ptrdiff_t FindOnDemand(
  vtkInformation* information, const std::string& layer, const std::string& kind)
{
  vtkModelProvider* provider = vtkModelProvider::Get(information);
  return provider && provider->ReadsOnDemand() ? provider->GetModel()->find(layer, kind) : -1;
}

std::string JoinUnique(const std::vector<vtkTensorCollection::Entry>& entries,
  std::string vtkTensorCollection::Entry::*member, const std::string* onlyLayer)
{
  std::string joined;
  std::set<std::string> seen;
  for (const auto& entry : entries)
  {
    if ((!onlyLayer || entry.layer == *onlyLayer) && seen.insert(entry.*member).second)
    {
      joined += (joined.empty() ? "" : ", ") + entry.*member;
    }
  }
  return joined;
}
}

namespace vtkTensorCollection
{

//----------------------------------------------------------------------------
void Build(vtkPartitionedDataSetCollection* output,
  const std::vector<tensorview::TensorValues>& values, const tensorview::ModelDescription& model,
  double step, double epoch)
{
  output->Initialize();
  vtkNew<vtkDataAssembly> assembly;
  assembly->SetRootNodeName("model");
  output->SetNumberOfPartitionedDataSets(static_cast<unsigned int>(values.size()));

  std::map<std::string, const tensorview::LayerDescription*> layers;
  for (const auto& layer : model.layers)
  {
    layers.emplace(layer.name, &layer);
  }
  struct LayerNode
  {
    int node = -1;
    std::set<std::string> kinds;
  };
  std::map<std::string, LayerNode> nodes;
  std::set<std::string> nodeNames;

  for (std::size_t i = 0; i < values.size(); ++i)
  {
    const auto& tensor = values[i];
    const auto& description = tensor.description;
    auto& layerNode = nodes[description.layer];
    if (layerNode.node < 0)
    {
      layerNode.node = assembly->AddNode(UniqueNodeName(description.layer, nodeNames).c_str());
      assembly->SetAttribute(layerNode.node, "label", description.layer.c_str());
      assembly->SetAttribute(layerNode.node, "layer_id", ToText(description.layerId).c_str());
      const auto layer = layers.find(description.layer);
      assembly->SetAttribute(
        layerNode.node, "type", layer != layers.end() ? layer->second->type.c_str() : "");
    }
    const int node =
      assembly->AddNode(UniqueNodeName(description.kind, layerNode.kinds).c_str(), layerNode.node);
    assembly->SetAttribute(node, "label", description.kind.c_str());
    assembly->SetAttribute(node, "kind", description.kind.c_str());
    assembly->SetAttribute(node, "shape", ShapeText(description.shape).c_str());
    assembly->SetAttribute(node, "step", ToText(step).c_str());
    assembly->SetAttribute(node, "epoch", ToText(epoch).c_str());
    const auto index = static_cast<unsigned int>(i);
    assembly->AddDataSetIndex(node, index);

    vtkNew<vtkPartitionedDataSet> tensorData;
    tensorData->SetNumberOfPartitions(1);
    if (tensor.data && tensor.shape.size() > 0)
    {
      tensorData->SetPartition(0, MakePartition(tensor, step));
    }
    output->SetPartitionedDataSet(index, tensorData);
  }
  output->SetDataAssembly(assembly);
  output->GetInformation()->Set(vtkDataObject::DATA_TIME_STEP(), step);
}

//----------------------------------------------------------------------------
std::vector<Entry> List(vtkPartitionedDataSetCollection* input)
{
  std::vector<Entry> entries;
  auto* assembly = input ? input->GetDataAssembly() : nullptr;
  if (!assembly)
  {
    return entries;
  }
  for (const int layerNode : assembly->GetChildNodes(assembly->GetRootNode(), false))
  {
    for (const int node : assembly->GetChildNodes(layerNode, false))
    {
      Entry entry;
      const char* kind = nullptr;
      if (!assembly->GetAttribute(node, "kind", kind) || !kind ||
          !ParseShape(assembly->GetAttributeOrDefault(node, "shape", ""), entry.shape))
      {
        continue; // another program's assembly
      }
      entry.kind = kind;
      entry.layer =
        assembly->GetAttributeOrDefault(layerNode, "label", assembly->GetNodeName(layerNode));
      entry.layerId = assembly->GetAttributeOrDefault(layerNode, "layer_id", -1);
      entry.step = ReadNumber(assembly, node, "step");
      entry.epoch = ReadNumber(assembly, node, "epoch");
      for (const unsigned int index : assembly->GetDataSetIndices(node, false))
      {
        auto* tensor = input->GetPartitionedDataSet(index);
        for (unsigned int p = 0; tensor && p < tensor->GetNumberOfPartitions(); ++p)
        {
          auto* image = vtkImageData::SafeDownCast(tensor->GetPartition(p));
          if (image && image->GetNumberOfPoints() > 0)
          {
            entry.parts.push_back(image);
          }
        }
      }
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

//----------------------------------------------------------------------------
bool Read(vtkImageData* partition, Part& part)
{
  part = Part();
  auto* array = vtkFloatArray::SafeDownCast(partition->GetPointData()->GetAbstractArray("value"));
  auto* field = partition->GetFieldData();
  part.values.slot = ReadInts(field, "Slot");
  part.values.channelSlot = ReadInts(field, "ChannelSlot");
  if (!array || array->GetNumberOfComponents() != 1 || part.values.slot.empty())
  {
    return false;
  }
  int dimensions[3];
  partition->GetDimensions(dimensions);
  auto& shape = part.values.shape;
  shape.columns = dimensions[0];
  shape.rows = dimensions[1];
  shape.filters = static_cast<std::int64_t>(part.values.slot.size());
  shape.channels = dimensions[2] / shape.filters;
  if (shape.channels * shape.filters != dimensions[2] || shape.size() != array->GetNumberOfTuples())
  {
    return false;
  }
  if (static_cast<std::int64_t>(part.values.channelSlot.size()) != shape.channels)
  {
    part.values.channelSlot.resize(static_cast<std::size_t>(shape.channels));
    for (std::size_t c = 0; c < part.values.channelSlot.size(); ++c)
    {
      part.values.channelSlot[c] = static_cast<std::int32_t>(c);
    }
  }
  // The array keeps its memory alive for as long as the values are used.
  vtkSmartPointer<vtkFloatArray> keep = array;
  part.values.data = std::shared_ptr<const float>(array->GetPointer(0), [keep](const float*) {});
  double range[2];
  double finite[2];
  array->GetRange(range);
  array->GetFiniteRange(finite);
  part.values.range.min = static_cast<float>(range[0]);
  part.values.range.max = static_cast<float>(range[1]);
  part.values.range.finiteMin = static_cast<float>(finite[0]);
  part.values.range.finiteMax = static_cast<float>(finite[1]);

  part.group = ReadInts(field, "Group");
  if (part.group.size() != part.values.slot.size())
  {
    part.group.clear();
  }
  return true;
}

//----------------------------------------------------------------------------
void Request(vtkInformation* inputInformation, const std::string& layer, const std::string& kind)
{
  const std::ptrdiff_t tensor = FindOnDemand(inputInformation, layer, kind);
  if (tensor >= 0)
  {
    SetRequest(inputInformation, { FlatIndex(static_cast<std::size_t>(tensor)) });
  }
}

//----------------------------------------------------------------------------
void RequestToo(vtkInformation* inputInformation, const std::string& layer, const std::string& kind)
{
  auto* const key = vtkCompositeDataPipeline::UPDATE_COMPOSITE_INDICES();
  const std::ptrdiff_t tensor = FindOnDemand(inputInformation, layer, kind);
  if (!inputInformation->Has(key))
  {
    return; // everything is asked for
  }
  if (tensor < 0)
  {
    Release(inputInformation);
    return;
  }
  const int* first = inputInformation->Get(key);
  std::set<int> indices(first, first + inputInformation->Length(key));
  indices.insert(FlatIndex(static_cast<std::size_t>(tensor)));
  SetRequest(inputInformation, indices);
}

//----------------------------------------------------------------------------
void RequestNothing(vtkInformation* inputInformation)
{
  vtkModelProvider* provider = vtkModelProvider::Get(inputInformation);
  if (provider && provider->ReadsOnDemand())
  {
    constexpr int noTensor = -1; // an empty list would be no request at all
    SetRequest(inputInformation, { noTensor });
  }
}

//----------------------------------------------------------------------------
std::vector<bool> Requested(vtkInformation* outputInformation, std::size_t tensors)
{
  auto* const key = vtkCompositeDataPipeline::UPDATE_COMPOSITE_INDICES();
  if (!outputInformation->Has(key))
  {
    return std::vector<bool>(tensors, true);
  }
  std::vector<bool> requested(tensors, false);
  const int* first = outputInformation->Get(key);
  const std::set<int> indices(first, first + outputInformation->Length(key));
  for (std::size_t tensor = 0; tensor < tensors; ++tensor)
  {
    // The tensor's partition, its partitioned data set, or the whole collection.
    const int index = FlatIndex(tensor);
    requested[tensor] =
      indices.count(index) != 0 || indices.count(index - 1) != 0 || indices.count(0) != 0;
  }
  return requested;
}

//----------------------------------------------------------------------------
void Release(vtkInformation* inputInformation)
{
  inputInformation->Remove(vtkCompositeDataPipeline::UPDATE_COMPOSITE_INDICES());
}

//----------------------------------------------------------------------------
bool Find(const std::vector<Entry>& entries, const std::string& layer, const std::string& kind,
  const std::string& defaultKind, Entry& found, std::string& message)
{
  if (entries.empty())
  {
    message =
      "the input holds no tensors; connect a Trainer, a TensorRunReader or a filter behind one";
    return false;
  }
  std::string chosenLayer = layer;
  if (layer.empty())
  {
    // The first layer that has what is asked for: a network may begin with a layer of another sort.
    const std::string& wanted = kind.empty() ? defaultKind : kind;
    const auto first = std::find_if(
      entries.begin(), entries.end(), [&](const Entry& e) { return e.kind == wanted; });
    chosenLayer = first != entries.end() ? first->layer : entries.front().layer;
  }
  const Entry* match = nullptr;
  bool layerKnown = false;
  for (const auto& entry : entries)
  {
    if (entry.layer != chosenLayer)
    {
      continue;
    }
    layerKnown = true;
    if (kind.empty() ? (entry.kind == defaultKind || !match) : entry.kind == kind)
    {
      match = &entry;
      if (!kind.empty() || entry.kind == defaultKind)
      {
        break;
      }
    }
  }
  if (!layerKnown)
  {
    message = "there is no layer '" + chosenLayer + "'; the input has " +
              JoinUnique(entries, &Entry::layer, nullptr);
    return false;
  }
  if (!match)
  {
    message = "layer '" + chosenLayer + "' has no '" + kind + "'; it has " +
              JoinUnique(entries, &Entry::kind, &chosenLayer);
    return false;
  }
  found = *match;
  return true;
}

}
