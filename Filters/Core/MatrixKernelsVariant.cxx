// Compiled once for each instruction set, with TENSORVIEW_VARIANT (Generic, Avx2, Avx512) and
// TENSORVIEW_INSTRUCTION_SET (its name) set by the build. Nothing but matrixKernels<Variant> may
// leave this file: a template that other files instantiate as well would be taken from here by the
// linker and run where the processor cannot. So Eigen has a name of its own here.
#define TENSORVIEW_JOIN_2(a, b) a##b
#define TENSORVIEW_JOIN(a, b) TENSORVIEW_JOIN_2(a, b)
#define Eigen TENSORVIEW_JOIN(Eigen, TENSORVIEW_VARIANT)
#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>

#include "MatrixKernels.h"

namespace tensorview
{

namespace
{
constexpr std::size_t chunk = 128; ///< columns that are summed in single precision
constexpr std::size_t lanes = 16;

using Row = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Rows = Eigen::Map<const Row, Eigen::Unaligned, Eigen::OuterStride<>>;

Rows columnsOf(const MatrixRows& x, std::size_t first, std::size_t count)
{
  return { x.values + first, static_cast<Eigen::Index>(x.rows), static_cast<Eigen::Index>(count),
    Eigen::OuterStride<>(static_cast<Eigen::Index>(x.stride)) };
}

std::size_t atMost(std::size_t a, std::size_t b)
{
  return a < b ? a : b;
}

void addProduct(const MatrixRows& a, const MatrixRows& b, double* out, std::size_t outStride)
{
  alignas(64) float tile[largestTile * largestTile];
  Eigen::Map<Row> product(
    tile, static_cast<Eigen::Index>(a.rows), static_cast<Eigen::Index>(b.rows));
  for (std::size_t k = 0; k < a.columns; k += chunk)
  {
    const std::size_t columns = atMost(chunk, a.columns - k);
    product.noalias() = columnsOf(a, k, columns) * columnsOf(b, k, columns).transpose();
    for (std::size_t i = 0; i < a.rows; ++i)
    {
      for (std::size_t j = 0; j < b.rows; ++j)
      {
        out[i * outStride + j] += static_cast<double>(tile[i * b.rows + j]);
      }
    }
  }
}

double sumOf(const float* values)
{
  double sum = 0.0;
  for (std::size_t lane = 0; lane < lanes; ++lane)
  {
    sum += static_cast<double>(values[lane]);
  }
  return sum;
}

float shared(float a, float b)
{
  const float low = a < b ? a : b;
  const float high = a < b ? b : a;
  return (low > 0.0F ? low : 0.0F) - (high < 0.0F ? high : 0.0F);
}

double sharedOf(const float* a, const float* b, std::size_t count)
{
  float sums[lanes] = {};
  std::size_t k = 0;
  for (; k + lanes <= count; k += lanes)
  {
    for (std::size_t lane = 0; lane < lanes; ++lane)
    {
      sums[lane] += shared(a[k + lane], b[k + lane]);
    }
  }
  double sum = sumOf(sums);
  for (; k < count; ++k)
  {
    sum += static_cast<double>(shared(a[k], b[k]));
  }
  return sum;
}

void addShared(const MatrixRows& a, const MatrixRows& b, double* out, std::size_t outStride)
{
  for (std::size_t k = 0; k < a.columns; k += chunk)
  {
    const std::size_t columns = atMost(chunk, a.columns - k);
    for (std::size_t i = 0; i < a.rows; ++i)
    {
      for (std::size_t j = 0; j < b.rows; ++j)
      {
        out[i * outStride + j] += sharedOf(a.row(i) + k, b.row(j) + k, columns);
      }
    }
  }
}

double centre(const float* from, std::size_t count, float scale, float centre, float* to)
{
  double sum = 0.0;
  for (std::size_t begin = 0; begin < count; begin += chunk)
  {
    const std::size_t end = begin + atMost(chunk, count - begin);
    float sums[lanes] = {};
    std::size_t k = begin;
    for (; k + lanes <= end; k += lanes)
    {
      for (std::size_t lane = 0; lane < lanes; ++lane)
      {
        to[k + lane] = from[k + lane] * scale - centre;
        sums[lane] += to[k + lane];
      }
    }
    for (; k < end; ++k)
    {
      to[k] = from[k] * scale - centre;
      sums[0] += to[k];
    }
    sum += sumOf(sums);
  }
  return sum;
}

MatrixKernels::Statistics describe(const float* values, std::size_t count)
{
  double sums[lanes] = {};
  double magnitudes[lanes] = {};
  float low[lanes];
  float high[lanes];
  for (std::size_t lane = 0; lane < lanes; ++lane)
  {
    low[lane] = __builtin_huge_valf();
    high[lane] = -__builtin_huge_valf();
  }
  const auto take = [&](std::size_t lane, float value)
  {
    const auto wide = static_cast<double>(value);
    sums[lane] += wide;
    magnitudes[lane] += wide < 0.0 ? -wide : wide;
    low[lane] = value < low[lane] ? value : low[lane];
    high[lane] = value > high[lane] ? value : high[lane];
  };
  std::size_t k = 0;
  for (; k + lanes <= count; k += lanes)
  {
    for (std::size_t lane = 0; lane < lanes; ++lane)
    {
      take(lane, values[k + lane]);
    }
  }
  for (; k < count; ++k)
  {
    take(0, values[k]);
  }
  MatrixKernels::Statistics result{ 0.0, 0.0, low[0], high[0] };
  for (std::size_t lane = 0; lane < lanes; ++lane)
  {
    result.sum += sums[lane];
    result.magnitudes += magnitudes[lane];
    result.low = low[lane] < result.low ? low[lane] : result.low;
    result.high = high[lane] > result.high ? high[lane] : result.high;
  }
  return result;
}
}

extern const MatrixKernels TENSORVIEW_JOIN(matrixKernels, TENSORVIEW_VARIANT);
const MatrixKernels TENSORVIEW_JOIN(matrixKernels,
  TENSORVIEW_VARIANT) = { TENSORVIEW_INSTRUCTION_SET, addProduct, addShared, centre, describe };

} // namespace tensorview
