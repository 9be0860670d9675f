#include "vtkTensorCollection.h"

#include "vtkDataArray.h"
#include "vtkDataAssembly.h"
#include "vtkDataObject.h"
#include "vtkFieldData.h"
#include "vtkFloatArray.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkIntArray.h"
#include "vtkNew.h"
#include "vtkPartitionedDataSet.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkPointData.h"

#include <gtest/gtest.h>

#include <numeric>

namespace
{
using tensorview::TensorShape;
using tensorview::TensorValues;

/// Values 0, 1, 2, ... of all filters.
TensorValues Tensor(
  int layerId, const std::string& layer, const std::string& kind, const TensorShape& shape)
{
  TensorValues tensor;
  tensor.description.layerId = layerId;
  tensor.description.layer = layer;
  tensor.description.kind = kind;
  tensor.description.shape = shape;
  tensor.shape = shape;
  tensor.slot.resize(static_cast<std::size_t>(shape.filters));
  std::iota(tensor.slot.begin(), tensor.slot.end(), 0);
  tensor.channelSlot.resize(static_cast<std::size_t>(shape.channels));
  std::iota(tensor.channelSlot.begin(), tensor.channelSlot.end(), 0);
  auto values = std::make_shared<std::vector<float>>(static_cast<std::size_t>(shape.size()));
  std::iota(values->begin(), values->end(), 0.0F);
  tensor.range = tensorview::computeRange(values->data(), values->size());
  tensor.data = std::shared_ptr<const float>(values, values->data());
  return tensor;
}

/// Two layers whose valid node names are one and the same, and a tensor without values.
struct Network
{
  std::vector<TensorValues> values{ Tensor(1, "layer1.0", "weight", { 2, 3, 2, 4 }),
    Tensor(1, "layer1.0", "activation", { 2, 1, 5, 5 }),
    Tensor(7, "layer10", "weight", { 3, 2, 1, 1 }), Tensor(9, "7 of 9", "strange kind", {}) };
  tensorview::ModelDescription model;

  Network()
  {
    this->model.layers = { { 1, "layer1.0", "convolution", {} }, { 7, "layer10", "dense", {} } };
    for (TensorValues& tensor : this->values)
    {
      this->model.tensors.push_back(tensor.description);
    }
    this->values[3].data = nullptr;
  }
};
}

TEST(TensorCollection, RoundTrip)
{
  const Network network;
  vtkNew<vtkPartitionedDataSetCollection> collection;
  vtkTensorCollection::Build(collection, network.values, network.model, 1700.0, 3.0909090909090908);
  const auto entries = vtkTensorCollection::List(collection);
  ASSERT_EQ(entries.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i)
  {
    EXPECT_EQ(entries[i].layer, network.values[i].description.layer);
    EXPECT_EQ(entries[i].kind, network.values[i].description.kind);
    EXPECT_EQ(entries[i].layerId, network.values[i].description.layerId);
    EXPECT_EQ(entries[i].shape, network.values[i].description.shape);
    EXPECT_EQ(entries[i].step, 1700.0);
    EXPECT_EQ(entries[i].epoch, 3.0909090909090908); // no digit is lost on the way
    EXPECT_EQ(entries[i].parts.size(), i < 3 ? 1U : 0U);
  }
  vtkTensorCollection::Part part;
  ASSERT_TRUE(vtkTensorCollection::Read(entries[0].parts.front(), part));
  EXPECT_EQ(part.values.data.get(), network.values[0].data.get()); // shared all the way
  EXPECT_EQ(part.values.shape, network.values[0].shape);
  EXPECT_EQ(part.values.slot, network.values[0].slot);
  EXPECT_EQ(part.values.channelSlot, network.values[0].channelSlot);
  EXPECT_EQ(part.values.range.max, 47.0F);
  EXPECT_TRUE(part.group.empty());
}

TEST(TensorCollection, PartitionsAreTheDataModels)
{
  const Network network;
  vtkNew<vtkPartitionedDataSetCollection> collection;
  vtkTensorCollection::Build(collection, network.values, network.model, 5.0, 0.5);
  EXPECT_EQ(collection->GetNumberOfPartitionedDataSets(), 4U);
  EXPECT_EQ(collection->GetInformation()->Get(vtkDataObject::DATA_TIME_STEP()), 5.0);
  auto* image = vtkImageData::SafeDownCast(collection->GetPartition(0, 0));
  ASSERT_NE(image, nullptr);
  int dimensions[3];
  image->GetDimensions(dimensions);
  EXPECT_EQ(dimensions[0], 4); // columns
  EXPECT_EQ(dimensions[1], 2); // rows
  EXPECT_EQ(dimensions[2], 6); // filters x channels
  EXPECT_STREQ(image->GetPointData()->GetScalars()->GetName(), "value");
  EXPECT_EQ(image->GetFieldData()->GetArray("Slot")->GetNumberOfTuples(), 2);
  EXPECT_EQ(image->GetFieldData()->GetArray("ChannelSlot")->GetNumberOfTuples(), 3);

  auto* assembly = collection->GetDataAssembly();
  EXPECT_STREQ(assembly->GetRootNodeName(), "model");
  const auto layers = assembly->GetChildNodes(assembly->GetRootNode(), false);
  ASSERT_EQ(layers.size(), 3U);
  EXPECT_STRNE(assembly->GetNodeName(layers[0]), assembly->GetNodeName(layers[1]));
  EXPECT_STREQ(assembly->GetAttributeOrDefault(layers[0], "label", ""), "layer1.0");
  EXPECT_STREQ(assembly->GetAttributeOrDefault(layers[0], "type", ""), "convolution");
}

TEST(TensorCollection, TensorsWithoutValuesKeepTheirPlace)
{
  Network network;
  network.values[0].data = nullptr;
  vtkNew<vtkPartitionedDataSetCollection> collection;
  vtkTensorCollection::Build(collection, network.values, network.model, 0.0, 0.0);
  for (unsigned int i = 0; i < 4; ++i)
  {
    EXPECT_EQ(collection->GetNumberOfPartitions(i), 1U);
  }
  EXPECT_EQ(collection->GetPartition(0, 0), nullptr);
  EXPECT_NE(collection->GetPartition(1, 0), nullptr);
}

TEST(TensorCollection, BuildReplacesWhatWasThere)
{
  Network network;
  vtkNew<vtkPartitionedDataSetCollection> collection;
  vtkTensorCollection::Build(collection, network.values, network.model, 0.0, 0.0);
  network.values.resize(1);
  vtkTensorCollection::Build(collection, network.values, network.model, 0.0, 0.0);
  EXPECT_EQ(vtkTensorCollection::List(collection).size(), 1U);
  vtkTensorCollection::Build(collection, {}, network.model, 0.0, 0.0);
  EXPECT_TRUE(vtkTensorCollection::List(collection).empty());
}

TEST(TensorCollection, OtherProgramsCollectionsHaveNoTensors)
{
  EXPECT_TRUE(vtkTensorCollection::List(nullptr).empty());
  vtkNew<vtkPartitionedDataSetCollection> collection;
  EXPECT_TRUE(vtkTensorCollection::List(collection).empty());
  vtkNew<vtkDataAssembly> assembly;
  const int block = assembly->AddNode("block");
  const int piece = assembly->AddNode("piece", block);
  assembly->AddDataSetIndex(piece, 12); // of nothing
  collection->SetDataAssembly(assembly);
  EXPECT_TRUE(vtkTensorCollection::List(collection).empty());
  assembly->SetAttribute(piece, "kind", "weight");
  assembly->SetAttribute(piece, "shape", "2 3 nonsense");
  EXPECT_TRUE(vtkTensorCollection::List(collection).empty());
  assembly->SetAttribute(piece, "shape", "2 3 1 1");
  ASSERT_EQ(vtkTensorCollection::List(collection).size(), 1U);
  EXPECT_TRUE(vtkTensorCollection::List(collection).front().parts.empty());
}

TEST(TensorCollection, ReadRefusesWhatDoesNotFit)
{
  const Network network;
  vtkNew<vtkPartitionedDataSetCollection> collection;
  vtkTensorCollection::Build(collection, network.values, network.model, 0.0, 0.0);
  auto* good = vtkImageData::SafeDownCast(collection->GetPartition(0, 0));
  vtkTensorCollection::Part part;

  vtkNew<vtkImageData> image;
  EXPECT_FALSE(vtkTensorCollection::Read(image, part));

  image->ShallowCopy(good);
  image->GetFieldData()->RemoveArray("Slot");
  EXPECT_FALSE(vtkTensorCollection::Read(image, part));

  image->ShallowCopy(good);
  vtkNew<vtkIntArray> slots; // 6 layers of the image are no multiple of 4 filters
  slots->SetName("Slot");
  slots->SetNumberOfValues(4);
  slots->FillValue(0);
  image->GetFieldData()->AddArray(slots);
  EXPECT_FALSE(vtkTensorCollection::Read(image, part));

  image->ShallowCopy(good);
  vtkNew<vtkFloatArray> pairs;
  pairs->SetName("value");
  pairs->SetNumberOfComponents(2);
  pairs->SetNumberOfTuples(48);
  image->GetPointData()->AddArray(pairs);
  EXPECT_FALSE(vtkTensorCollection::Read(image, part));
}

TEST(TensorCollection, ReadNumbersChannelsItselfIfNobodyDid)
{
  const Network network;
  vtkNew<vtkPartitionedDataSetCollection> collection;
  vtkTensorCollection::Build(collection, network.values, network.model, 0.0, 0.0);
  auto* image = vtkImageData::SafeDownCast(collection->GetPartition(0, 0));
  image->GetFieldData()->RemoveArray("ChannelSlot");
  vtkTensorCollection::Part part;
  ASSERT_TRUE(vtkTensorCollection::Read(image, part));
  EXPECT_EQ(part.values.channelSlot, (std::vector<std::int32_t>{ 0, 1, 2 }));
}

TEST(TensorCollection, ReadsGroupsThatFitTheSlots)
{
  const Network network;
  vtkNew<vtkPartitionedDataSetCollection> collection;
  vtkTensorCollection::Build(collection, network.values, network.model, 0.0, 0.0);
  auto* image = vtkImageData::SafeDownCast(collection->GetPartition(0, 0));
  vtkNew<vtkIntArray> group;
  group->SetName("Group");
  group->InsertNextValue(-1);
  image->GetFieldData()->AddArray(group);
  vtkTensorCollection::Part part;
  ASSERT_TRUE(vtkTensorCollection::Read(image, part));
  EXPECT_TRUE(part.group.empty());
  group->InsertNextValue(4);
  ASSERT_TRUE(vtkTensorCollection::Read(image, part));
  EXPECT_EQ(part.group, (std::vector<int>{ -1, 4 }));
}

TEST(TensorCollection, FindsByNameAndByDefault)
{
  const Network network;
  vtkNew<vtkPartitionedDataSetCollection> collection;
  vtkTensorCollection::Build(collection, network.values, network.model, 0.0, 0.0);
  const auto entries = vtkTensorCollection::List(collection);
  vtkTensorCollection::Entry found;
  std::string message;
  ASSERT_TRUE(vtkTensorCollection::Find(entries, "layer10", "weight", "", found, message));
  EXPECT_EQ(found.layer, "layer10");
  ASSERT_TRUE(vtkTensorCollection::Find(entries, "", "", "activation", found, message));
  EXPECT_EQ(found.layer + "/" + found.kind, "layer1.0/activation");
  ASSERT_TRUE(vtkTensorCollection::Find(entries, "7 of 9", "", "activation", found, message));
  EXPECT_EQ(found.kind, "strange kind"); // the layer's first
  ASSERT_TRUE(vtkTensorCollection::Find(entries, "", "strange kind", "weight", found, message));
  EXPECT_EQ(found.layer, "7 of 9"); // the first that has it
}

TEST(TensorCollection, SaysWhatThereIsInstead)
{
  const Network network;
  vtkNew<vtkPartitionedDataSetCollection> collection;
  vtkTensorCollection::Build(collection, network.values, network.model, 0.0, 0.0);
  const auto entries = vtkTensorCollection::List(collection);
  vtkTensorCollection::Entry found;
  std::string message;
  EXPECT_FALSE(vtkTensorCollection::Find(entries, "conv1", "", "weight", found, message));
  EXPECT_EQ(message, "there is no layer 'conv1'; the input has layer1.0, layer10, 7 of 9");
  EXPECT_FALSE(vtkTensorCollection::Find(entries, "layer10", "bias", "", found, message));
  EXPECT_EQ(message, "layer 'layer10' has no 'bias'; it has weight");
  EXPECT_FALSE(vtkTensorCollection::Find({}, "", "", "weight", found, message));
  EXPECT_NE(message.find("no tensors"), std::string::npos);
}
