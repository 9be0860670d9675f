#include "../../../Trainer/Core/Network/NetworkGraph.h"
#include "../../../Trainer/Core/Network/NetworkZoo.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace tensorview;

namespace
{
const NetworkFit digits = { { 1, 28, 28 }, 10 };

/// What is wrong with a network of these layers, empty if nothing is.
std::string complaint(const std::string& layers, const NetworkFit& fit = digits)
{
  try
  {
    parseNetworkGraph(R"({"layers": [)" + layers + "]}", "file 'x.json'", fit);
    return {};
  }
  catch (const NetworkError& error)
  {
    return error.what();
  }
}

std::string complaintOfFile(const std::string& text)
{
  try
  {
    parseNetworkGraph(text, "file 'x.json'", digits);
    return {};
  }
  catch (const NetworkError& error)
  {
    return error.what();
  }
}

const std::string tail = R"({"type":"flatten"},{"name":"out","type":"dense","units":"classes"})";
}

#define EXPECT_CONTAINS(text, part)                                                                \
  EXPECT_NE((text).find(part), std::string::npos) << "'" << (text) << "' lacks '" << (part) << "'"

TEST(NetworkJson, readsTheBuiltInNetworks)
{
  const NetworkGraph graph = loadNetwork("lenet5-simplified", digits);
  EXPECT_EQ(graph.name, "lenet5-simplified");
  ASSERT_EQ(graph.layers.size(), 10u);
  EXPECT_EQ(graph.outputOf(graph.find("conv1")), (MapShape{ 16, 28, 28 }));
  EXPECT_EQ(graph.outputOf(graph.find("conv2")), (MapShape{ 32, 14, 14 }));
  EXPECT_EQ(graph.outputOf(graph.find("flatten")), (MapShape{ 1568, 1, 1 }));
  EXPECT_EQ(graph.outputOf(graph.find("fc1")), (MapShape{ 512, 1, 1 }));
  EXPECT_EQ(graph.outputs(), 10);

  const NetworkGraph large = loadNetwork("lenet5", { { 3, 32, 32 }, 7 });
  EXPECT_EQ(large.outputOf(large.find("conv2")), (MapShape{ 64, 16, 16 }));
  EXPECT_EQ(large.layers[static_cast<std::size_t>(large.find("conv1"))].padding, 2);
  EXPECT_EQ(large.outputs(), 7);
}

TEST(NetworkJson, writesWhatItReads)
{
  const NetworkFit grey = { { 1, 64, 64 }, 10 };
  for (const std::string& name : builtInNetworks())
  {
    const std::string text = toJson(loadNetwork(name, grey));
    const NetworkGraph again = parseNetworkGraph(text, "the graph", grey);
    EXPECT_EQ(toJson(again), text);
    EXPECT_EQ(text.find('\n'), std::string::npos);
  }
}

TEST(NetworkZoo, vgg16IsTorchvisionsAtTheSizeItWasMadeFor)
{
  const NetworkGraph graph = loadNetwork("vgg16", { { 3, 224, 224 }, 1000 });
  const auto output = [&](const char* layer) { return graph.outputOf(graph.find(layer)); };
  EXPECT_EQ(output("features.0"), (MapShape{ 64, 224, 224 }));
  EXPECT_EQ(output("features.30"), (MapShape{ 512, 7, 7 }));
  EXPECT_EQ(output("avgpool"), (MapShape{ 512, 7, 7 }));
  EXPECT_EQ(output("flatten"), (MapShape{ 25088, 1, 1 }));
  EXPECT_EQ(output("classifier.6"), (MapShape{ 1000, 1, 1 }));
  EXPECT_EQ(graph.denseWindow(graph.find("classifier.0")), (MapShape{ 512, 7, 7 }));
  EXPECT_EQ(graph.layers.back().name, "classifier.6");
  std::int64_t convolutions = 0;
  std::int64_t weights = 0;
  for (const LayerSpec& layer : graph.layers)
  {
    const std::int64_t inputs = graph.outputOf(layer.inputs[0]).channels;
    convolutions += layer.type == LayerType::Convolution ? 1 : 0;
    weights +=
      layer.hasFilters()
        ? layer.units * (inputs * std::max<std::int64_t>(1, layer.kernel * layer.kernel) + 1)
        : 0;
  }
  EXPECT_EQ(convolutions, 13);
  EXPECT_EQ(weights, 138357544); // as torchvision says

  const NetworkGraph large = loadNetwork("vgg16", { { 3, 448, 256 }, 10 });
  EXPECT_EQ(large.outputOf(large.find("avgpool")), (MapShape{ 512, 7, 7 }));
  const NetworkGraph small = loadNetwork("vgg16", { { 3, 32, 32 }, 10 });
  EXPECT_EQ(small.outputOf(small.find("avgpool")), (MapShape{ 512, 1, 1 }));
  EXPECT_EQ(small.outputOf(small.find("flatten")), (MapShape{ 512, 1, 1 }));
}

TEST(NetworkZoo, residualNetworksAreTorchvisions)
{
  const auto weightsOf = [](const NetworkGraph& graph)
  {
    std::int64_t weights = 0;
    for (const LayerSpec& layer : graph.layers)
    {
      const std::int64_t inputs = graph.outputOf(layer.inputs[0]).channels;
      weights += layer.type == LayerType::Convolution
                   ? layer.units * inputs * layer.kernel * layer.kernel
                 : layer.type == LayerType::Dense     ? layer.units * (inputs + 1)
                 : layer.type == LayerType::BatchNorm ? 2 * inputs
                                                      : 0;
    }
    return weights;
  };
  const NetworkGraph small = loadNetwork("resnet18", { { 3, 224, 224 }, 1000 });
  EXPECT_EQ(weightsOf(small), 11689512); // as torchvision says
  EXPECT_EQ(small.outputOf(small.find("maxpool")), (MapShape{ 64, 56, 56 }));
  EXPECT_EQ(small.outputOf(small.find("layer4.1.relu2")), (MapShape{ 512, 7, 7 }));
  EXPECT_EQ(small.outputOf(small.find("avgpool")), (MapShape{ 512, 1, 1 }));
  EXPECT_EQ(small.find("layer1.0.downsample.0"), -1);
  EXPECT_NE(small.find("layer2.0.downsample.1"), -1);

  const NetworkGraph large = loadNetwork("resnet50", { { 3, 224, 224 }, 1000 });
  EXPECT_EQ(weightsOf(large), 25557032);
  EXPECT_NE(large.find("layer1.0.downsample.0"), -1);
  EXPECT_EQ(large.layers[static_cast<std::size_t>(large.find("layer2.0.conv2"))].stride, 2);
  EXPECT_EQ(large.layers[static_cast<std::size_t>(large.find("layer2.0.conv1"))].stride, 1);
  // A block's last convolution is seen before the sum, the one before it behind its ReLU.
  const auto activation = [&](const char* layer)
  { return large.layers[static_cast<std::size_t>(large.activationLayer(large.find(layer)))].name; };
  EXPECT_EQ(activation("layer3.5.conv3"), "layer3.5.bn3");
  EXPECT_EQ(activation("layer3.5.conv2"), "layer3.5.relu2");
  EXPECT_EQ(activation("conv1"), "relu");

  EXPECT_EQ(loadNetwork("resnet18", digits).input, (MapShape{ 3, 28, 28 })); // grey is repeated
}

TEST(NetworkJson, keepsLayerIds)
{
  const NetworkGraph graph = parseNetworkGraph(
    R"({"layers": [{"name":"a","type":"flatten","layerId":7},
      {"name":"b","type":"dense","units":10,"layerId":3}]})",
    "x", digits);
  EXPECT_EQ(graph.layers[0].id, 7);
  EXPECT_EQ(graph.layers[1].id, 3);
  EXPECT_CONTAINS(complaint(R"({"type":"flatten","layerId":1},{"name":"b","type":"dense",
    "units":10,"layerId":1})"),
    "layer 'b': its layerId 1 is used twice");
}

TEST(NetworkJson, namesNamelessLayersByType)
{
  const NetworkGraph graph = parseNetworkGraph(
    R"({"layers": [{"type":"relu"},{"type":"relu"},{"type":"flatten"},
      {"type":"dense","units":10}]})",
    "x", digits);
  EXPECT_EQ(graph.layers[1].name, "relu2");
  EXPECT_EQ(graph.layers[3].name, "dense1");
}

TEST(NetworkJson, computesExtents)
{
  const NetworkGraph graph = parseNetworkGraph(
    R"({"layers": [{"name":"c","type":"convolution","filters":4,"kernel":7,"stride":2,"padding":3},
      {"name":"p","type":"max_pool","kernel":3,"stride":2,"padding":1},
      {"name":"q","type":"average_pool","kernel":"all"},)" +
      tail + "]}",
    "x", digits);
  EXPECT_EQ(graph.outputOf(0), (MapShape{ 4, 14, 14 }));
  EXPECT_EQ(graph.outputOf(1), (MapShape{ 4, 7, 7 }));
  EXPECT_EQ(graph.outputOf(2), (MapShape{ 4, 1, 1 }));
}

TEST(NetworkJson, refusesWrongFiles)
{
  EXPECT_CONTAINS(complaintOfFile(""), "file 'x.json': it is empty");
  EXPECT_CONTAINS(complaintOfFile("{\"layers\": [{\"type\":"),
    "file 'x.json': it is not valid JSON: parse error at line 1, column 21");
  EXPECT_CONTAINS(
    complaintOfFile(R"({"version": 1e999})"), "not valid JSON: number overflow parsing '1e999'");
  const std::string binary = complaintOfFile("\x89PNG");
  EXPECT_CONTAINS(binary, "not valid JSON");
  EXPECT_EQ(binary.find('\x89'), std::string::npos);
  EXPECT_CONTAINS(complaintOfFile("[]"), "a JSON object { ... } is expected, not []");
  EXPECT_CONTAINS(complaintOfFile("{}"), "'layers' is missing");
  EXPECT_CONTAINS(complaintOfFile(R"({"layers": []})"), "must be a list of 1 to");
  EXPECT_CONTAINS(complaintOfFile(R"({"layers": [3]})"), "layer 1: a JSON object");
  EXPECT_CONTAINS(complaintOfFile(R"({"format":"other","layers":[]})"), "'format' must be");
  EXPECT_CONTAINS(complaintOfFile(R"({"version":2,"layers":[]})"), "it has version 2");
  EXPECT_CONTAINS(complaintOfFile(R"({"layer":[]})"), "unknown setting 'layer'");
  EXPECT_CONTAINS(complaintOfFile(R"({"input":[1,28],"layers":[]})"), "[channels, rows, columns]");
  EXPECT_CONTAINS(complaintOfFile(R"({"input":[3,32,32],"layers":[]})"),
    "its input is 3 x 32 x 32, but the images of the data set are 1 x 28 x 28 (channels x rows x "
    "columns); set ImageSize to 32");
  EXPECT_CONTAINS(complaintOfFile(R"({"input":[1,"many","any"],"layers":[]})"), "not \"many\"");
  try
  {
    loadNetwork("resnet18", { { 4, 32, 32 }, 10 });
    FAIL() << "four channels do not fit";
  }
  catch (const NetworkError& error)
  {
    EXPECT_CONTAINS(std::string(error.what()),
      "its input is 3 x 32 x 32, but the images of the data set are 4 x 32 x 32");
  }
}

TEST(NetworkJson, poolsAsPyTorchDoes)
{
  const auto rows = [](std::int64_t extent, const std::string& settings)
  {
    const NetworkGraph graph = parseNetworkGraph(
      R"({"layers": [{"name":"p","type":"average_pool",)" + settings + "}," + tail + "]}", "x",
      { { 2, extent, extent }, 10 });
    return graph.layers[0].output.rows;
  };
  // torch.nn.MaxPool2d(kernel, stride, padding, ceil_mode=True) on maps of these extents.
  EXPECT_EQ(rows(28, R"("kernel":3,"stride":2)"), 13);
  EXPECT_EQ(rows(28, R"("kernel":3,"stride":2,"ceil_mode":true)"), 14);
  EXPECT_EQ(rows(27, R"("kernel":3,"stride":2,"ceil_mode":true)"), 13);
  EXPECT_EQ(rows(5, R"("kernel":2,"stride":4,"padding":1,"ceil_mode":true)"), 2);
  EXPECT_EQ(rows(4, R"("kernel":2,"stride":3,"padding":1,"ceil_mode":true)"), 2);
  EXPECT_EQ(rows(3, R"("kernel":2,"stride":3,"padding":1,"ceil_mode":true)"), 2);
  EXPECT_EQ(rows(2, R"("kernel":2,"stride":3,"padding":1,"ceil_mode":true)"), 1);
  EXPECT_EQ(rows(28, R"("output":7)"), 7);
  EXPECT_EQ(rows(5, R"("output":7)"), 5);
  EXPECT_EQ(rows(28, R"("output":[1,7])"), 1);
}

TEST(NetworkJson, refusesWrongLayersNamingThem)
{
  const auto conv = [](const std::string& settings)
  { return complaint(R"({"name":"c","type":"convolution",)" + settings + "}," + tail); };
  EXPECT_EQ(conv(R"("filters":4,"kernel":3)"), "");
  EXPECT_CONTAINS(conv(R"("kernel":3)"), "file 'x.json': layer 'c': 'filters' is missing");
  EXPECT_CONTAINS(conv(R"("filters":0,"kernel":3)"), "'filters' must be a whole number from 1");
  EXPECT_CONTAINS(conv(R"("filters":-3,"kernel":3)"), "not -3");
  EXPECT_CONTAINS(conv(R"("filters":1.5,"kernel":3)"), "not 1.5");
  EXPECT_CONTAINS(conv(R"("filters":"many","kernel":3)"), "not \"many\"");
  EXPECT_CONTAINS(conv(R"("filters":18446744073709551615,"kernel":3)"), "'filters' must be");
  EXPECT_CONTAINS(conv(R"("filters":4,"kernel":2)"), "needs an odd kernel, not 2");
  EXPECT_CONTAINS(conv(R"("filters":4,"kernel":31,"padding":0)"), "kernel of 31 does not fit");
  EXPECT_CONTAINS(conv(R"("filters":4,"kernel":3,"stride":0)"), "'stride' must be");
  EXPECT_CONTAINS(conv(R"("filters":4,"kernal":3)"), "unknown setting 'kernal'");
  EXPECT_CONTAINS(conv(R"("filters":4,"kernel":3,"bias":1)"), "'bias' must be true or false");
  EXPECT_CONTAINS(conv(R"("filters":4,"kernel":3,"initial_weights":"zero")"),
    "'initial_weights' must be \"uniform\", \"kaiming_normal\" or a standard deviation");
  EXPECT_CONTAINS(conv(R"("filters":4,"kernel":3,"initial_weights":-1)"), "'initial_weights' must");
  EXPECT_CONTAINS(
    conv(R"("filters":4,"kernel":3,"ceil_mode":true)"), "unknown setting 'ceil_mode'");
  EXPECT_CONTAINS(complaint(R"({"name":"p","type":"max_pool","ceil_mode":1},)" + tail),
    "layer 'p': 'ceil_mode' must be true or false, not 1");
  EXPECT_CONTAINS(complaint(R"({"name":"p","type":"max_pool","output":7},)" + tail),
    "layer 'p': unknown setting 'output'");
  EXPECT_CONTAINS(complaint(R"({"name":"p","type":"average_pool","output":0},)" + tail),
    "layer 'p': 'output' must be a whole number from 1");
  EXPECT_CONTAINS(complaint(R"({"name":"p","type":"average_pool","output":7,"kernel":2},)" + tail),
    "layer 'p': unknown setting 'kernel'");
  EXPECT_CONTAINS(complaint(R"({"name":"c","type":"conv"},)" + tail), "unknown type 'conv'");
  EXPECT_CONTAINS(complaint(R"({"name":"c"},)" + tail), "layer 'c': 'type' is missing");
  EXPECT_CONTAINS(complaint(R"({"name":"d","type":"dropout","probability":1},)" + tail),
    "'probability' must be a number from 0.0 to less than 1.0, not 1");
  EXPECT_CONTAINS(complaint(R"({"name":"d","type":"dense","units":10})"),
    "layer 'd': a dense layer needs a flatten layer before it; its input has maps of 1 x 28 x 28");
  EXPECT_CONTAINS(complaint(R"({"type":"flatten"},{"name":"c","type":"convolution","filters":1,
    "kernel":1},)" + tail),
    "layer 'c': a convolution layer needs maps, but its input was flattened");
  EXPECT_CONTAINS(complaint(R"({"name":"p","type":"max_pool","kernel":3,"padding":2},)" + tail),
    "at most half of the kernel, 1, not 2");
  EXPECT_CONTAINS(complaint(R"({"name":"p","type":"max_pool","kernel":"all"},)" + tail),
    "is for an average_pool");
  EXPECT_CONTAINS(complaint(R"({"name":"a","type":"relu"},{"name":"a","type":"relu"},)" + tail),
    "the name 'a' is used twice");
  EXPECT_CONTAINS(
    complaint(R"({"name":"image","type":"relu"},)" + tail), "cannot be a layer's name");
  EXPECT_CONTAINS(complaint(R"({"name":"","type":"relu"},)" + tail), "1 to 200 bytes");
}

TEST(NetworkJson, refusesWrongConnections)
{
  EXPECT_CONTAINS(complaint(R"({"name":"r","type":"relu","inputs":["x"]},)" + tail),
    "layer 'r': its input 'x' is no earlier layer");
  EXPECT_CONTAINS(complaint(R"({"name":"r","type":"relu","inputs":["r"]},)" + tail),
    "it cannot be its own input");
  EXPECT_CONTAINS(complaint(R"({"name":"r","type":"relu","inputs":[]},)" + tail), "'inputs' must");
  EXPECT_CONTAINS(complaint(R"({"name":"r","type":"relu","inputs":["image","image"]},)" + tail),
    "a relu layer has one input, not 2");
  EXPECT_CONTAINS(complaint(R"({"name":"s","type":"add"},)" + tail), "two or more 'inputs'");
  EXPECT_CONTAINS(complaint(R"({"name":"c","type":"convolution","filters":2,"kernel":3},
    {"name":"s","type":"add","inputs":["c","image"]},)" +
                            tail),
    "layer 's': its inputs differ in size: 2 x 28 x 28 and 1 x 28 x 28");
  EXPECT_CONTAINS(complaint(R"({"name":"r","type":"relu"},
    {"name":"f","type":"flatten","inputs":["image"]},{"type":"dense","units":10})"),
    "layer 'r': no later layer reads its output");
  EXPECT_CONTAINS(complaint(R"({"name":"c","type":"convolution","filters":10,"kernel":3})"),
    "layer 'c': the last layer must put out one value per class");
  EXPECT_CONTAINS(complaint(R"({"type":"flatten"},{"name":"o","type":"dense","units":9})"),
    "layer 'o': the network has 9 outputs, but the labels of the data set go up to 9");
  EXPECT_CONTAINS(complaint(R"({"name":"f","type":"flatten"})"), "no dense layer to train");
}

TEST(NetworkZoo, namesWhatItKnowsWhenAFileIsMissing)
{
  try
  {
    loadNetwork("lenet6", digits);
    FAIL() << "there is no such network";
  }
  catch (const NetworkError& error)
  {
    EXPECT_CONTAINS(std::string(error.what()), "network 'lenet6': there is no built-in network");
    EXPECT_CONTAINS(std::string(error.what()), "lenet5-simplified, lenet5");
  }
}

TEST(NetworkZoo, readsFilesAndRefusesFolders)
{
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "NetworkZooTest";
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "net.json").string();
  std::ofstream(path) << R"({"name":"mine","layers":[)" << tail << "]}";
  EXPECT_EQ(loadNetwork(path, digits).name, "mine");
  EXPECT_THROW(loadNetwork(folder.string(), digits), NetworkError);
  std::ofstream(path) << "";
  EXPECT_THROW(loadNetwork(path, digits), NetworkError);
  std::filesystem::remove_all(folder);
}

TEST(NetworkGraph, findsWhatIsCalledTheActivation)
{
  const NetworkGraph graph = parseNetworkGraph(
    R"({"layers": [
      {"name":"a","type":"convolution","filters":4,"kernel":3},
      {"name":"an","type":"batch_norm"}, {"name":"ar","type":"relu"},
      {"name":"b","type":"convolution","filters":4,"kernel":3}, {"name":"bn","type":"batch_norm"},
      {"name":"s","type":"add","inputs":["bn","ar"]}, {"name":"sr","type":"relu"},
      {"name":"c","type":"convolution","filters":4,"kernel":3}, {"name":"p","type":"max_pool"},
      {"name":"cr","type":"relu"},
      {"name":"f","type":"flatten"}, {"name":"d","type":"dropout"},
      {"name":"fc","type":"dense","units":10}]})",
    "x", digits);
  const auto activation = [&](const char* layer)
  { return graph.layers[static_cast<std::size_t>(graph.activationLayer(graph.find(layer)))].name; };
  EXPECT_EQ(activation("a"), "ar");
  EXPECT_EQ(activation("b"), "bn"); // before the residual sum
  EXPECT_EQ(activation("c"), "c");  // before pooling
  EXPECT_EQ(activation("fc"), "fc");
  EXPECT_EQ(graph.denseWindow(graph.find("fc")), (MapShape{ 4, 14, 14 }));
  EXPECT_EQ(graph.feedingLayer(graph.find("fc")), graph.find("c"));
  EXPECT_EQ(graph.feedingLayer(graph.find("c")), graph.find("b"));
  EXPECT_EQ(graph.feedingLayer(graph.find("a")), imageInput);
  EXPECT_TRUE(graph.flattensInStorageOrder(graph.find("f")));
  EXPECT_FALSE(graph.flattensInStorageOrder(graph.find("p")));
}

TEST(NetworkGraph, keepsTheOrderOfAFlattenThatOthersRead)
{
  const NetworkGraph graph = parseNetworkGraph(
    R"({"layers": [{"name":"f","type":"flatten"}, {"name":"n","type":"batch_norm"},
      {"name":"fc","type":"dense","units":10}]})",
    "x", digits);
  EXPECT_FALSE(graph.flattensInStorageOrder(graph.find("f")));
  EXPECT_EQ(graph.denseWindow(graph.find("fc")), (MapShape{ 1, 28, 28 }));
}
