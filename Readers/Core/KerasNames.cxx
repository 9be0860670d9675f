#include "KerasNames.h"

#include "KerasConfig.h"
#include "KerasVariable.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace tensorview
{
namespace
{

using Texts = std::map<std::string, std::vector<std::string>>;

constexpr std::uint64_t unknownPlace = std::numeric_limits<std::uint64_t>::max() - 1;
constexpr std::uint64_t lastPlace = std::numeric_limits<std::uint64_t>::max();

std::string textAt(const Texts& texts, const std::string& key)
{
  const auto found = texts.find(key);
  return found == texts.end() || found->second.empty() ? std::string() : found->second.front();
}

std::vector<std::string> partsOf(const std::string& path)
{
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= path.size();)
  {
    const std::size_t end = std::min(path.find('/', start), path.size());
    parts.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

template <typename Iterator>
std::string joined(Iterator first, Iterator last)
{
  std::string path;
  for (; first != last; ++first)
  {
    path += (path.empty() ? "" : "/") + *first;
  }
  return path;
}

/// "conv2d_12" and "conv2d" are both "conv2d".
std::string withoutNumber(const std::string& group)
{
  const std::size_t underscore = group.rfind('_');
  const bool numbered = underscore != std::string::npos && underscore + 1 < group.size() &&
                        group.find_first_not_of("0123456789", underscore + 1) == std::string::npos;
  return numbered ? group.substr(0, underscore) : group;
}

/// A file in the making of its names: which tensor has which place in the network.
class Namer
{
public:
  Namer(const Texts& texts, std::string_view config, const std::vector<std::uint64_t>& written,
    TensorCatalogue& catalogue)
    : texts_(texts)
    , written_(written)
    , catalogue_(catalogue)
    , places_(catalogue.tensors.size(), unknownPlace)
  {
    for (std::size_t i = 0; i < catalogue.tensors.size(); ++i)
    {
      this->byName_.emplace(catalogue.tensors[i].name, i);
    }
    const std::string noted = textAt(texts, "@model_config");
    this->layers_ = kerasLayers(config.empty() ? std::string_view(noted) : config);
  }

  /// Keras 2's layout below `root` ("" or "model_weights/"); false if it is not that.
  bool nameByLists(const std::string& root)
  {
    const std::string group = root.substr(0, root.empty() ? 0 : root.size() - 1);
    const auto names = this->texts_.find(group + "@layer_names");
    if (names == this->texts_.end())
    {
      return false;
    }
    std::size_t place = 0;
    for (const std::string& layer : names->second)
    {
      const std::string path = printableText(root + layer);
      const auto weights = this->texts_.find(path + "@weight_names");
      for (const std::string& weight :
        weights == this->texts_.end() ? std::vector<std::string>() : weights->second)
      {
        const auto found = this->byName_.find(path + "/" + printableText(weight));
        if (found != this->byName_.end())
        {
          this->nameByList(found->second, printableText(layer), printableText(weight));
          this->places_[found->second] = place++;
        }
      }
    }
    this->order_ = "network";
    return true;
  }

  /// Keras 3's layout; false if it is not that.
  bool nameByNumbers()
  {
    struct Object
    {
      std::size_t variables = 0;
      std::uint64_t written = unknownPlace;
    };
    std::unordered_map<std::string, Object> objects;
    for (std::size_t i = 0; i < this->catalogue_.tensors.size(); ++i)
    {
      Object& object = objects[objectOf(this->catalogue_.tensors[i].name)];
      ++object.variables;
      object.written = std::min(object.written, this->written_[i]);
    }
    std::unordered_map<std::string, std::size_t> layers;
    for (std::size_t i = 0; i < this->layers_.size(); ++i)
    {
      layers.emplace(this->layers_[i].path, i);
    }
    bool any = false;
    for (std::size_t i = 0; i < this->catalogue_.tensors.size(); ++i)
    {
      const std::string object = objectOf(this->catalogue_.tensors[i].name);
      if (object != noObject)
      {
        any = true;
        this->nameByNumber(i, object, objects.at(object).variables, layers);
        if (this->layers_.empty())
        {
          this->places_[i] = objects.at(object).written;
        }
      }
    }
    this->order_ = this->layers_.empty() ? "written" : "network";
    return any;
  }

  void finish()
  {
    std::vector<TensorEntry>& tensors = this->catalogue_.tensors;
    for (std::size_t i = 0; i < tensors.size(); ++i)
    {
      const std::string& name = tensors[i].name;
      if (name.compare(0, 10, "optimizer/") == 0 ||
          name.compare(0, 18, "optimizer_weights/") == 0 ||
          name.find("seed_generator") != std::string::npos)
      {
        tensors[i].role = {};
        tensors[i].role.beside = true;
        this->places_[i] = lastPlace;
      }
    }
    std::vector<std::size_t> order(tensors.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(),
      [this](std::size_t a, std::size_t b) { return this->places_[a] < this->places_[b]; });
    std::vector<TensorEntry> sorted;
    for (const std::size_t i : order)
    {
      sorted.push_back(std::move(tensors[i]));
    }
    tensors = std::move(sorted);
    this->catalogue_.format = "Keras";
    this->catalogue_.metadata["order"] = this->order_;
  }

private:
  static constexpr const char* noObject = "/";

  /// "layers/dense" of "layers/dense/vars/0"; noObject of other names.
  static std::string objectOf(const std::string& name)
  {
    const std::size_t slash = name.rfind('/');
    if (slash == std::string::npos ||
        name.find_first_not_of("0123456789", slash + 1) != std::string::npos)
    {
      return noObject;
    }
    const std::string group = name.substr(0, slash);
    if (group == "vars")
    {
      return {};
    }
    const std::size_t cut = group.size() < 5 ? 0 : group.size() - 5;
    return group.compare(cut, 5, "/vars") == 0 ? group.substr(0, cut) : noObject;
  }

  void setRole(std::size_t index, const std::string& layer, const KerasLayer* described,
    const std::string& group, const std::string& variable)
  {
    TensorEntry& tensor = this->catalogue_.tensors[index];
    if (variable.empty() || layer.empty())
    {
      return;
    }
    tensor.role.layer = layer;
    tensor.role.layerClass = described ? printableText(described->className) : std::string();
    tensor.role.kind = kerasKind(group, variable);
    tensor.role.axes = kerasAxes(group, variable, tensor.shape.size());
  }

  void nameByList(std::size_t index, const std::string& layer, const std::string& weight)
  {
    std::vector<std::string> parts = partsOf(weight);
    const std::string variable = parts.back().substr(0, parts.back().find(':'));
    parts.pop_back();
    // What follows the layer's own name are parts of the layer, or layers of a model in a model.
    const auto own = std::find(parts.rbegin(), parts.rend(), layer).base();
    std::vector<std::string> inner(own == parts.begin() ? parts.begin() : own, parts.end());
    if (!inner.empty() && inner.back().size() >= 4 &&
        withoutNumber(inner.back()).find("cell") != std::string::npos)
    {
      inner.pop_back(); // the cell of a recurrent layer is the layer
    }
    const std::string name =
      layer + (inner.empty() ? "" : "/" + joined(inner.begin(), inner.end()));
    const KerasLayer* const whole = this->layerNamed(name);
    const KerasLayer* const described = whole ? whole : this->layerNamed(layer);
    std::string group = withoutNumber(inner.empty() ? layer : inner.back());
    if (described && (whole || inner.empty()))
    {
      group = kerasGroupName(described->className);
    }
    this->setRole(index, name, described, group, variable);
  }

  const KerasLayer* layerNamed(const std::string& name) const
  {
    const auto found = std::find_if(this->layers_.begin(), this->layers_.end(),
      [&name](const KerasLayer& layer) { return layer.name == name; });
    return found == this->layers_.end() ? nullptr : &*found;
  }

  void nameByNumber(std::size_t index, const std::string& object, std::size_t count,
    const std::unordered_map<std::string, std::size_t>& layers)
  {
    const TensorEntry& tensor = this->catalogue_.tensors[index];
    const std::vector<std::string> parts = partsOf(object);
    // The longest start of the path that is a layer of the config.
    std::size_t known = parts.size();
    const KerasLayer* described = nullptr;
    for (; known > 0 && !described; --known)
    {
      const auto found =
        layers.find(joined(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(known)));
      if (found != layers.end())
      {
        described = &this->layers_[found->second];
        this->places_[index] = found->second;
        break;
      }
    }
    std::string layer = described ? printableText(described->name) : std::string();
    for (std::size_t i = described ? known : 0; i < parts.size(); ++i)
    {
      if (parts[i] == "layers" || parts[i] == "cell" || parts[i].empty())
      {
        continue;
      }
      const std::string path =
        joined(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(i + 1));
      const std::string own = printableText(textAt(this->texts_, path + "/vars@name"));
      layer += (layer.empty() ? "" : "/") + (own.empty() ? parts[i] : own);
    }
    const bool whole = described && known == parts.size();
    const std::string group =
      whole ? kerasGroupName(described->className) : withoutNumber(parts.back());
    const std::size_t number =
      std::strtoull(tensor.name.c_str() + tensor.name.rfind('/') + 1, nullptr, 10);
    this->setRole(index, layer.empty() ? "model" : layer, described, group,
      kerasVariable(group, whole ? described : nullptr, number, count, tensor.shape.size()));
  }

  const Texts& texts_;
  const std::vector<std::uint64_t>& written_;
  TensorCatalogue& catalogue_;
  std::vector<KerasLayer> layers_;
  std::unordered_map<std::string, std::size_t> byName_;
  std::vector<std::uint64_t> places_;
  std::string order_;
};

} // namespace

void nameKerasTensors(const Texts& texts, std::string_view config,
  const std::vector<std::uint64_t>& written, TensorCatalogue& catalogue)
{
  Namer namer(texts, config, written, catalogue);
  if (!namer.nameByLists("model_weights/") && !namer.nameByLists("") && !namer.nameByNumbers())
  {
    return;
  }
  namer.finish();
  for (const char* const note : { "keras_version", "backend" })
  {
    for (const char* const group : { "", "model_weights" })
    {
      const std::string text = textAt(texts, std::string(group) + "@" + note);
      if (!text.empty())
      {
        catalogue.metadata[note] = printableText(text);
      }
    }
  }
}

} // namespace tensorview
