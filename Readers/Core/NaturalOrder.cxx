#include "NaturalOrder.h"

#include <algorithm>

namespace tensorview
{
namespace
{

constexpr const char* digits = "0123456789";

bool isDigit(char c)
{
  return c >= '0' && c <= '9';
}

/// Takes the number that `text` begins with off it; without leading zeros.
std::string_view takeNumber(std::string_view& text)
{
  const std::size_t end = std::min(text.find_first_not_of(digits), text.size());
  const std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  return number.substr(std::min(number.find_first_not_of('0'), number.size()));
}

} // namespace

bool naturalLess(std::string_view a, std::string_view b)
{
  const std::string_view wholeA = a;
  const std::string_view wholeB = b;
  while (!a.empty() && !b.empty())
  {
    if (isDigit(a.front()) && isDigit(b.front()))
    {
      const std::string_view numberA = takeNumber(a);
      const std::string_view numberB = takeNumber(b);
      if (numberA != numberB)
      {
        return numberA.size() != numberB.size() ? numberA.size() < numberB.size()
                                                : numberA < numberB;
      }
      continue;
    }
    if (a.front() != b.front())
    {
      return static_cast<unsigned char>(a.front()) < static_cast<unsigned char>(b.front());
    }
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.empty() != b.empty() ? a.empty() : wholeA < wholeB;
}

} // namespace tensorview
