// Compiled once for each instruction set, as MatrixKernelsVariant.cxx, where it says what must not
// leave such a file.
#define TENSORVIEW_JOIN_2(a, b) a##b
#define TENSORVIEW_JOIN(a, b) TENSORVIEW_JOIN_2(a, b)
#define Eigen TENSORVIEW_JOIN(EigenDense, TENSORVIEW_VARIANT)
#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "DenseKernels.h"

namespace tensorview
{

namespace
{
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Stride = Eigen::OuterStride<>;
using Constant = Eigen::Map<const Matrix, Eigen::Unaligned, Stride>;
using Variable = Eigen::Map<Matrix, Eigen::Unaligned, Stride>;

Eigen::Index toIndex(std::size_t value)
{
  return static_cast<Eigen::Index>(value);
}

Constant view(const double* values, std::size_t rows, std::size_t columns, std::size_t stride)
{
  return { values, toIndex(rows), toIndex(columns), Stride(toIndex(stride)) };
}

Variable view(double* values, std::size_t rows, std::size_t columns, std::size_t stride)
{
  return { values, toIndex(rows), toIndex(columns), Stride(toIndex(stride)) };
}

void addProduct(const double* a, std::size_t rows, const double* b, std::size_t columns,
  std::size_t inner, double* out)
{
  view(out, rows, columns, columns).noalias() +=
    view(a, rows, inner, inner) * view(b, columns, inner, inner).transpose();
}

void addOuterProducts(const double* a, const double* b, std::size_t count, std::size_t stride,
  std::size_t rows, double* matrix, std::size_t matrixStride)
{
  view(matrix, rows, rows, matrixStride).triangularView<Eigen::Lower>() +=
    view(a, count, rows, stride).transpose() * view(b, count, rows, stride);
}

void addCombination(const double* vectors, const double* factors, std::size_t count,
  std::size_t stride, std::size_t size, double* out)
{
  constexpr std::size_t atOnce = 4; // so that `out` is read and written less often
  std::size_t k = 0;
  for (; k + atOnce <= count; k += atOnce)
  {
    const double* v = vectors + k * stride;
    for (std::size_t i = 0; i < size; ++i)
    {
      out[i] += factors[k] * v[i] + factors[k + 1] * v[stride + i] +
                factors[k + 2] * v[2 * stride + i] + factors[k + 3] * v[3 * stride + i];
    }
  }
  for (; k < count; ++k)
  {
    for (std::size_t i = 0; i < size; ++i)
    {
      out[i] += factors[k] * vectors[k * stride + i];
    }
  }
}

void solve(double* a, std::size_t rows, double* b, std::size_t columns)
{
  Eigen::Map<Matrix> matrix(a, toIndex(rows), toIndex(rows));
  Eigen::Map<Matrix> right(b, toIndex(rows), toIndex(columns));
  const Eigen::LLT<Eigen::Ref<Matrix>> factor(matrix);
  factor.solveInPlace(right);
}
}

extern const DenseKernels TENSORVIEW_JOIN(denseKernels, TENSORVIEW_VARIANT);
const DenseKernels TENSORVIEW_JOIN(
  denseKernels, TENSORVIEW_VARIANT) = { addProduct, addOuterProducts, addCombination, solve };

} // namespace tensorview
