#include "FilterIds.h"

namespace FilterIds
{

namespace
{

void append(std::string& text, std::int64_t first, std::int64_t last)
{
  text += (text.empty() ? "" : " ") + std::to_string(first);
  if (last > first)
  {
    text += (last == first + 1 ? " " : "-") + std::to_string(last);
  }
}

} // namespace

//-----------------------------------------------------------------------------
std::string slotText(const std::set<Id>& ids, std::int64_t layer)
{
  std::string text;
  auto id = ids.lower_bound(layer * slotsPerLayer);
  while (id != ids.end() && layerOf(*id) == layer)
  {
    const auto first = *id;
    auto last = first;
    for (++id; id != ids.end() && *id == last + 1 && layerOf(*id) == layer; ++id)
    {
      last = *id;
    }
    append(text, slotOf(first), slotOf(last));
  }
  return text;
}

//-----------------------------------------------------------------------------
std::string describe(const std::set<Id>& ids, const std::map<std::int64_t, std::string>& layerNames,
  std::size_t longest)
{
  std::string text;
  for (auto id = ids.begin(); id != ids.end();)
  {
    const auto layer = layerOf(*id);
    const auto name = layerNames.find(layer);
    text += (text.empty() ? "" : "; ") +
            (name == layerNames.end() ? "layer " + std::to_string(layer) : name->second) + ": " +
            slotText(ids, layer);
    id = ids.lower_bound((layer + 1) * slotsPerLayer);
  }
  if (text.size() > longest)
  {
    const auto end = text.find_last_of(" -", longest);
    text.resize(end == std::string::npos ? longest : end);
    text += " ... (" + std::to_string(ids.size()) + " filters)";
  }
  return text;
}

} // namespace FilterIds
