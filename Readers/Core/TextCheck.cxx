#include "TextCheck.h"

#include "RunJson.h"
#include "SegmentRows.h"

#include <nlohmann/json.hpp>

namespace tensorview
{
namespace
{

/// Why a line with its end is none; empty if it is one.
std::string lineProblem(const std::string& line)
{
  if (line.empty() || line.back() != '\n')
  {
    return "does not end with a line feed";
  }
  if (line.find('\n') != line.size() - 1)
  {
    return "has a line feed within";
  }
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object())
  {
    return "is no JSON object in UTF-8";
  }
  const auto step = json.find("step");
  return step == json.end() || !step->is_number_integer() ? "has no integer 'step'" : "";
}

} // namespace

std::int64_t checkText(
  SegmentFile& file, const std::string& stream, std::int64_t lines, std::vector<RunDamage>& damage)
{
  std::int64_t whole = 0;
  const std::string name = textPath(stream);
  const std::string endName = textEndPath(stream);
  try
  {
    const auto ends = readRows<std::int64_t>(file, endName, 0, lines);
    std::int64_t begin = 0;
    for (std::size_t i = 0; i < ends.size(); ++i)
    {
      if (ends[i] <= begin)
      {
        damage.push_back({ endName, "line ends do not ascend at line " + std::to_string(i) });
        return whole;
      }
      if (ends[i] > runformat::maximumTextBytes)
      {
        damage.push_back({ endName, "line " + std::to_string(i) + " ends at byte " +
                                      std::to_string(ends[i]) + ", further than any text" });
        return whole;
      }
      const auto bytes = readRows<std::uint8_t>(file, name, begin, ends[i] - begin);
      const std::string problem = lineProblem(std::string(bytes.begin(), bytes.end()));
      if (problem.empty())
      {
        ++whole;
      }
      else
      {
        damage.push_back({ name, "line " + std::to_string(i) + " " + problem });
      }
      begin = ends[i];
    }
  }
  catch (const RunFileError& problem)
  {
    damage.push_back({ name, problem.what() });
  }
  return whole;
}

} // namespace tensorview
