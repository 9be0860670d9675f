#include "SlotTable.h"

#include <algorithm>
#include <numeric>

namespace tensorview
{

std::vector<std::int32_t> slotsAt(
  const ModelDescription& model, std::int32_t layerId, std::int64_t slots, std::int64_t step)
{
  const auto layer = std::find_if(model.layers.begin(), model.layers.end(),
    [&](const LayerDescription& candidate) { return candidate.id == layerId; });
  std::vector<std::int32_t> result;
  if (layer == model.layers.end() || layer->slots.empty())
  {
    result.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, slots)));
    std::iota(result.begin(), result.end(), 0);
    return result;
  }
  for (const SlotEntry& entry : layer->slots)
  {
    if (entry.slot < slots && entry.bornStep <= step &&
        (entry.removedStep < 0 || step < entry.removedStep))
    {
      result.push_back(entry.slot);
    }
  }
  return result;
}

} // namespace tensorview
