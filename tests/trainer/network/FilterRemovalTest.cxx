// Which layers a filter's removal touches, and what becomes of slots and sizes.

#include "../../../Trainer/Core/Network/FilterRemoval.h"
#include "../../../Trainer/Core/Network/NetworkZoo.h"
#include "../../../Trainer/Core/Network/SlotTables.h"
#include "RefusalOf.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace tensorview;

namespace
{
using Names = std::vector<std::string>;

NetworkGraph zoo(const std::string& name, std::int64_t size)
{
  return loadNetwork(name, { { 3, size, size }, 10 });
}

NetworkGraph parse(const std::string& layers)
{
  return parseNetworkGraph(
    R"({ "format": "tensorview-network", "version": 1, "name": "test", "layers": [)" + layers +
      "] }",
    "test", { { 3, 8, 8 }, 4 });
}

Names membersOf(const NetworkGraph& graph, const FilterRemoval& removal)
{
  Names names;
  for (const int member : removal.members)
  {
    names.push_back(graph.layers[static_cast<std::size_t>(member)].name);
  }
  return names;
}

Names normsOf(const NetworkGraph& graph, const FilterRemoval& removal)
{
  Names names;
  for (const FilterRemoval::Norm& norm : removal.norms)
  {
    names.push_back(graph.layers[static_cast<std::size_t>(norm.layer)].name);
  }
  return names;
}

/// "reader<maps".
Names readersOf(const NetworkGraph& graph, const FilterRemoval& removal)
{
  Names names;
  for (const FilterRemoval::Reader& reader : removal.readers)
  {
    names.push_back(graph.layers[static_cast<std::size_t>(reader.layer)].name + "<" +
                    graph.layers[static_cast<std::size_t>(reader.maps)].name);
  }
  return names;
}

std::string refusalOf(const NetworkGraph& graph, const std::string& layer)
{
  return tensorview::refusalOf<NetworkError>([&] { findFilterRemoval(graph, graph.find(layer)); });
}
}

TEST(FilterRemoval, FollowsALeNet)
{
  const NetworkGraph graph = loadNetwork("lenet5-simplified", { { 1, 28, 28 }, 10 });
  const FilterRemoval first = findFilterRemoval(graph, graph.find("conv1"));
  EXPECT_EQ(membersOf(graph, first), Names{ "conv1" });
  EXPECT_EQ(readersOf(graph, first), Names{ "conv2<pool1" });
  EXPECT_EQ(first.readers[0].constant, FilterRemoval::Constant::Bias);
  const FilterRemoval second = findFilterRemoval(graph, graph.find("conv2"));
  EXPECT_EQ(readersOf(graph, second), Names{ "fc1<pool2" }); // in front of the flatten
  EXPECT_EQ(second.readers[0].block, 1);
  const NetworkGraph smaller = withoutFilters(graph, second, 20);
  EXPECT_EQ(
    smaller.layers[static_cast<std::size_t>(smaller.find("flatten"))].output.channels, 20 * 7 * 7);
  EXPECT_EQ(smaller.denseWindow(smaller.find("fc1")), (MapShape{ 20, 7, 7 }));
  // It is still a network that can be read.
  const NetworkGraph read = parseNetworkGraph(toJson(smaller), "test", { { 1, 28, 28 }, 10 });
  EXPECT_EQ(toJson(read), toJson(smaller));
}

TEST(FilterRemoval, CouplesWhatResidualSumsAdd)
{
  const NetworkGraph graph = zoo("resnet18", 32);
  const FilterRemoval inside = findFilterRemoval(graph, graph.find("layer1.0.conv1"));
  EXPECT_EQ(membersOf(graph, inside), Names{ "layer1.0.conv1" });
  EXPECT_EQ(normsOf(graph, inside), Names{ "layer1.0.bn1" });
  EXPECT_EQ(readersOf(graph, inside), Names{ "layer1.0.conv2<layer1.0.relu1" });
  EXPECT_EQ(inside.readers[0].constant, FilterRemoval::Constant::BatchNorm);

  const FilterRemoval outside = findFilterRemoval(graph, graph.find("layer1.1.conv2"));
  EXPECT_EQ(membersOf(graph, outside), (Names{ "layer1.1.conv2", "conv1", "layer1.0.conv2" }));
  EXPECT_EQ(normsOf(graph, outside), (Names{ "bn1", "layer1.0.bn2", "layer1.1.bn2" }));
  EXPECT_EQ(readersOf(graph, outside),
    (Names{ "layer1.0.conv1<maxpool", "layer1.1.conv1<layer1.0.relu2",
      "layer2.0.conv1<layer1.1.relu2", "layer2.0.downsample.0<layer1.1.relu2" }));

  const FilterRemoval last = findFilterRemoval(graph, graph.find("layer4.0.downsample.0"));
  EXPECT_EQ(
    membersOf(graph, last), (Names{ "layer4.0.downsample.0", "layer4.0.conv2", "layer4.1.conv2" }));
  EXPECT_EQ(readersOf(graph, last), (Names{ "layer4.1.conv1<layer4.0.relu2", "fc<avgpool" }));
  const NetworkGraph smaller = withoutFilters(graph, last, 300);
  EXPECT_EQ(smaller.denseWindow(smaller.find("fc")), (MapShape{ 300, 1, 1 }));
  parseNetworkGraph(toJson(smaller), "test", { { 3, 32, 32 }, 10 });
}

TEST(FilterRemoval, KnowsBlocksBehindAFlatten)
{
  const NetworkGraph graph = parse(R"(
    { "name": "conv", "type": "convolution", "filters": 5, "kernel": 3, "padding": "same" },
    { "name": "pool", "type": "max_pool", "kernel": 4 },
    { "name": "flatten", "type": "flatten" },
    { "name": "norm", "type": "batch_norm" },
    { "name": "relu", "type": "relu" },
    { "name": "fc1", "type": "dense", "units": 6, "bias": false },
    { "name": "relu1", "type": "relu" },
    { "name": "fc2", "type": "dense", "units": "classes" })");
  const FilterRemoval removal = findFilterRemoval(graph, graph.find("conv"));
  ASSERT_EQ(removal.norms.size(), 1U);
  EXPECT_EQ(removal.norms[0].block, 4);
  EXPECT_EQ(readersOf(graph, removal), Names{ "fc1<relu" });
  EXPECT_EQ(removal.readers[0].block, 4);
  EXPECT_EQ(removal.readers[0].constant, FilterRemoval::Constant::None);
  EXPECT_EQ(expandPlaces({ 0, 3 }, 4), (std::vector<std::int64_t>{ 0, 1, 2, 3, 12, 13, 14, 15 }));
}

TEST(FilterRemoval, RefusesByName)
{
  const NetworkGraph resnet = zoo("resnet18", 32);
  EXPECT_EQ(refusalOf(resnet, "fc"),
    "filters of layer 'fc' cannot be removed: they are the scores of the classes");
  EXPECT_EQ(refusalOf(resnet, "bn1"),
    "layer 'bn1' is a batch_norm layer and has no filters of its own; name the convolution or "
    "dense layer before it");
  const NetworkGraph withImage = parse(R"(
    { "name": "conv", "type": "convolution", "filters": 3, "kernel": 3, "padding": "same" },
    { "name": "sum", "type": "add", "inputs": ["conv", "image"] },
    { "name": "flatten", "type": "flatten" },
    { "name": "fc", "type": "dense", "units": "classes" })");
  EXPECT_EQ(refusalOf(withImage, "conv"),
    "filters of layer 'conv' cannot be removed: layer 'sum' couples them to the channels of the "
    "image");
  const NetworkGraph withScores = parse(R"(
    { "name": "conv", "type": "convolution", "filters": 3, "kernel": 3 },
    { "name": "flatten", "type": "flatten" },
    { "name": "fc1", "type": "dense", "units": 4 },
    { "name": "fc2", "type": "dense", "units": 4 },
    { "name": "sum", "type": "add", "inputs": ["fc2", "fc1"] })");
  EXPECT_EQ(refusalOf(withScores, "fc1"),
    "filters of layer 'fc1' cannot be removed: they are coupled to the scores of the classes, "
    "layer 'sum'");
  const NetworkGraph mixed = parse(R"(
    { "name": "conv", "type": "convolution", "filters": 4, "kernel": 7, "padding": 0 },
    { "name": "flatten", "type": "flatten" },
    { "name": "fc1", "type": "dense", "units": 16 },
    { "name": "sum", "type": "add", "inputs": ["fc1", "flatten"] },
    { "name": "fc2", "type": "dense", "units": "classes" })");
  EXPECT_EQ(refusalOf(mixed, "conv"),
    "filters of layer 'conv' cannot be removed: a sum couples each to 4 units of layer 'fc1'");
  EXPECT_EQ(refusalOf(mixed, "fc1"),
    "filters of layer 'fc1' cannot be removed: a sum couples them to single pixels of layer "
    "'conv'");
}

TEST(SlotTables, KeepSlotsForEver)
{
  const NetworkGraph graph = loadNetwork("lenet5-simplified", { { 1, 28, 28 }, 10 });
  const int conv1 = graph.find("conv1");
  SlotTables tables(graph);
  EXPECT_EQ(tables.everBorn(conv1), 16);
  EXPECT_EQ(tables.everBorn(graph.find("pool1")), 0);
  const FilterRemoval removal = findFilterRemoval(graph, conv1);
  tables.remove(removal, { 2, 5 }, 100);
  tables.remove(removal, { 2 }, 200); // slot 3 by now
  EXPECT_EQ(tables.everBorn(conv1), 16);
  EXPECT_EQ(
    tables.present(conv1), (std::vector<int>{ 0, 1, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 }));
  EXPECT_EQ(tables.entries(conv1)[5].removedStep, 100);
  EXPECT_EQ(tables.entries(conv1)[3].removedStep, 200);
  EXPECT_EQ(tables.places(conv1)[3], -1);
  EXPECT_EQ(tables.places(conv1)[4], 2);
  EXPECT_TRUE(tables.hasRemoved(conv1));
  EXPECT_FALSE(tables.hasRemoved(graph.find("conv2")));
  // Kept and read again; only with the graph that it belongs to.
  const NetworkGraph smaller = withoutFilters(graph, removal, 13);
  std::vector<std::vector<SlotEntry>> kept(graph.layers.size());
  kept[static_cast<std::size_t>(conv1)] = tables.entries(conv1);
  EXPECT_EQ(SlotTables(smaller, kept).present(conv1), tables.present(conv1));
  EXPECT_EQ(refusalOf<NetworkError>([&] { SlotTables(graph, kept); }),
    "the slot table of layer 'conv1' has 13 filters, but the layer has 16");
  kept[static_cast<std::size_t>(conv1)][4].slot = 9;
  EXPECT_EQ(refusalOf<NetworkError>([&] { SlotTables(smaller, kept); }),
    "the slot table of layer 'conv1' does not ascend from 0");
  // A weight has room for all that ever were.
  EXPECT_EQ(tables.everShape(smaller, conv1, { 13, 1, 3, 3 }, true), (TensorShape{ 16, 1, 3, 3 }));
  EXPECT_EQ(tables.everShape(smaller, graph.find("conv2"), { 32, 13, 3, 3 }, true),
    (TensorShape{ 32, 16, 3, 3 }));
}
