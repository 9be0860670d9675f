#ifndef FilterIds_h
#define FilterIds_h

#include <cstdint>
#include <map>
#include <set>
#include <string>

/// Filters by the global ids that they carry in every output: layerId * 2^24 + slot.
namespace FilterIds
{

using Id = std::int64_t;

constexpr Id slotsPerLayer = Id{ 1 } << 24;

inline std::int64_t layerOf(Id id)
{
  return id / slotsPerLayer;
}
inline std::int64_t slotOf(Id id)
{
  return id % slotsPerLayer;
}

/// The slots of one layer as text, neighbours joined: "0 3 8-15".
std::string slotText(const std::set<Id>& ids, std::int64_t layer);

/// All filters for people: "conv1: 3 4 9; conv2: 0-5", at most `longest` characters; what is cut
/// off is counted. A layer without a name is called by its number.
std::string describe(const std::set<Id>& ids, const std::map<std::int64_t, std::string>& layerNames,
  std::size_t longest = 120);

} // namespace FilterIds

#endif
