#include "MatrixOverview.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace tensorview
{

namespace
{
/// What a pixel has seen of its coefficients.
struct Seen
{
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  double sum = 0.0;
  std::size_t count = 0;
  double largest = 0.0; ///< with its sign
  MatrixOverview::Pair pair;

  void add(double value, const MatrixOverview::Pair& where)
  {
    // Of two alike the positive one, of two of these the first.
    if (this->count == 0 || std::fabs(value) > std::fabs(this->largest) ||
        (std::fabs(value) == std::fabs(this->largest) && value > this->largest))
    {
      this->largest = value;
      this->pair = where;
    }
    this->low = std::min(this->low, value);
    this->high = std::max(this->high, value);
    this->sum += value;
    ++this->count;
  }

  double show(Aggregate aggregate) const
  {
    if (this->count == 0)
    {
      return std::numeric_limits<double>::quiet_NaN();
    }
    switch (aggregate)
    {
      case Aggregate::Mean:
        return this->sum / static_cast<double>(this->count);
      case Aggregate::Minimum:
        return this->low;
      case Aggregate::Maximum:
        return this->high;
      case Aggregate::LargestMagnitude:
        break;
    }
    return this->largest;
  }
};

/// Places of a pixel in one direction.
struct Stretch
{
  std::size_t first;
  std::size_t end;
};
}

std::size_t chooseMatrixBlock(std::size_t places, std::int64_t budget)
{
  if (places == 0 || budget <= 0)
  {
    return 0;
  }
  std::size_t block = 1;
  const auto pixels = [&]() { return static_cast<double>((places + block - 1) / block); };
  while (pixels() * pixels() > static_cast<double>(budget))
  {
    block *= 2;
  }
  return block;
}

MatrixOverview overviewMatrix(const std::vector<double>& coefficients, std::size_t filters,
  const std::vector<std::size_t>& filterAt, std::size_t block, Aggregate aggregate,
  const ParallelFor& parallel)
{
  const bool strange = std::any_of(filterAt.begin(), filterAt.end(),
    [filters](std::size_t filter) { return filter != noFilter && filter >= filters; });
  if (block == 0 || coefficients.size() != filters * filters || strange ||
      filterAt.size() > std::numeric_limits<std::uint32_t>::max())
  {
    throw std::invalid_argument("the matrix does not have the coefficients of all its filters");
  }
  MatrixOverview overview;
  overview.block = block;
  overview.pixels = (filterAt.size() + block - 1) / block;
  overview.values.resize(overview.pixels * overview.pixels);
  overview.shown.resize(overview.values.size());
  const auto stretch = [&](std::size_t pixel) -> Stretch {
    return { pixel * block, std::min((pixel + 1) * block, filterAt.size()) };
  };
  const auto look = [&](const Stretch& rows, const Stretch& columns)
  {
    Seen seen;
    seen.pair = { static_cast<std::uint32_t>(rows.first),
      static_cast<std::uint32_t>(columns.first) };
    const bool single = rows.end - rows.first == 1 && columns.end - columns.first == 1;
    for (std::size_t row = rows.first; row < rows.end; ++row)
    {
      for (std::size_t column = columns.first; column < columns.end; ++column)
      {
        const std::size_t i = filterAt[row];
        const std::size_t j = filterAt[column];
        if (i == noFilter || j == noFilter || (row == column && !single))
        {
          continue;
        }
        const double value = coefficients[i * filters + j];
        if (std::isfinite(value))
        {
          seen.add(value, { static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column) });
        }
      }
    }
    return seen;
  };
  parallel(overview.pixels,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t y = begin; y < end; ++y)
      {
        for (std::size_t x = 0; x < overview.pixels; ++x)
        {
          const Seen seen = look(stretch(y), stretch(x));
          overview.values[y * overview.pixels + x] = static_cast<float>(seen.show(aggregate));
          overview.shown[y * overview.pixels + x] = seen.pair;
        }
      }
    });
  return overview;
}

} // namespace tensorview
