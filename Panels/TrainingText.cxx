#include "TrainingText.h"

#include <cmath>
#include <cstdio>

namespace tensorview
{

namespace
{

const char* const notKnown = "-";

template <typename... Values>
std::string formatted(const char* format, Values... values)
{
  char buffer[64];
  const int length = std::snprintf(buffer, sizeof(buffer), format, values...);
  return length > 0 ? std::string(buffer) : std::string();
}

} // namespace

std::string sentence(std::string text)
{
  if (text.empty())
  {
    return text;
  }
  if (text.front() >= 'a' && text.front() <= 'z')
  {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text.back() == '.' ? text : text + '.';
}

std::string groupedNumber(std::int64_t value)
{
  std::string text = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t place = text.size(); place > first + 3;)
  {
    place -= 3;
    text.insert(place, ",");
  }
  return text;
}

std::string durationText(double seconds)
{
  constexpr double longest = 1e9;
  if (!(seconds >= 0.0) || seconds > longest)
  {
    return notKnown;
  }
  const auto total = static_cast<long long>(std::llround(seconds));
  const long long hours = total / 3600;
  const long long minutes = total / 60 % 60;
  return hours > 0 ? formatted("%lld:%02lld:%02lld", hours, minutes, total % 60)
                   : formatted("%lld:%02lld", minutes, total % 60);
}

std::string percentText(double fraction)
{
  return std::isfinite(fraction) ? formatted("%.2f %%", 100.0 * fraction) : notKnown;
}

std::string lossText(double loss)
{
  if (std::isinf(loss))
  {
    return "infinite";
  }
  return std::isnan(loss) ? notKnown : formatted("%.4g", loss);
}

std::string speedText(double stepsPerSecond)
{
  if (!(stepsPerSecond > 0.0) || !std::isfinite(stepsPerSecond))
  {
    return notKnown;
  }
  return formatted(stepsPerSecond < 10.0 ? "%.1f steps/s" : "%.0f steps/s", stepsPerSecond);
}

std::string progressText(std::int64_t step, std::int64_t totalSteps)
{
  std::string text = "step " + groupedNumber(step);
  if (totalSteps > 0)
  {
    text += " of " + groupedNumber(totalSteps);
  }
  return text;
}

} // namespace tensorview
