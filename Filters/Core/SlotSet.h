#ifndef TENSORVIEW_SLOT_SET_H
#define TENSORVIEW_SLOT_SET_H

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tensorview
{

/// Slots as a user writes them: numbers and ranges, `0 3 8-15` or `0, 3, 8-15`.
class SlotSet
{
public:
  SlotSet() = default;
  /// @throws std::invalid_argument for anything but numbers from 0 to 2^24 - 1 and ascending ranges
  explicit SlotSet(const std::string& text);

  bool empty() const { return this->ranges_.empty(); }
  bool contains(std::int64_t slot) const;
  /// The slots that are not in `present` (ascending), as ranges in words; empty if all are.
  std::string missing(const std::vector<std::int32_t>& present) const;

private:
  /// First and last slot, ascending; ranges neither overlap nor touch.
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges_;
};

/// Slots (ascending) in the form that SlotSet reads, neighbours as ranges.
std::string describeSlots(const std::vector<std::int64_t>& slots);

} // namespace tensorview

#endif
