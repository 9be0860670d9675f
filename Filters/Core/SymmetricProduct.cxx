#include "SymmetricProduct.h"

#include "MatrixKernels.h"
#include "PairTiles.h"

namespace tensorview
{

void addSymmetricProduct(const float* x, std::size_t rows, std::size_t columns,
  std::vector<double>& result, const ParallelFor& parallel)
{
  const MatrixRows matrix{ x, rows, columns, columns };
  const PairTiles tiles(rows);
  parallel(tiles.count(),
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t t = begin; t < end; ++t)
      {
        const PairTiles::Tile tile = tiles.at(t);
        double product[largestTile * largestTile] = {};
        matrixKernels().addProduct(matrix.part(tile.firstRow, tile.rows),
          matrix.part(tile.firstColumn, tile.columns), product, tile.columns);
        for (std::size_t i = 0; i < tile.rows; ++i)
        {
          for (std::size_t j = 0; j < tile.columnsOfRow(i); ++j)
          {
            const std::size_t row = tile.firstRow + i;
            const std::size_t column = tile.firstColumn + j;
            const double sum = result[row * rows + column] + product[i * tile.columns + j];
            result[row * rows + column] = sum;
            result[column * rows + row] = sum;
          }
        }
      }
    });
}

std::vector<double> symmetricProduct(
  const float* x, std::size_t rows, std::size_t columns, const ParallelFor& parallel)
{
  std::vector<double> result(rows * rows, 0.0);
  addSymmetricProduct(x, rows, columns, result, parallel);
  return result;
}

const char* symmetricProductInstructionSet()
{
  return matrixKernels().instructionSet;
}

} // namespace tensorview
