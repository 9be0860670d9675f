#include "VggNetwork.h"

#include <nlohmann/json.hpp>

namespace tensorview
{

namespace
{
using Json = nlohmann::ordered_json;

constexpr int pooling = 0;

/// Filters of the convolutions in order, with the poolings between them.
constexpr int stages[] = { 64, 64, pooling, 128, 128, pooling, 256, 256, 256, pooling, 512, 512,
  512, pooling, 512, 512, 512, pooling };

/// Appends layers that are numbered through, as torch.nn.Sequential names them.
class Sequence
{
public:
  Sequence(Json& layers, std::string name)
    : layers_(layers)
    , name_(std::move(name))
  {
  }

  void add(const char* type, const Json& settings = Json::object())
  {
    Json layer = { { "name", this->name_ + "." + std::to_string(this->count_) }, { "type", type } };
    layer.update(settings);
    this->layers_.push_back(layer);
    ++this->count_;
  }

private:
  Json& layers_;
  std::string name_;
  int count_ = 0;
};
}

std::string vgg16Json()
{
  Json layers = Json::array();
  Sequence features(layers, "features");
  for (const int filters : stages)
  {
    if (filters == pooling)
    {
      features.add("max_pool", { { "kernel", 2 } });
      continue;
    }
    features.add("convolution", { { "filters", filters }, { "kernel", 3 }, { "padding", 1 },
                                  { "initial_weights", "kaiming_normal" } });
    features.add("relu");
  }
  layers.push_back({ { "name", "avgpool" }, { "type", "average_pool" }, { "output", 7 } });
  layers.push_back({ { "name", "flatten" }, { "type", "flatten" } });
  Sequence classifier(layers, "classifier");
  for (int i = 0; i < 2; ++i)
  {
    classifier.add("dense", { { "units", 4096 }, { "initial_weights", 0.01 } });
    classifier.add("relu");
    classifier.add("dropout", { { "probability", 0.5 } });
  }
  classifier.add("dense", { { "units", "classes" }, { "initial_weights", 0.01 } });
  return Json{ { "name", "vgg16" }, { "input", { 3, "any", "any" } }, { "layers", layers } }.dump();
}

} // namespace tensorview
