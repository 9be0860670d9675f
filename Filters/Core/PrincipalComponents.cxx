#include "PrincipalComponents.h"

#include "SymmetricProduct.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace tensorview
{
namespace
{

using Matrix = Eigen::MatrixXd;

/// A component with this little of the variance is rounding: products are of single precision.
constexpr double negligible = 1e-7;

bool isFiniteRow(const float* row, std::size_t columns)
{
  constexpr std::uint32_t exponent = 0x7f800000;
  bool finite = true;
  for (std::size_t k = 0; k < columns; ++k)
  {
    std::uint32_t bits = 0;
    std::memcpy(&bits, row + k, sizeof(bits));
    finite &= (bits & exponent) != exponent; // no branch: several at a time
  }
  return finite;
}

/// The finite row that is nearest to the middle one; `rows` if there is none.
std::size_t findReference(const float* values, std::size_t rows, std::size_t columns)
{
  for (std::size_t distance = 0; distance <= rows; ++distance)
  {
    for (const std::size_t row : { rows / 2 - distance, rows / 2 + distance })
    {
      if (row < rows && isFiniteRow(values + row * columns, columns)) // "-1" is a large number
      {
        return row;
      }
    }
  }
  return rows;
}

/// The products of the vectors `members` about their mean.
Matrix centredProducts(const SnapshotGram& gram, const std::vector<std::size_t>& members)
{
  const auto count = static_cast<Eigen::Index>(members.size());
  Matrix products(count, count);
  for (Eigen::Index i = 0; i < count; ++i)
  {
    const std::size_t row = members[static_cast<std::size_t>(i)] * gram.vectors();
    for (Eigen::Index j = 0; j < count; ++j)
    {
      products(i, j) = gram.products()[row + members[static_cast<std::size_t>(j)]];
    }
  }
  const Eigen::VectorXd mean = products.rowwise().mean();
  const double all = mean.mean();
  products.rowwise() -= mean.transpose();
  products.colwise() -= mean;
  products.array() += all;
  return products;
}

double signOf(const Eigen::VectorXd& scores)
{
  Eigen::Index farthest = 0;
  const double most = scores.cwiseAbs().maxCoeff(&farthest);
  const bool startsAtZero = std::abs(scores(0)) <= 1e-6 * most;
  const bool right = startsAtZero ? scores(farthest) >= 0.0 : scores(0) < 0.0;
  return right ? 1.0 : -1.0;
}

} // namespace

SnapshotGram::SnapshotGram(std::size_t vectors)
  : finite_(vectors, 1)
  , products_(vectors * vectors, 0.0)
{
}

void SnapshotGram::add(float* values, std::size_t columns, const ParallelFor& parallel)
{
  const std::size_t rows = this->finite_.size();
  const std::size_t middle = findReference(values, rows, columns);
  const std::vector<float> reference =
    middle < rows ? std::vector<float>(values + middle * columns, values + (middle + 1) * columns)
                  : std::vector<float>(columns, 0.0F);
  parallel(rows,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        float* row = values + i * columns;
        if (!isFiniteRow(row, columns))
        {
          this->finite_[i] = 0;
          std::fill_n(row, columns, 0.0F);
          continue;
        }
        for (std::size_t k = 0; k < columns; ++k)
        {
          row[k] -= reference[k];
        }
      }
    });
  addSymmetricProduct(values, rows, columns, this->products_, parallel);
}

PrincipalComponents findPrincipalComponents(const SnapshotGram& gram, std::size_t components)
{
  PrincipalComponents result;
  result.components = components;
  result.scores.assign(gram.vectors() * components, std::numeric_limits<double>::quiet_NaN());
  result.explained.assign(components, 0.0);
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < gram.vectors(); ++i)
  {
    if (gram.isFinite(i))
    {
      members.push_back(i);
      std::fill_n(
        result.scores.begin() + static_cast<std::ptrdiff_t>(i * components), components, 0.0);
    }
  }
  result.leftOut = gram.vectors() - members.size();
  if (members.size() < 2)
  {
    return result;
  }

  const Matrix products = centredProducts(gram, members);
  const double all = products.trace();
  result.variance = std::max(0.0, all / static_cast<double>(members.size()));
  if (!(all > 0.0))
  {
    return result;
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(products);
  const Eigen::Index count = products.rows();
  for (std::size_t c = 0; c < std::min(components, members.size() - 1); ++c)
  {
    const Eigen::Index column = count - 1 - static_cast<Eigen::Index>(c);
    const double value = solver.eigenvalues()(column);
    if (!(value > negligible * all))
    {
      break;
    }
    result.explained[c] = value / all;
    const Eigen::VectorXd scores = solver.eigenvectors().col(column) * std::sqrt(value);
    const double sign = signOf(scores);
    for (std::size_t i = 0; i < members.size(); ++i)
    {
      result.scores[members[i] * components + c] = sign * scores(static_cast<Eigen::Index>(i));
    }
  }
  return result;
}

} // namespace tensorview
