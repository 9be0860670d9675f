#ifndef TENSORVIEW_TESTS_TENSOR_FILE_FIXTURE_H
#define TENSORVIEW_TESTS_TENSOR_FILE_FIXTURE_H

#include "TensorCatalogue.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Small tensor files, whole and broken, put together byte by byte.
namespace tensorview::testing
{

/// Little-endian bytes of numbers.
template <typename Number>
std::string bytesOf(const std::vector<Number>& numbers)
{
  return { reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number) };
}

/// A .safetensors file of this JSON text.
std::string safetensorsOf(const std::string& json, const std::string& data);

/// A .npy file of this header text, which is not padded.
std::string numpyOf(const std::string& header, const std::string& data, int version = 1);

/// The header of an array of float32 with this shape in Python's words, e.g. "(2, 3)".
std::string numpyHeaderOf(const std::string& shape, const std::string& type = "<f4");

/// A file to be put into a zip archive.
struct ZipPart
{
  std::string name;
  std::string content;
  bool deflated = false;
  std::string password = {}; ///< empty = not encrypted
};
std::string zipOf(const std::vector<ZipPart>& parts);

/// Pieces of pickles, protocol 2.
namespace pickle
{
std::string text(const std::string& value);
std::string integer(std::int32_t value);
std::string global(const std::string& module, const std::string& name);
std::string tuple(const std::vector<std::string>& parts);
std::string tuple(const std::vector<std::int32_t>& integers);
std::string list(const std::vector<std::string>& parts);
std::string dictionary(const std::vector<std::pair<std::string, std::string>>& entries);
std::string call(const std::string& callee, const std::vector<std::string>& arguments);
std::string storage(const std::string& type, const std::string& key, std::int32_t elements);
std::string tensor(const std::string& storage, std::int32_t offset,
  const std::vector<std::int32_t>& shape, const std::vector<std::int32_t>& strides);
/// The whole pickle of a value.
std::string whole(const std::string& value);
}

/// A file of torch.save whose pickle is this, with storages data/0, data/1, ...
std::string torchFileOf(const std::string& pickle, const std::vector<std::string>& storages);

/// Opens bytes that outlive the result.
TensorCatalogue openBytes(std::string_view bytes);

/// All elements of all tensors that can be read, in order.
std::vector<float> valuesOf(const TensorCatalogue& catalogue, std::size_t index);
void readEverything(const TensorCatalogue& catalogue);

/// Message of the TensorFileError that `action` throws; empty if it throws none.
template <typename Action>
std::string tensorFileErrorOf(Action&& action)
{
  try
  {
    action();
  }
  catch (const TensorFileError& error)
  {
    return error.what();
  }
  return {};
}

} // namespace tensorview::testing

#endif
