#include "KerasConfig.h"

#include <nlohmann/json.hpp>

#include <map>

namespace tensorview
{
namespace
{

using nlohmann::json;

/// Deeper than anybody nests models.
constexpr int deepest = 16;

bool isUpper(char character)
{
  return character >= 'A' && character <= 'Z';
}

bool isLower(char character)
{
  return character >= 'a' && character <= 'z';
}

std::string textAt(const json& object, const char* key)
{
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flagAt(const json& object, const char* key)
{
  const auto found = object.find(key);
  return found == object.end() || !found->is_boolean() || found->get<bool>();
}

/// The list of layers of a model's "config"; null if it is no model.
const json* layerList(const json& config)
{
  if (config.is_array()) // a Sequential of Keras before 2.2.3
  {
    return &config;
  }
  const auto found = config.is_object() ? config.find("layers") : config.end();
  return found != config.end() && found->is_array() ? &*found : nullptr;
}

void addLayers(const json& list, const std::string& namePrefix, const std::string& pathPrefix,
  int depth, std::vector<KerasLayer>& layers)
{
  std::map<std::string, int> used;
  for (const json& description : list)
  {
    const auto config = description.is_object() ? description.find("config") : description.end();
    if (!description.is_object() || config == description.end())
    {
      continue;
    }
    KerasLayer layer;
    layer.className = textAt(description, "class_name");
    layer.name =
      namePrefix + (config->is_object() ? textAt(*config, "name") : textAt(description, "name"));
    const std::string group = kerasGroupName(layer.className);
    const int number = used[group]++;
    layer.path = pathPrefix + "layers/" + group + (number > 0 ? "_" + std::to_string(number) : "");
    if (const json* const inner = layerList(*config); inner && depth < deepest)
    {
      addLayers(*inner, layer.name + "/", layer.path + "/", depth + 1, layers);
      continue;
    }
    layer.scale = flagAt(*config, "scale");
    layer.center = flagAt(*config, "center");
    layers.push_back(std::move(layer));
  }
}

} // namespace

std::vector<KerasLayer> kerasLayers(std::string_view text)
{
  const json description = json::parse(text, nullptr, false);
  std::vector<KerasLayer> layers;
  const auto config = description.is_object() ? description.find("config") : description.end();
  if (description.is_object() && config != description.end())
  {
    if (const json* const list = layerList(*config))
    {
      addLayers(*list, "", "", 0, layers);
    }
  }
  return layers;
}

// A word begins at a capital that is followed by small letters, and at one that follows a small
// one.
std::string kerasGroupName(std::string_view className)
{
  std::string name;
  for (std::size_t i = 0; i < className.size(); ++i)
  {
    const char character = className[i];
    const bool before = i > 0 && isLower(className[i - 1]);
    const bool after = i > 0 && i + 1 < className.size() && isLower(className[i + 1]);
    if (isUpper(character) && (before || after) && name.back() != '_')
    {
      name += '_';
    }
    name += isUpper(character) ? static_cast<char>(character - 'A' + 'a') : character;
  }
  return name;
}

} // namespace tensorview
