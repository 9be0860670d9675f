#include "Hdf5Texts.h"

#include <algorithm>
#include <cstring>

namespace tensorview
{
namespace
{

using hdf5::Handle;

std::vector<std::string> variableTexts(hid_t attribute, hid_t type, hid_t space, std::size_t count)
{
  std::vector<char*> pointers(count, nullptr);
  if (H5Aread(attribute, type, pointers.data()) < 0)
  {
    return {};
  }
  std::vector<std::string> texts;
  for (const char* const pointer : pointers)
  {
    texts.emplace_back(pointer ? pointer : "");
  }
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
  return texts;
}

std::vector<std::string> fixedTexts(
  hid_t attribute, hid_t type, std::size_t length, std::size_t count)
{
  std::string bytes(length * count, '\0');
  if (H5Aread(attribute, type, bytes.data()) < 0)
  {
    return {};
  }
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i)
  {
    const std::string text = bytes.substr(i * length, length);
    texts.push_back(text.substr(0, std::min(text.find('\0'), text.find_last_not_of(' ') + 1)));
  }
  return texts;
}

} // namespace

std::vector<std::string> textAttribute(
  hid_t object, const std::string& name, std::uint64_t fileSize)
{
  if (H5Aexists(object, name.c_str()) <= 0)
  {
    return {};
  }
  const Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT));
  const Handle type(attribute ? H5Aget_type(attribute) : H5I_INVALID_HID);
  const Handle space(attribute ? H5Aget_space(attribute) : H5I_INVALID_HID);
  const hssize_t count = space ? H5Sget_simple_extent_npoints(space) : 0;
  const std::size_t length = type ? H5Tget_size(type) : 0;
  if (count <= 0 || length == 0 || H5Tget_class(type) != H5T_STRING ||
      static_cast<std::uint64_t>(count) > fileSize / length)
  {
    return {};
  }
  const auto texts = static_cast<std::size_t>(count);
  return H5Tis_variable_str(type) > 0 ? variableTexts(attribute, type, space, texts)
                                      : fixedTexts(attribute, type, length, texts);
}

void addKerasTexts(hid_t group, const std::string& path, std::uint64_t fileSize,
  std::map<std::string, std::vector<std::string>>& texts)
{
  const auto add = [&](const std::string& attribute, const std::string& as)
  {
    const std::vector<std::string> found = textAttribute(group, attribute, fileSize);
    if (!found.empty())
    {
      std::vector<std::string>& into = texts[path + "@" + as];
      into.insert(into.end(), found.begin(), found.end());
    }
    return !found.empty();
  };
  for (const char* const name : { "keras_version", "backend", "model_config", "name" })
  {
    add(name, name);
  }
  for (const std::string name : { "layer_names", "weight_names" })
  {
    add(name, name);
    for (std::size_t piece = 0; add(name + std::to_string(piece), name); ++piece)
    {
    }
  }
}

} // namespace tensorview
