#ifndef TENSORVIEW_TENSOR_LIMITS_H
#define TENSORVIEW_TENSOR_LIMITS_H

#include <cstddef>
#include <cstdint>

namespace tensorview
{

/// What a file may ask for; a file from a stranger can claim anything, and a few bytes of an
/// archive can be inflated to a thousand times as many.
struct TensorLimits
{
  /// Memory for the elements of one tensor as float32, in bytes; default 4 GiB. A larger tensor is
  /// listed with a problem, and nothing of it is read.
  std::uint64_t mostTensorBytes = std::uint64_t(4) << 30;
};

/// Tensors in a file.
inline constexpr std::size_t mostTensors = std::size_t(1) << 17;

/// Bytes of the text (a JSON header, an index, a pickle) that describes a file's tensors.
inline constexpr std::uint64_t longestDescription = 32 << 20;

} // namespace tensorview

#endif
