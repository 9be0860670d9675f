#include "TensorGeometry.h"

#include <algorithm>

namespace tensorview
{
namespace
{

constexpr std::uint64_t largest = std::uint64_t(1) << 56;

/// Side of the square blocks by which planes are transposed: their lines stay in the cache.
constexpr std::int64_t blockSide = 32;

/// A plane of rows x columns elements with any strides, to C order.
void gatherPlane(const float* from, std::int64_t rows, std::int64_t columns, std::int64_t rowStride,
  std::int64_t columnStride, float* to)
{
  for (std::int64_t rowBlock = 0; rowBlock < rows; rowBlock += blockSide)
  {
    const std::int64_t rowEnd = std::min(rows, rowBlock + blockSide);
    for (std::int64_t columnBlock = 0; columnBlock < columns; columnBlock += blockSide)
    {
      const std::int64_t columnEnd = std::min(columns, columnBlock + blockSide);
      for (std::int64_t row = rowBlock; row < rowEnd; ++row)
      {
        for (std::int64_t column = columnBlock; column < columnEnd; ++column)
        {
          to[row * columns + column] = from[row * rowStride + column * columnStride];
        }
      }
    }
  }
}

} // namespace

std::optional<std::uint64_t> elementCount(const std::vector<std::int64_t>& shape)
{
  if (shape.size() > mostAxes)
  {
    return std::nullopt;
  }
  std::uint64_t product = 1;
  bool empty = false;
  for (const std::int64_t extent : shape)
  {
    if (extent < 0 || (extent > 0 && product > largest / static_cast<std::uint64_t>(extent)))
    {
      return std::nullopt;
    }
    empty = empty || extent == 0;
    product *= extent == 0 ? 1 : static_cast<std::uint64_t>(extent);
  }
  return empty ? 0 : product;
}

std::optional<std::uint64_t> elementSpan(
  const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& strides)
{
  std::uint64_t span = 1;
  bool empty = false;
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
  {
    if (strides[axis] < 0)
    {
      return std::nullopt;
    }
    empty = empty || shape[axis] == 0;
    if (shape[axis] > 1)
    {
      const auto steps = static_cast<std::uint64_t>(shape[axis] - 1);
      const auto stride = static_cast<std::uint64_t>(strides[axis]);
      if (stride > (largest - span) / steps)
      {
        return std::nullopt;
      }
      span += steps * stride;
    }
  }
  return empty ? 0 : span;
}

bool isContiguous(const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& strides)
{
  std::int64_t expected = 1;
  for (std::size_t axis = shape.size(); axis-- > 0;)
  {
    if (shape[axis] != 1 && strides[axis] != expected)
    {
      return false;
    }
    expected *= shape[axis];
  }
  return true;
}

void gatherStrided(const float* from, const std::vector<std::int64_t>& shape,
  const std::vector<std::int64_t>& strides, float* to)
{
  const std::size_t axes = shape.size();
  const std::int64_t columns = axes < 1 ? 1 : shape[axes - 1];
  const std::int64_t rows = axes < 2 ? 1 : shape[axes - 2];
  const std::size_t outerAxes = axes < 2 ? 0 : axes - 2;
  std::int64_t planes = 1;
  for (std::size_t axis = 0; axis < outerAxes; ++axis)
  {
    planes *= shape[axis];
  }
  std::vector<std::int64_t> position(outerAxes, 0);
  for (std::int64_t plane = 0; plane < planes; ++plane)
  {
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < outerAxes; ++axis)
    {
      offset += position[axis] * strides[axis];
    }
    gatherPlane(from + offset, rows, columns, axes < 2 ? 0 : strides[axes - 2],
      axes < 1 ? 0 : strides[axes - 1], to + plane * rows * columns);
    for (std::size_t axis = outerAxes; axis-- > 0;)
    {
      if (++position[axis] < shape[axis])
      {
        break;
      }
      position[axis] = 0;
    }
  }
}

} // namespace tensorview
