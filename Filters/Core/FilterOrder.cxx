#include "FilterOrder.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace tensorview
{

std::vector<std::int32_t> placesByDescending(const std::vector<std::optional<double>>& keys)
{
  std::vector<std::int32_t> slots(keys.size());
  std::iota(slots.begin(), slots.end(), 0);
  std::stable_sort(slots.begin(), slots.end(),
    [&keys](std::int32_t a, std::int32_t b)
    {
      const auto& first = keys[static_cast<std::size_t>(a)];
      const auto& second = keys[static_cast<std::size_t>(b)];
      return first && (!second || *first > *second);
    });
  std::vector<std::int32_t> places(keys.size());
  for (std::size_t place = 0; place < slots.size(); ++place)
  {
    places[static_cast<std::size_t>(slots[place])] = static_cast<std::int32_t>(place);
  }
  return places;
}

std::vector<std::int32_t> placesByGroup(const std::vector<std::optional<int>>& groups)
{
  std::vector<std::optional<double>> keys(groups.size());
  std::transform(groups.begin(), groups.end(), keys.begin(),
    [](const std::optional<int>& group) -> std::optional<double>
    {
      if (!group)
      {
        return std::nullopt;
      }
      return *group < 0 ? std::numeric_limits<double>::lowest() : -static_cast<double>(*group);
    });
  return placesByDescending(keys);
}

} // namespace tensorview
