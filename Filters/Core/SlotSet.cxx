#include "SlotSet.h"

#include <algorithm>
#include <stdexcept>

namespace tensorview
{

namespace
{
using Range = std::pair<std::int64_t, std::int64_t>;

constexpr std::int64_t slotLimit = std::int64_t{ 1 } << 24;

[[noreturn]] void refuse(const std::string& text, const std::string& why)
{
  throw std::invalid_argument(
    "'" + text + "' is no list of slots: " + why + "; write numbers and ranges such as 0 3 8-15");
}

bool isDigit(char letter)
{
  return letter >= '0' && letter <= '9';
}

bool isSpace(char letter)
{
  return letter == ' ' || letter == ',' || letter == ';' || letter == '\t' || letter == '\n';
}

/// Reads the digits at `at`.
std::int64_t readSlot(const std::string& text, std::size_t& at)
{
  if (at == text.size() || !isDigit(text[at]))
  {
    refuse(text, "a number is missing at letter " + std::to_string(at + 1));
  }
  std::int64_t slot = 0;
  for (; at < text.size() && isDigit(text[at]); ++at)
  {
    slot = 10 * slot + (text[at] - '0');
    if (slot >= slotLimit)
    {
      refuse(text, "slots are below " + std::to_string(slotLimit));
    }
  }
  return slot;
}

std::string describe(const std::vector<Range>& ranges)
{
  std::string text;
  for (const Range& range : ranges)
  {
    text += (text.empty() ? "" : " ") + std::to_string(range.first);
    if (range.second > range.first)
    {
      text += "-" + std::to_string(range.second);
    }
  }
  return text;
}
}

SlotSet::SlotSet(const std::string& text)
{
  std::vector<Range> ranges;
  for (std::size_t at = 0; at < text.size();)
  {
    if (isSpace(text[at]))
    {
      ++at;
      continue;
    }
    const std::int64_t first = readSlot(text, at);
    std::int64_t last = first;
    if (at < text.size() && text[at] == '-')
    {
      last = readSlot(text, ++at);
    }
    if (last < first)
    {
      refuse(text, "a range ends before it begins");
    }
    if (at < text.size() && !isSpace(text[at]))
    {
      refuse(text, std::string("there is a '") + text[at] + "'");
    }
    ranges.emplace_back(first, last);
  }
  std::sort(ranges.begin(), ranges.end());
  for (const Range& range : ranges)
  {
    if (!this->ranges_.empty() && range.first <= this->ranges_.back().second + 1)
    {
      this->ranges_.back().second = std::max(this->ranges_.back().second, range.second);
    }
    else
    {
      this->ranges_.push_back(range);
    }
  }
}

bool SlotSet::contains(std::int64_t slot) const
{
  return std::any_of(this->ranges_.begin(), this->ranges_.end(),
    [slot](const Range& range) { return range.first <= slot && slot <= range.second; });
}

std::string SlotSet::missing(const std::vector<std::int32_t>& present) const
{
  std::vector<Range> gaps;
  for (const Range& range : this->ranges_)
  {
    std::int64_t next = range.first;
    for (auto at = std::lower_bound(present.begin(), present.end(), range.first);
         at != present.end() && *at <= range.second; ++at)
    {
      if (*at > next)
      {
        gaps.emplace_back(next, *at - 1);
      }
      next = *at + 1;
    }
    if (next <= range.second)
    {
      gaps.emplace_back(next, range.second);
    }
  }
  return describe(gaps);
}

std::string describeSlots(const std::vector<std::int64_t>& slots)
{
  std::vector<Range> ranges;
  for (const std::int64_t slot : slots)
  {
    if (!ranges.empty() && ranges.back().second + 1 == slot)
    {
      ranges.back().second = slot;
    }
    else
    {
      ranges.emplace_back(slot, slot);
    }
  }
  return describe(ranges);
}

} // namespace tensorview
