#ifndef TENSORVIEW_MATRIX_OVERVIEW_H
#define TENSORVIEW_MATRIX_OVERVIEW_H

#include "LevelOfDetail.h"
#include "ParallelFor.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tensorview
{

/// A picture of a symmetric matrix, in which a pixel may stand for a block of coefficients.
struct MatrixOverview
{
  /// A coefficient's places in the picture, both counted in coefficients.
  struct Pair
  {
    std::uint32_t row = 0;
    std::uint32_t column = 0;
  };
  std::size_t block = 1;     ///< a pixel stands for block x block coefficients
  std::size_t pixels = 0;    ///< of a side
  std::vector<float> values; ///< [pixels, pixels]; not a number where no coefficient is one
  /// For each pixel the pair of largest magnitude that it stands for: the one that is shown, if the
  /// aggregate shows that; the first one where no coefficient is a number.
  std::vector<Pair> shown;
};

/// What a matrix has no filter for.
inline constexpr std::size_t noFilter = static_cast<std::size_t>(-1);

/// The smallest power of two so that blocks of that side make at most `budget` pixels of a square
/// of `places`. 0 for a budget of 0 or no places: there is no picture.
std::size_t chooseMatrixBlock(std::size_t places, std::int64_t budget);

/// The picture. The diagonal says nothing of two filters: a block leaves it out, unless it has
/// nothing else. Coefficients that are not finite take no part.
/// @param coefficients [filters, filters], symmetric
/// @param filterAt of each place the filter, or noFilter: not a number
/// @param block at least 1
/// @throws std::invalid_argument if the sizes do not fit or a place has a filter that is none
MatrixOverview overviewMatrix(const std::vector<double>& coefficients, std::size_t filters,
  const std::vector<std::size_t>& filterAt, std::size_t block, Aggregate aggregate,
  const ParallelFor& parallel = serialFor);

} // namespace tensorview

#endif
