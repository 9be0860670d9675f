#include "SymmetricProduct.h"

#include <algorithm>
#include <array>
#include <cstring>

// One source for all instruction sets: the functions below are written with GCC's vector types,
// always inlined, and instantiated inside functions that carry the target as an attribute. All of
// it has internal linkage, so no code for a wider processor can leak into another function.
namespace tensorview
{

namespace
{
constexpr std::size_t chunkColumns = 256;
constexpr std::size_t blockRows = 48; ///< rows of a block of the result, a multiple of 2, 3 and 4

/// out[i][j] += sum over `columns` of a[i][...] * b[j][...], for a tile of I x J rows.
/// `Vector` is a vector of `lanes` floats.
template <typename Vector, int I, int J>
[[gnu::always_inline]] inline void multiplyTile(const float* const* a, const float* const* b,
  std::size_t columns, double* out, std::size_t outStride)
{
  constexpr std::size_t lanes = sizeof(Vector) / sizeof(float);
  Vector sums[I][J] = {};
  std::size_t k = 0;
  for (; k + lanes <= columns; k += lanes)
  {
    Vector right[J];
    for (int j = 0; j < J; ++j)
    {
      std::memcpy(&right[j], b[j] + k, sizeof(Vector));
    }
    for (int i = 0; i < I; ++i)
    {
      Vector left;
      std::memcpy(&left, a[i] + k, sizeof(Vector));
      for (int j = 0; j < J; ++j)
      {
        sums[i][j] += left * right[j];
      }
    }
  }
  for (int i = 0; i < I; ++i)
  {
    for (int j = 0; j < J; ++j)
    {
      double sum = 0.0;
      for (std::size_t lane = 0; lane < lanes; ++lane)
      {
        sum += static_cast<double>(sums[i][j][lane]);
      }
      for (std::size_t rest = k; rest < columns; ++rest)
      {
        sum += static_cast<double>(a[i][rest]) * static_cast<double>(b[j][rest]);
      }
      out[static_cast<std::size_t>(i) * outStride + static_cast<std::size_t>(j)] += sum;
    }
  }
}

struct Matrix
{
  const float* values;
  std::size_t rows;
  std::size_t columns;
};

/// The block of the result that begins at (firstRow, firstColumn); entries above the diagonal may
/// or may not be computed. Rows past the end stand in as the last one and are not stored.
template <typename Vector, int I, int J>
[[gnu::always_inline]] inline void multiplyBlock(
  const Matrix& x, std::size_t firstRow, std::size_t firstColumn, double* result)
{
  const std::size_t endRow = std::min(firstRow + blockRows, x.rows);
  const std::size_t endColumn = std::min(firstColumn + blockRows, x.rows);
  std::array<double, blockRows * blockRows> block{};
  for (std::size_t k = 0; k < x.columns; k += chunkColumns)
  {
    const std::size_t columns = std::min(chunkColumns, x.columns - k);
    for (std::size_t i = firstRow; i < endRow; i += I)
    {
      const float* a[I];
      for (int t = 0; t < I; ++t)
      {
        a[t] = x.values + std::min(i + static_cast<std::size_t>(t), x.rows - 1) * x.columns + k;
      }
      const std::size_t diagonal = std::min(endColumn, i + I);
      for (std::size_t j = firstColumn; j < diagonal; j += J)
      {
        const float* b[J];
        for (int t = 0; t < J; ++t)
        {
          b[t] = x.values + std::min(j + static_cast<std::size_t>(t), x.rows - 1) * x.columns + k;
        }
        multiplyTile<Vector, I, J>(
          a, b, columns, block.data() + (i - firstRow) * blockRows + (j - firstColumn), blockRows);
      }
    }
  }
  for (std::size_t i = firstRow; i < endRow; ++i)
  {
    for (std::size_t j = firstColumn; j < std::min(endColumn, i + 1); ++j)
    {
      const double value = block[(i - firstRow) * blockRows + (j - firstColumn)];
      result[i * x.rows + j] = value;
      result[j * x.rows + i] = value;
    }
  }
}

using BlockFunction = void (*)(const Matrix&, std::size_t, std::size_t, double*);

using Floats4 = float __attribute__((vector_size(16)));
void multiplyBlockGeneric(const Matrix& x, std::size_t row, std::size_t column, double* result)
{
  multiplyBlock<Floats4, 4, 2>(x, row, column, result);
}

#if defined(__x86_64__)
using Floats8 = float __attribute__((vector_size(32)));
[[gnu::target("avx2,fma")]] void multiplyBlockAvx2(
  const Matrix& x, std::size_t row, std::size_t column, double* result)
{
  multiplyBlock<Floats8, 4, 2>(x, row, column, result);
}

using Floats16 = float __attribute__((vector_size(64)));
[[gnu::target("avx512f,avx2,fma")]] void multiplyBlockAvx512(
  const Matrix& x, std::size_t row, std::size_t column, double* result)
{
  multiplyBlock<Floats16, 4, 4>(x, row, column, result);
}
#endif

struct Variant
{
  const char* name;
  BlockFunction multiply;
};

Variant bestVariant()
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f"))
  {
    return { "avx512", multiplyBlockAvx512 };
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
  {
    return { "avx2", multiplyBlockAvx2 };
  }
#endif
  return { "generic", multiplyBlockGeneric };
}
}

std::vector<double> symmetricProduct(
  const float* x, std::size_t rows, std::size_t columns, const ParallelFor& parallel)
{
  std::vector<double> result(rows * rows, 0.0);
  const Matrix matrix{ x, rows, columns };
  const BlockFunction multiply = bestVariant().multiply;
  const std::size_t blocks = (rows + blockRows - 1) / blockRows;
  const std::size_t pairs = blocks * (blocks + 1) / 2;
  parallel(pairs,
    [&](std::size_t begin, std::size_t end)
    {
      std::size_t pair = 0;
      for (std::size_t i = 0; i < blocks; ++i)
      {
        for (std::size_t j = 0; j <= i; ++j, ++pair)
        {
          if (pair >= begin && pair < end)
          {
            multiply(matrix, i * blockRows, j * blockRows, result.data());
          }
        }
      }
    });
  return result;
}

const char* symmetricProductInstructionSet()
{
  return bestVariant().name;
}

} // namespace tensorview
