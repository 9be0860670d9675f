#include "HistoryBlocks.h"

#include <algorithm>
#include <numeric>

using tensorview::TensorBox;

namespace
{

using Extents = std::array<std::int64_t, 4>;

/// Size of the pieces when `extent` is cut into as few equal ones of at most `most` as possible.
std::int64_t evenPiece(std::int64_t extent, std::int64_t most)
{
  const std::int64_t pieces = (extent + most - 1) / most;
  return (extent + pieces - 1) / pieces;
}

}

std::vector<TensorBox> SplitTensor(const tensorview::TensorShape& shape,
  const std::array<std::int64_t, 4>& piece, std::int64_t values)
{
  const Extents extents{ shape.filters, shape.channels, shape.rows, shape.columns };
  Extents stored{};
  Extents box{};
  std::int64_t left = std::max<std::int64_t>(1, values);
  // From the fastest extent on: the next one takes what the inner ones leave room for.
  for (std::size_t i = extents.size(); i-- > 0;)
  {
    if (extents[i] <= 0)
    {
      return {};
    }
    stored[i] = std::clamp<std::int64_t>(piece[i], 1, extents[i]);
    box[i] = left < stored[i] ? evenPiece(stored[i], left)
                              : std::min(extents[i], left / stored[i] * stored[i]);
    left = std::max<std::int64_t>(1, left / box[i]);
  }

  std::vector<TensorBox> boxes;
  const auto next = [&](std::size_t i, std::int64_t start)
  {
    // A box smaller than a piece ends where the piece ends.
    const std::int64_t pieceEnd =
      box[i] < stored[i] ? (start / stored[i] + 1) * stored[i] : extents[i];
    return std::min({ start + box[i], pieceEnd, extents[i] });
  };
  Extents at{};
  while (at[0] < extents[0])
  {
    TensorBox cut;
    cut.start = at;
    for (std::size_t i = 0; i < at.size(); ++i)
    {
      cut.count[i] = next(i, at[i]) - at[i];
    }
    boxes.push_back(cut);
    for (std::size_t i = at.size(); i-- > 0;)
    {
      at[i] += cut.count[i];
      if (at[i] < extents[i] || i == 0)
      {
        break;
      }
      at[i] = 0;
    }
  }
  return boxes;
}

std::vector<std::size_t> SpreadIndices(std::size_t all, std::size_t count)
{
  std::vector<std::size_t> indices(std::min(all, count));
  std::iota(indices.begin(), indices.end(), std::size_t{ 0 });
  if (count < all && count > 1)
  {
    for (std::size_t i = 0; i < count; ++i)
    {
      indices[i] = (i * (all - 1) + (count - 1) / 2) / (count - 1);
    }
  }
  return indices;
}
