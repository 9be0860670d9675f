#include "MergeError.h"

#include "DenseKernels.h"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>

namespace tensorview
{

namespace
{
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Index = Eigen::Index;

Eigen::Map<const Matrix> view(
  const std::vector<double>& values, std::size_t rows, std::size_t columns)
{
  return { values.data(), static_cast<Index>(rows), static_cast<Index>(columns) };
}

void checkSquare(const std::vector<double>& values, std::size_t rows, const char* name)
{
  if (values.size() != rows * rows)
  {
    throw std::invalid_argument(std::string("the ") + name + " of " + std::to_string(rows) +
                                " rows needs as many columns, but has " +
                                std::to_string(values.size()) + " values");
  }
}

void checkDropped(const std::vector<std::size_t>& dropped, std::size_t filters)
{
  const std::set<std::size_t> different(dropped.begin(), dropped.end());
  if (different.size() != dropped.size() || (!different.empty() && *different.rbegin() >= filters))
  {
    throw std::invalid_argument(
      "what is dropped must be different filters out of " + std::to_string(filters));
  }
}

/// Rows of a square matrix.
Matrix rowsOf(const Eigen::Map<const Matrix>& matrix, const std::vector<std::size_t>& rows)
{
  Matrix chosen(static_cast<Index>(rows.size()), matrix.cols());
  for (std::size_t i = 0; i < rows.size(); ++i)
  {
    chosen.row(static_cast<Index>(i)) = matrix.row(static_cast<Index>(rows[i]));
  }
  return chosen;
}

/// Columns of a matrix.
Matrix columnsOf(const Matrix& matrix, const std::vector<std::size_t>& columns)
{
  Matrix chosen(matrix.rows(), static_cast<Index>(columns.size()));
  for (std::size_t i = 0; i < columns.size(); ++i)
  {
    chosen.col(static_cast<Index>(i)) = matrix.col(static_cast<Index>(columns[i]));
  }
  return chosen;
}
}

Reconstruction::Reconstruction(std::vector<double> gram, std::size_t filters, double ridge)
  : filters_(filters)
  , gram_(std::move(gram))
{
  const std::size_t rows = filters + 1;
  checkSquare(this->gram_, rows, "Gram matrix");
  Matrix regular = view(this->gram_, rows, rows);
  this->addedRidge_ = ridge * regular.trace() / static_cast<double>(rows);
  regular.diagonal().array() += this->addedRidge_;
  this->inverse_.assign(this->gram_.size(), 0.0);
  for (std::size_t i = 0; i < rows; ++i)
  {
    this->inverse_[i * rows + i] = 1.0;
  }
  denseKernels().solve(regular.data(), rows, this->inverse_.data(), rows);
}

std::vector<double> Reconstruction::coefficients(const std::vector<std::size_t>& dropped) const
{
  checkDropped(dropped, this->filters_);
  const std::size_t rows = this->filters_ + 1;
  const Matrix ofDropped = rowsOf(view(this->inverse_, rows, rows), dropped);
  Matrix own = columnsOf(ofDropped, dropped);
  Matrix solved = -ofDropped;
  denseKernels().solve(own.data(), dropped.size(), solved.data(), rows);
  for (const std::size_t filter : dropped)
  {
    solved.col(static_cast<Index>(filter)).setZero();
  }
  return { solved.data(), solved.data() + solved.size() };
}

double outputError(const std::vector<double>& gram, const std::vector<double>& outgoing,
  const std::vector<std::size_t>& dropped, const std::vector<double>& coefficients)
{
  const auto filters = static_cast<std::size_t>(std::sqrt(static_cast<double>(outgoing.size())));
  checkSquare(outgoing, filters, "products of outgoing weights");
  checkSquare(gram, filters + 1, "Gram matrix");
  checkDropped(dropped, filters);
  if (coefficients.size() != dropped.size() * (filters + 1))
  {
    throw std::invalid_argument("what replaces " + std::to_string(dropped.size()) + " of " +
                                std::to_string(filters) + " filters needs " +
                                std::to_string(filters + 1) + " coefficients each");
  }
  const auto g = view(gram, filters + 1, filters + 1);
  const auto o = view(outgoing, filters, filters);
  Matrix change = -view(coefficients, dropped.size(), filters + 1);
  for (std::size_t d = 0; d < dropped.size(); ++d)
  {
    change(static_cast<Index>(d), static_cast<Index>(dropped[d])) += 1.0;
  }
  const DenseKernels& kernels = denseKernels();
  Matrix changed = Matrix::Zero(change.rows(), change.cols());
  kernels.addProduct(
    change.data(), dropped.size(), gram.data(), filters + 1, filters + 1, changed.data());
  Matrix residual = Matrix::Zero(change.rows(), change.rows());
  kernels.addProduct(
    changed.data(), dropped.size(), change.data(), dropped.size(), filters + 1, residual.data());
  const double lost = residual.cwiseProduct(columnsOf(rowsOf(o, dropped), dropped)).sum();
  const double all = g.topLeftCorner(o.rows(), o.cols()).cwiseProduct(o).sum();
  return all > 0.0 ? std::sqrt(std::max(lost, 0.0) / all)
                   : std::numeric_limits<double>::quiet_NaN();
}

} // namespace tensorview
