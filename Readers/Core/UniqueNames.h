#ifndef TENSORVIEW_UNIQUE_NAMES_H
#define TENSORVIEW_UNIQUE_NAMES_H

#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace tensorview
{

/// Gives every tensor of a file a name of its own: the second "weight" becomes "weight (2)".
class UniqueNames
{
public:
  /// `name`, with a number behind it if it has been given before.
  std::string give(const std::string& name)
  {
    std::string given = name;
    while (!this->names_.insert(given).second)
    {
      given = name + " (" + std::to_string(++this->copies_[name] + 1) + ")";
    }
    return given;
  }

private:
  std::unordered_set<std::string> names_;
  std::unordered_map<std::string, std::size_t> copies_;
};

} // namespace tensorview

#endif
