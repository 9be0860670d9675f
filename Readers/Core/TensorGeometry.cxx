#include "TensorGeometry.h"

#include <algorithm>

namespace tensorview
{
namespace
{

constexpr std::uint64_t largest = std::uint64_t(1) << 56;

/// Side of the square blocks by which planes are transposed: their lines stay in the cache.
constexpr std::int64_t blockSide = 32;

struct Axis
{
  std::int64_t extent = 1;
  std::int64_t from = 0; ///< stride in the strided tensor
  std::int64_t to = 0;   ///< stride in the copy
};

/// The axes of more than one element, those together that lie behind each other.
std::vector<Axis> joinedAxes(const std::vector<std::int64_t>& shape,
  const std::vector<std::int64_t>& fromStrides, const std::vector<std::int64_t>& toStrides)
{
  std::vector<Axis> axes;
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
  {
    if (shape[axis] == 1)
    {
      continue;
    }
    const std::int64_t from = fromStrides[axis];
    const std::int64_t to = toStrides[axis];
    if (!axes.empty() && axes.back().from == shape[axis] * from &&
        axes.back().to == shape[axis] * to)
    {
      axes.back() = { axes.back().extent * shape[axis], from, to };
      continue;
    }
    axes.push_back({ shape[axis], from, to });
  }
  return axes;
}

/// A plane of two axes, block by block.
void gatherPlane(const float* from, const Axis& slow, const Axis& fast, float* to)
{
  for (std::int64_t slowBlock = 0; slowBlock < slow.extent; slowBlock += blockSide)
  {
    const std::int64_t slowEnd = std::min(slow.extent, slowBlock + blockSide);
    for (std::int64_t fastBlock = 0; fastBlock < fast.extent; fastBlock += blockSide)
    {
      const std::int64_t fastEnd = std::min(fast.extent, fastBlock + blockSide);
      for (std::int64_t i = slowBlock; i < slowEnd; ++i)
      {
        for (std::int64_t j = fastBlock; j < fastEnd; ++j)
        {
          to[i * slow.to + j * fast.to] = from[i * slow.from + j * fast.from];
        }
      }
    }
  }
}

/// Calls `at(from, to)` for every position of `axes`, the last one fastest.
template <typename Visit>
void forEachPosition(const std::vector<Axis>& axes, const float* from, float* to, Visit&& at)
{
  std::vector<std::int64_t> position(axes.size(), 0);
  while (true)
  {
    at(from, to);
    std::size_t axis = axes.size();
    for (; axis > 0; --axis)
    {
      const Axis& moved = axes[axis - 1];
      from += moved.from;
      to += moved.to;
      if (++position[axis - 1] < moved.extent)
      {
        break;
      }
      from -= moved.extent * moved.from;
      to -= moved.extent * moved.to;
      position[axis - 1] = 0;
    }
    if (axis == 0)
    {
      return;
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

std::vector<std::int64_t> contiguousStrides(const std::vector<std::int64_t>& shape)
{
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;)
  {
    strides[axis - 1] = strides[axis] * shape[axis];
  }
  return strides;
}

void gatherStrided(const float* from, const std::vector<std::int64_t>& shape,
  const std::vector<std::int64_t>& fromStrides, float* to,
  const std::vector<std::int64_t>& toStrides)
{
  if (elementCount(shape).value_or(0) == 0)
  {
    return;
  }
  std::vector<Axis> axes = joinedAxes(shape, fromStrides, toStrides);
  if (axes.empty())
  {
    *to = *from;
    return;
  }
  const Axis last = axes.back();
  axes.pop_back();
  const auto nearest = std::min_element(
    axes.begin(), axes.end(), [](const Axis& a, const Axis& b) { return a.from < b.from; });
  if (nearest == axes.end() || last.from <= nearest->from)
  {
    forEachPosition(axes, from, to,
      [&](const float* source, float* target)
      {
        for (std::int64_t i = 0; i < last.extent; ++i)
        {
          target[i * last.to] = source[i * last.from];
        }
      });
    return;
  }
  // What lies together in the tensor is far apart in the copy, and the other way round: some of the
  // former at a time, so that what is written stays in the cache as well.
  const Axis near = *nearest;
  axes.erase(nearest);
  for (std::int64_t first = 0; first < near.extent; first += blockSide)
  {
    const Axis block{ std::min(blockSide, near.extent - first), near.from, near.to };
    forEachPosition(axes, from + first * near.from, to + first * near.to,
      [&](const float* source, float* target) { gatherPlane(source, last, block, target); });
  }
}

} // namespace tensorview
