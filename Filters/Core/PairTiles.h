#ifndef TENSORVIEW_PAIR_TILES_H
#define TENSORVIEW_PAIR_TILES_H

#include "MatrixKernels.h"

#include <algorithm>
#include <cstddef>

namespace tensorview
{

/// The pairs (i, j), j <= i, of `items` things, in square tiles of a matrix: the unit in which
/// threads and ranks share the work. The tiles depend on the number of items alone.
class PairTiles
{
public:
  struct Tile
  {
    std::size_t firstRow;
    std::size_t firstColumn;
    std::size_t rows;
    std::size_t columns;
    /// How many columns, from the first one, lie on or below the diagonal in row i of the tile.
    std::size_t columnsOfRow(std::size_t i) const
    {
      return std::min(this->columns, this->firstRow + i + 1 - this->firstColumn);
    }
  };

  explicit PairTiles(std::size_t items)
    : items_(items)
    , edge_(items <= smallItems ? smallTile : largestTile)
    , tilesAcross_((items + this->edge_ - 1) / this->edge_)
  {
  }

  std::size_t count() const { return this->tilesAcross_ * (this->tilesAcross_ + 1) / 2; }

  Tile at(std::size_t index) const
  {
    std::size_t row = 0;
    while (index > row)
    {
      index -= ++row;
    }
    const std::size_t firstRow = row * this->edge_;
    const std::size_t firstColumn = index * this->edge_;
    return { firstRow, firstColumn, std::min(this->edge_, this->items_ - firstRow),
      std::min(this->edge_, this->items_ - firstColumn) };
  }

private:
  /// Few items are cut smaller, so that there is something to share.
  static constexpr std::size_t smallItems = 128;
  static constexpr std::size_t smallTile = 32;

  std::size_t items_;
  std::size_t edge_;
  std::size_t tilesAcross_;
};

} // namespace tensorview

#endif
