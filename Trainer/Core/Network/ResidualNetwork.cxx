#include "ResidualNetwork.h"

#include <nlohmann/json.hpp>

namespace tensorview
{

namespace
{
using Json = nlohmann::ordered_json;

/// Appends layers, each of which reads the one before unless told otherwise.
class LayerList
{
public:
  Json layers = Json::array();

  void add(const std::string& name, const char* type, const Json& settings = Json::object())
  {
    Json layer = { { "name", name }, { "type", type } };
    layer.update(settings);
    this->layers.push_back(layer);
    this->last = name;
  }

  void addConvolution(const std::string& name, int filters, int kernel, int stride)
  {
    this->addConvolution(name, filters, kernel, stride, this->last);
  }
  void addConvolution(
    const std::string& name, int filters, int kernel, int stride, const std::string& input)
  {
    this->add(name, "convolution",
      { { "inputs", { input } }, { "filters", filters }, { "kernel", kernel }, { "stride", stride },
        { "padding", kernel / 2 }, { "bias", false }, { "initial_weights", "kaiming_normal" } });
  }

  std::string last = "image"; ///< name of the newest layer
};

/// One block; `filters` of its first convolution.
void addBlock(
  LayerList& list, const std::string& name, int filters, int stride, bool bottleneck, bool project)
{
  const std::string input = list.last;
  const int outputs = bottleneck ? 4 * filters : filters;
  if (bottleneck)
  {
    list.addConvolution(name + ".conv1", filters, 1, 1);
    list.add(name + ".bn1", "batch_norm");
    list.add(name + ".relu1", "relu");
    list.addConvolution(name + ".conv2", filters, 3, stride);
    list.add(name + ".bn2", "batch_norm");
    list.add(name + ".relu2", "relu");
    list.addConvolution(name + ".conv3", outputs, 1, 1);
    list.add(name + ".bn3", "batch_norm");
  }
  else
  {
    list.addConvolution(name + ".conv1", filters, 3, stride);
    list.add(name + ".bn1", "batch_norm");
    list.add(name + ".relu1", "relu");
    list.addConvolution(name + ".conv2", filters, 3, 1);
    list.add(name + ".bn2", "batch_norm");
  }
  const std::string inside = list.last;
  std::string shortcut = input;
  if (project)
  {
    list.addConvolution(name + ".downsample.0", outputs, 1, stride, input);
    list.add(name + ".downsample.1", "batch_norm");
    shortcut = list.last;
  }
  list.add(name + ".add", "add", { { "inputs", { inside, shortcut } } });
  list.add(name + (bottleneck ? ".relu3" : ".relu2"), "relu");
}
}

std::string toJson(const ResidualNetwork& network, const std::string& name)
{
  LayerList list;
  list.addConvolution("conv1", 64, 7, 2);
  list.add("bn1", "batch_norm");
  list.add("relu", "relu");
  list.add("maxpool", "max_pool", { { "kernel", 3 }, { "stride", 2 }, { "padding", 1 } });
  int filters = 64;
  for (std::size_t stage = 0; stage < network.blocks.size(); ++stage)
  {
    for (int block = 0; block < network.blocks[stage]; ++block)
    {
      const bool halves = stage > 0 && block == 0;
      const bool widens = block == 0 && (halves || network.bottleneck);
      addBlock(list, "layer" + std::to_string(stage + 1) + "." + std::to_string(block), filters,
        halves ? 2 : 1, network.bottleneck, widens);
    }
    filters *= 2;
  }
  list.add("avgpool", "average_pool", { { "output", 1 } });
  list.add("flatten", "flatten");
  list.add("fc", "dense", { { "units", "classes" } });
  return Json{
    { "name", name }, { "input", { 3, "any", "any" } }, { "layers", list.layers }
  }.dump();
}

} // namespace tensorview
