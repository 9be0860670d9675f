#ifndef TENSORVIEW_SAFETENSORS_WRITER_H
#define TENSORVIEW_SAFETENSORS_WRITER_H

#include "ElementType.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tensorview
{

/// What is known of a tensor before its elements are asked for.
struct SafetensorsEntry
{
  std::string name; ///< UTF-8, each only once
  std::vector<std::int64_t> shape;
  ElementType type = ElementType::Float32;
};

/// Writes a .safetensors file: tensors of larger elements first, else in the given order. The same
/// tensors give the same bytes.
///
/// Written as <path>.new, synced to disk and renamed, so that `path` is at any instant either what
/// it was before or whole; a <path>.new that could not be finished is removed.
/// @param elementsOf called once per tensor with its index in `tensors`, in the order of the file,
///   for all of its elements in C order and this machine's byte order; they need not outlive the
///   next call
/// @param metadata notes that readers show; {"format", "pt"} makes them PyTorch's
/// @throws std::invalid_argument for names or shapes that the format cannot hold
/// @throws TensorFileError naming the file and the reason; what `elementsOf` throws passes through
void writeSafetensors(const std::string& path, const std::vector<SafetensorsEntry>& tensors,
  const std::function<const void*(std::size_t)>& elementsOf,
  const std::map<std::string, std::string>& metadata = { { "format", "pt" } });

} // namespace tensorview

#endif
