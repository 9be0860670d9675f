#include "FileSeries.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <numeric>
#include <set>

namespace tensorview
{
namespace
{

constexpr const char* digits = "0123456789";
constexpr const char* separators = "._- ";

/// A number in a name: where its digits stand.
struct Number
{
  std::size_t begin;
  std::size_t end;
};

std::string stemOf(const std::string& path)
{
  return std::filesystem::path(path).stem().string();
}

/// The last one first.
std::vector<Number> numbersIn(const std::string& stem)
{
  std::vector<Number> numbers;
  for (std::size_t at = stem.find_first_of(digits); at != std::string::npos;)
  {
    const std::size_t end = std::min(stem.find_first_not_of(digits, at), stem.size());
    numbers.insert(numbers.begin(), { at, end });
    at = stem.find_first_of(digits, end);
  }
  return numbers;
}

std::string without(const std::string& stem, Number number)
{
  const auto isSeparator = [&](std::size_t at)
  { return std::string(separators).find(stem[at]) != std::string::npos; };
  if (number.begin > 0 && isSeparator(number.begin - 1))
  {
    --number.begin;
  }
  else if (number.end < stem.size() && isSeparator(number.end))
  {
    ++number.end;
  }
  const std::string rest = stem.substr(0, number.begin) + stem.substr(number.end);
  return rest.empty() ? stem : rest;
}

/// The number in place `place` (0 = the last) of all stems; empty unless all have one and all are
/// different.
std::vector<std::int64_t> valuesAt(const std::vector<std::string>& stems, std::size_t place)
{
  std::vector<std::int64_t> values;
  for (const std::string& stem : stems)
  {
    const std::vector<Number> numbers = numbersIn(stem);
    std::int64_t value = 0;
    if (place >= numbers.size() ||
        std::from_chars(stem.data() + numbers[place].begin, stem.data() + numbers[place].end, value)
            .ec != std::errc())
    {
      return {};
    }
    values.push_back(value);
  }
  const bool different =
    std::set<std::int64_t>(values.begin(), values.end()).size() == stems.size();
  return different ? values : std::vector<std::int64_t>();
}

} // namespace

FileSeries fileSeriesOf(const std::vector<std::string>& paths)
{
  FileSeries series;
  std::vector<std::string> stems;
  std::transform(paths.begin(), paths.end(), std::back_inserter(stems), stemOf);
  series.name = stems.empty() ? "" : stems.front();
  std::vector<std::int64_t> values(paths.size());
  std::iota(values.begin(), values.end(), 0);
  if (paths.size() > 1)
  {
    const std::size_t places = numbersIn(stems.front()).size();
    for (std::size_t place = 0; place < places; ++place)
    {
      const std::vector<std::int64_t> found = valuesAt(stems, place);
      if (!found.empty())
      {
        values = found;
        series.name = without(stems.front(), numbersIn(stems.front())[place]);
        break;
      }
    }
  }
  std::vector<std::size_t> order(paths.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
    [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  for (const std::size_t index : order)
  {
    series.paths.push_back(paths[index]);
    series.steps.push_back(values[index]);
  }
  return series;
}

} // namespace tensorview
