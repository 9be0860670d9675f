#ifndef TENSORVIEW_DENSE_KERNELS_H
#define TENSORVIEW_DENSE_KERNELS_H

#include <cstddef>

namespace tensorview
{

/// What regressions on all filters of a layer spend their time with, in double precision, once for
/// each instruction set: the same source (DenseKernelsVariant.cxx), compiled with other flags.
/// Matrices are row-major and without gaps where nothing else is said.
struct DenseKernels
{
  /// out[i][j] += sum over k of a[i][k] b[j][k]; a [rows, inner], b [columns, inner], out
  /// [rows, columns].
  void (*addProduct)(const double* a, std::size_t rows, const double* b, std::size_t columns,
    std::size_t inner, double* out);

  /// matrix[i][j] += sum over k of a[k][i] b[k][j] for j <= i < rows; what is above the diagonal
  /// stays as it is.
  /// @param a, b `count` vectors, `stride` values apart
  /// @param matrix its rows are `matrixStride` values apart
  void (*addOuterProducts)(const double* a, const double* b, std::size_t count, std::size_t stride,
    std::size_t rows, double* matrix, std::size_t matrixStride);

  /// out[i] += sum over k of factors[k] vectors[k][i] for i < size.
  /// @param vectors `count` of them, `stride` values apart
  void (*addCombination)(const double* vectors, const double* factors, std::size_t count,
    std::size_t stride, std::size_t size, double* out);

  /// Solves A X = B by the factor of Cholesky.
  /// @param a [rows, rows], symmetric and positive definite, else what comes out means nothing;
  ///   overwritten
  /// @param b [rows, columns], overwritten by X
  void (*solve)(double* a, std::size_t rows, double* b, std::size_t columns);
};

/// Those for the widest vectors that this processor has.
const DenseKernels& denseKernels();

} // namespace tensorview

#endif
