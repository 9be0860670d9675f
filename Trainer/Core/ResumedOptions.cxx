#include "ResumedOptions.h"

#include "TrainerOptionsFields.h"
#include "TrainerOptionsJson.h"

#include <nlohmann/json.hpp>

#include <cctype>
#include <stdexcept>

namespace tensorview
{

namespace
{
/// "learning_rate" -> "LearningRate", as the proxy's property is called.
std::string propertyName(const std::string& name)
{
  std::string result;
  bool upper = true;
  for (const char c : name)
  {
    if (c != '_')
    {
      result += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    }
    upper = c == '_';
  }
  return result;
}

/// A value as it stands in a sentence: text without quotes, unless it is empty.
std::string inWords(const nlohmann::ordered_json& value)
{
  return value.is_string() && value != "" ? value.get<std::string>() : value.dump();
}

void addTo(std::string& list, const std::string& text)
{
  list += (list.empty() ? "" : ", ") + text;
}

nlohmann::ordered_json asJson(const TrainerOptions& options)
{
  return nlohmann::ordered_json::parse(toJson(options));
}
}

ResumedOptions mergeOptions(const TrainerOptions& run, const TrainerOptions& asked)
{
  const auto ofRun = asJson(run);
  const auto wanted = asJson(asked);
  const auto usual = asJson(TrainerOptions());
  auto merged = ofRun;
  ResumedOptions result;
  for (const auto& [name, value] : wanted.items())
  {
    const auto& before = ofRun.at(name);
    if (isOfPlace(name) || value == before)
    {
      continue;
    }
    const bool given = asked.given.count(name) > 0;
    const std::string property = propertyName(name);
    if (given && staysOnResume(name))
    {
      throw std::invalid_argument(property + " is " + inWords(value) + ", but the run has " +
                                  inWords(before) +
                                  ": a resumed run keeps it, so leave it as it is there");
    }
    if (given)
    {
      merged[name] = value;
      addTo(result.changed, property + " " + inWords(value) + " (it was " + inWords(before) + ")");
    }
    else if (value != usual.at(name))
    {
      addTo(result.kept, property + " " + inWords(before) + " (not " + inWords(value) + ")");
    }
  }
  if (asked.given.count("epochs") > 0 && asked.given.count("maximum_steps") == 0)
  {
    merged["maximum_steps"] = 0; // epochs decide how far it goes
  }
  result.options = trainerOptionsFromJson(merged.dump());
  return result;
}

} // namespace tensorview
