#include "JsonSettings.h"

#include "NetworkGraph.h"

#include <algorithm>
#include <cmath>

namespace tensorview
{

using nlohmann::json;

std::string quote(const json& value)
{
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > 60)
  {
    text.resize(57);
    text += "...";
  }
  return text;
}

JsonSettings::JsonSettings(const json& object, std::string where)
  : object_(object)
  , where_(std::move(where))
{
  if (!object.is_object())
  {
    this->refuse("a JSON object { ... } is expected, not " + quote(object));
  }
}

void JsonSettings::refuse(const std::string& reason) const
{
  throw NetworkError(this->where_ + ": " + reason);
}

void JsonSettings::allowOnly(std::initializer_list<const char*> names) const
{
  for (const auto& member : this->object_.items())
  {
    if (std::find(names.begin(), names.end(), member.key()) == names.end())
    {
      std::string known;
      for (const char* name : names)
      {
        known += known.empty() ? name : std::string(", ") + name;
      }
      this->refuse("unknown setting '" + member.key() + "'; known are " + known);
    }
  }
}

const json* JsonSettings::find(const char* name) const
{
  const auto member = this->object_.find(name);
  return member == this->object_.end() ? nullptr : &*member;
}

const json& JsonSettings::need(const char* name) const
{
  const json* value = this->find(name);
  if (value == nullptr)
  {
    this->refuse(std::string("'") + name + "' is missing");
  }
  return *value;
}

std::int64_t JsonSettings::integer(
  const char* name, const json& value, std::int64_t lowest, std::int64_t highest) const
{
  const bool fits = value.is_number_unsigned()
                      ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(highest)
                      : value.is_number_integer() && value.get<std::int64_t>() <= highest;
  if (!fits || value.get<std::int64_t>() < lowest)
  {
    this->refuse(std::string("'") + name + "' must be a whole number from " +
                 std::to_string(lowest) + " to " + std::to_string(highest) + ", not " +
                 quote(value));
  }
  return value.get<std::int64_t>();
}

std::int64_t JsonSettings::integer(
  const char* name, std::int64_t otherwise, std::int64_t lowest, std::int64_t highest) const
{
  const json* value = this->find(name);
  return value == nullptr ? otherwise : this->integer(name, *value, lowest, highest);
}

double JsonSettings::number(const char* name, double otherwise, double lowest, double highest) const
{
  const json* value = this->find(name);
  if (value == nullptr)
  {
    return otherwise;
  }
  const double result = value->is_number() ? value->get<double>() : std::nan("");
  if (!(result >= lowest && result < highest))
  {
    this->refuse(std::string("'") + name + "' must be a number from " + json(lowest).dump() +
                 " to less than " + json(highest).dump() + ", not " + quote(*value));
  }
  return result;
}

bool JsonSettings::boolean(const char* name, bool otherwise) const
{
  const json* value = this->find(name);
  if (value == nullptr)
  {
    return otherwise;
  }
  if (!value->is_boolean())
  {
    this->refuse(std::string("'") + name + "' must be true or false, not " + quote(*value));
  }
  return value->get<bool>();
}

std::string JsonSettings::text(const char* name, const std::string& otherwise) const
{
  const json* value = this->find(name);
  if (value == nullptr)
  {
    return otherwise;
  }
  if (!value->is_string())
  {
    this->refuse(std::string("'") + name + "' must be a text in quotes, not " + quote(*value));
  }
  return value->get<std::string>();
}

} // namespace tensorview
