#include "TrainerOptionsJson.h"

#include "TrainerOptionsFields.h"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace tensorview
{

std::string toJson(const TrainerOptions& options)
{
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  visitOptions(options, [&](const char* name, const auto& value) { object[name] = value; });
  // A path may hold bytes that are no UTF-8; they are replaced, never thrown about.
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

TrainerOptions trainerOptionsFromJson(const std::string& json)
{
  const auto object = nlohmann::json::parse(json, nullptr, false);
  if (!object.is_object())
  {
    throw std::invalid_argument("the training options are not a JSON object");
  }
  TrainerOptions options;
  visitOptions(options,
    [&](const char* name, auto& value)
    {
      const auto found = object.find(name);
      if (found == object.end())
      {
        return;
      }
      try
      {
        found->get_to(value);
      }
      catch (const nlohmann::json::exception&)
      {
        throw std::invalid_argument(
          std::string("training option '") + name + "' has a value of the wrong type");
      }
    });
  return options;
}

} // namespace tensorview
