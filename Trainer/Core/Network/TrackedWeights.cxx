#include "TrackedWeights.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <stdexcept>

namespace tensorview
{

namespace
{
constexpr std::size_t perLayer = 16;
constexpr std::int64_t always[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 100, 101, 102 };

std::set<std::int64_t> chooseDefaults(std::int64_t weights)
{
  std::set<std::int64_t> chosen;
  for (const std::int64_t index : always)
  {
    if (index < weights)
    {
      chosen.insert(index);
    }
  }
  const std::size_t wanted = std::min(perLayer, static_cast<std::size_t>(weights));
  const std::int64_t missing = static_cast<std::int64_t>(wanted - chosen.size());
  for (std::int64_t i = 1; i <= missing; ++i)
  {
    std::int64_t index = i * weights / (missing + 1);
    while (!chosen.insert(index).second)
    {
      index = (index + 1) % weights;
    }
  }
  return chosen;
}

std::string trim(const std::string& text)
{
  const std::size_t first = text.find_first_not_of(" \t");
  const std::size_t last = text.find_last_not_of(" \t");
  return first == std::string::npos ? std::string() : text.substr(first, last - first + 1);
}

/// The parts between separators, without blanks around them.
std::vector<std::string> split(const std::string& text, char separator)
{
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (;;)
  {
    const std::size_t end = text.find(separator, begin);
    parts.push_back(trim(text.substr(begin, end == std::string::npos ? end : end - begin)));
    if (end == std::string::npos)
    {
      return parts;
    }
    begin = end + 1;
  }
}

[[noreturn]] void refuse(const std::string& reason)
{
  throw std::invalid_argument(
    "TrackedWeights: " + reason + "; write it like \"conv1:0,1,2;fc1:7\"");
}

const TrackableLayer& findLayer(const std::vector<TrackableLayer>& layers, const std::string& name)
{
  std::string known;
  for (const TrackableLayer& layer : layers)
  {
    if (layer.name == name)
    {
      return layer;
    }
    known += known.empty() ? layer.name : ", " + layer.name;
  }
  refuse("there is no layer '" + name + "' with weights; there are " + known);
}

std::int64_t parseIndex(const std::string& text, const TrackableLayer& layer)
{
  std::int64_t index = -1;
  const char* end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, index);
  if (result.ec != std::errc() || result.ptr != end || index < 0 || index >= layer.weights)
  {
    refuse("'" + text + "' is no weight of layer '" + layer.name + "', whose weights are 0 to " +
           std::to_string(layer.weights - 1));
  }
  return index;
}
}

std::vector<TrackedCoordinate> chooseTrackedWeights(
  const std::vector<TrackableLayer>& layers, const std::string& named)
{
  std::map<std::int32_t, std::set<std::int64_t>> chosen;
  for (const TrackableLayer& layer : layers)
  {
    chosen[layer.id] = chooseDefaults(layer.weights);
  }
  for (const std::string& part : split(named, ';'))
  {
    if (part.empty())
    {
      continue;
    }
    const std::size_t colon = part.rfind(':');
    if (colon == std::string::npos)
    {
      refuse("'" + part + "' has no colon between layer and weights");
    }
    const TrackableLayer& layer = findLayer(layers, trim(part.substr(0, colon)));
    for (const std::string& index : split(part.substr(colon + 1), ','))
    {
      chosen[layer.id].insert(parseIndex(index, layer));
    }
  }
  std::vector<TrackedCoordinate> result;
  for (const TrackableLayer& layer : layers)
  {
    for (const std::int64_t index : chosen[layer.id])
    {
      result.push_back({ layer.id, index });
    }
  }
  return result;
}

} // namespace tensorview
