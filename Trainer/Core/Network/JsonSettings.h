#ifndef TENSORVIEW_JSON_SETTINGS_H
#define TENSORVIEW_JSON_SETTINGS_H

#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>

namespace tensorview
{

inline constexpr std::int64_t maximumExtent = 1 << 16; ///< rows or columns of a map

/// A value as it stands in the file, shortened, for messages.
std::string quote(const nlohmann::json& value);

/// One JSON object with checked access to its members; `where` starts every message. All methods
/// throw NetworkError.
class JsonSettings
{
public:
  JsonSettings(const nlohmann::json& object, std::string where);

  [[noreturn]] void refuse(const std::string& reason) const;
  /// Refuses members with other names.
  void allowOnly(std::initializer_list<const char*> names) const;

  /// @return null where there is no such member
  const nlohmann::json* find(const char* name) const;
  const nlohmann::json& need(const char* name) const;

  /// A whole number in [lowest, highest].
  std::int64_t integer(
    const char* name, const nlohmann::json& value, std::int64_t lowest, std::int64_t highest) const;
  std::int64_t integer(
    const char* name, std::int64_t otherwise, std::int64_t lowest, std::int64_t highest) const;
  /// A number in [lowest, highest).
  double number(const char* name, double otherwise, double lowest, double highest) const;
  bool boolean(const char* name, bool otherwise) const;
  std::string text(const char* name, const std::string& otherwise) const;

private:
  const nlohmann::json& object_;
  std::string where_;
};

} // namespace tensorview

#endif
