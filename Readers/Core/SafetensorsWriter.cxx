#include "SafetensorsWriter.h"

#include "ReplacedFile.h"
#include "SafetensorsHeader.h"
#include "TensorGeometry.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>
#include <unordered_set>

namespace tensorview
{
namespace
{

using Json = nlohmann::ordered_json;

/// Elements begin at a multiple of this many bytes, so that readers can take them where they lie.
constexpr std::size_t alignment = 8;

std::uint64_t bytesOf(const SafetensorsEntry& tensor)
{
  const auto count = elementCount(tensor.shape);
  if (!count)
  {
    throw std::invalid_argument(
      "the tensor " + quotedText(tensor.name) + " has an impossible shape and cannot be written");
  }
  return *count * elementSize(tensor.type);
}

void checkNames(const std::vector<SafetensorsEntry>& tensors)
{
  std::unordered_set<std::string> names;
  for (const SafetensorsEntry& tensor : tensors)
  {
    if (tensor.name == "__metadata__")
    {
      throw std::invalid_argument(
        "a tensor of a .safetensors file cannot be named '__metadata__'; give it another name");
    }
    if (!names.insert(tensor.name).second)
    {
      throw std::invalid_argument("two tensors have the name " + quotedText(tensor.name) +
                                  "; a .safetensors file holds each name once");
    }
  }
}

/// Length and JSON text, padded to the alignment.
std::string headerOf(const std::vector<SafetensorsEntry>& tensors,
  const std::vector<std::size_t>& order, const std::map<std::string, std::string>& metadata)
{
  Json json = Json::object();
  if (!metadata.empty())
  {
    json["__metadata__"] = metadata;
  }
  std::uint64_t offset = 0;
  for (const std::size_t i : order)
  {
    const SafetensorsEntry& tensor = tensors[i];
    const std::uint64_t end = offset + bytesOf(tensor);
    json.emplace(tensor.name, Json{ { "dtype", safetensorsTypeName(tensor.type) },
                                { "shape", tensor.shape }, { "data_offsets", { offset, end } } });
    offset = end;
  }
  std::string text;
  try
  {
    text = json.dump();
  }
  catch (const Json::type_error&)
  {
    throw std::invalid_argument("a tensor's name or a note is not UTF-8; .safetensors holds no "
                                "other");
  }
  text.append((alignment - text.size() % alignment) % alignment, ' ');
  std::string length;
  for (std::uint64_t rest = text.size(), i = 0; i < safetensorsLengthBytes; ++i, rest >>= 8)
  {
    length += static_cast<char>(rest & 255);
  }
  return length + text;
}

} // namespace

void writeSafetensors(const std::string& path, const std::vector<SafetensorsEntry>& tensors,
  const std::function<const void*(std::size_t)>& elementsOf,
  const std::map<std::string, std::string>& metadata)
{
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
    "the format is little-endian and elements are written as they lie in memory");
  checkNames(tensors);
  std::vector<std::size_t> order(tensors.size());
  for (std::size_t i = 0; i < order.size(); ++i)
  {
    order[i] = i;
  }
  std::stable_sort(order.begin(), order.end(),
    [&](std::size_t a, std::size_t b)
    { return elementSize(tensors[a].type) > elementSize(tensors[b].type); });

  const std::string header = headerOf(tensors, order, metadata);
  ReplacedFile file(path);
  file.write(header.data(), header.size());
  for (const std::size_t i : order)
  {
    const std::uint64_t size = bytesOf(tensors[i]);
    if (size > 0)
    {
      file.write(elementsOf(i), static_cast<std::size_t>(size));
    }
  }
  file.publish();
}

} // namespace tensorview
