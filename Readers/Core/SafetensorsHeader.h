#ifndef TENSORVIEW_SAFETENSORS_HEADER_H
#define TENSORVIEW_SAFETENSORS_HEADER_H

#include "TensorCatalogue.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tensorview
{

/// Bytes before the JSON text: its length, little-endian.
inline constexpr std::uint64_t safetensorsLengthBytes = 8;

struct SafetensorsHeader
{
  /// Ordered as their elements lie in the file; `offset` counts from the end of the header.
  std::vector<TensorEntry> tensors;
  std::map<std::string, std::string> metadata;
};

/// Reads the JSON text of a .safetensors file
/// (https://huggingface.co/docs/safetensors: {"name": {"dtype", "shape", "data_offsets"}, ...}).
/// @param dataBytes what follows the header in the file; the tensors must fill it without overlap
///   and without holes
/// @throws TensorFileError without the file's name
SafetensorsHeader parseSafetensorsHeader(std::string_view json, std::uint64_t dataBytes);

/// The format's name of a type, e.g. "BF16".
const char* safetensorsTypeName(ElementType type);

} // namespace tensorview

#endif
