#ifndef TENSORVIEW_MATRIX_KERNELS_H
#define TENSORVIEW_MATRIX_KERNELS_H

#include <cstddef>

namespace tensorview
{

/// Rows of a matrix in memory, row-major; `stride` values lie between the beginnings of two rows.
struct MatrixRows
{
  const float* values = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;

  const float* row(std::size_t i) const { return this->values + i * this->stride; }
  MatrixRows part(std::size_t first, std::size_t count) const
  {
    return { this->row(first), count, this->columns, this->stride };
  }
};

/// No tile of a product has more rows or columns.
inline constexpr std::size_t largestTile = 96;

/// The inner loops over values, once for each instruction set: the same source
/// (MatrixKernelsVariant.cxx), compiled with other flags.
struct MatrixKernels
{
  const char* instructionSet;

  /// out[i][j] += sum over k of a[i][k] b[j][k]. Products of 128 columns at a time are summed in
  /// single precision, these sums in double precision. Neither has more than `largestTile` rows.
  void (*addProduct)(const MatrixRows& a, const MatrixRows& b, double* out, std::size_t outStride);

  /// out[i][j] += sum over k of what a[i][k] and b[j][k] have in common: the smaller magnitude
  /// where their signs agree, else nothing. Summed as in addProduct.
  void (*addShared)(const MatrixRows& a, const MatrixRows& b, double* out, std::size_t outStride);

  /// to[k] = from[k] * scale - centre; the result is their sum. Each is rounded once if `scale` is
  /// a power of two.
  double (*centre)(const float* from, std::size_t count, float scale, float centre, float* to);

  /// Sum in double precision, sum of magnitudes, smallest and largest of finite values; low > high
  /// if there are none.
  struct Statistics
  {
    double sum;
    double magnitudes;
    float low;
    float high;
  };
  Statistics (*describe)(const float* values, std::size_t count);
};

/// Those for the widest vectors that this processor has.
const MatrixKernels& matrixKernels();

} // namespace tensorview

#endif
