#ifndef TENSORVIEW_TENSOR_GEOMETRY_H
#define TENSORVIEW_TENSOR_GEOMETRY_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tensorview
{

/// More axes than any framework allows.
inline constexpr std::size_t mostAxes = 64;

/// Number of elements of a shape; nothing if an extent is negative, there are too many axes, or the
/// extents (those of an empty tensor as well) multiply to more than 2^56.
std::optional<std::uint64_t> elementCount(const std::vector<std::int64_t>& shape);

/// Number of elements from the first to the last one that a strided tensor touches, 0 for an empty
/// one; nothing if a stride is negative or the span is more than 2^56. `shape` must have an
/// elementCount.
std::optional<std::uint64_t> elementSpan(
  const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& strides);

/// True if the elements lie in C order without gaps. Strides of axes of one element do not count.
bool isContiguous(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& strides);

/// Strides of C order without gaps. `shape` must have an elementCount.
std::vector<std::int64_t> contiguousStrides(const std::vector<std::int64_t>& shape);

/// Copies a strided tensor, whose first element `from` points to, to other strides; a copy in C
/// order has contiguousStrides(). Fast for any order of the axes, if the last one of the copy is
/// the nearest.
void gatherStrided(const float* from, const std::vector<std::int64_t>& shape,
  const std::vector<std::int64_t>& fromStrides, float* to,
  const std::vector<std::int64_t>& toStrides);

} // namespace tensorview

#endif
