#include "PoolKernels.h"

#include "KernelClones.h"

namespace tensorview
{

namespace
{
/// Where the four values of a window begin.
struct Window
{
  std::size_t upperLeft;
  std::size_t upperRight;
  std::size_t lowerLeft;
  std::size_t lowerRight;
};

inline Window windowAt(std::int64_t row, std::int64_t column, const PoolExtents& extents)
{
  const std::size_t channels = static_cast<std::size_t>(extents.channels);
  const std::size_t line = static_cast<std::size_t>(extents.columns) * channels;
  const std::size_t begin =
    static_cast<std::size_t>(2 * row) * line + static_cast<std::size_t>(2 * column) * channels;
  return { begin, begin + channels, begin + line, begin + line + channels };
}
}

TENSORVIEW_KERNEL_CLONES
void biasReluPool(const float* maps, const float* bias, float* pooled, std::uint8_t* source,
  const PoolExtents& extents)
{
  const std::int64_t channels = extents.channels;
  for (std::int64_t row = 0; row < extents.rows / 2; ++row)
  {
    for (std::int64_t column = 0; column < extents.columns / 2; ++column)
    {
      const Window window = windowAt(row, column, extents);
      const float* a = maps + window.upperLeft;
      const float* b = maps + window.upperRight;
      const float* c = maps + window.lowerLeft;
      const float* d = maps + window.lowerRight;
#pragma omp simd
      for (std::int64_t k = 0; k < channels; ++k)
      {
        float largest = a[k];
        int from = 0;
        from = b[k] > largest ? 1 : from;
        largest = b[k] > largest ? b[k] : largest;
        from = c[k] > largest ? 2 : from;
        largest = c[k] > largest ? c[k] : largest;
        from = d[k] > largest ? 3 : from;
        largest = d[k] > largest ? d[k] : largest;
        largest += bias[k];
        // Written so that a NaN stays one: divergence must reach the loss.
        from = largest <= 0.0F ? noSource : from;
        pooled[k] = largest <= 0.0F ? 0.0F : largest;
        source[k] = static_cast<std::uint8_t>(from);
      }
      pooled += channels;
      source += channels;
    }
  }
}

TENSORVIEW_KERNEL_CLONES
void biasReluPoolBackward(const float* pooledGradient, const std::uint8_t* source,
  float* mapGradient, float* biasGradient, const PoolExtents& extents)
{
  const std::int64_t channels = extents.channels;
  for (std::int64_t row = 0; row < extents.rows / 2; ++row)
  {
    for (std::int64_t column = 0; column < extents.columns / 2; ++column)
    {
      const Window window = windowAt(row, column, extents);
      float* a = mapGradient + window.upperLeft;
      float* b = mapGradient + window.upperRight;
      float* c = mapGradient + window.lowerLeft;
      float* d = mapGradient + window.lowerRight;
#pragma omp simd
      for (std::int64_t k = 0; k < channels; ++k)
      {
        const float gradient = pooledGradient[k];
        const int from = source[k];
        a[k] = from == 0 ? gradient : 0.0F;
        b[k] = from == 1 ? gradient : 0.0F;
        c[k] = from == 2 ? gradient : 0.0F;
        d[k] = from == 3 ? gradient : 0.0F;
        biasGradient[k] += from < noSource ? gradient : 0.0F;
      }
      pooledGradient += channels;
      source += channels;
    }
  }
}

TENSORVIEW_KERNEL_CLONES
void addBiasRelu(const float* maps, const float* bias, float* sum, const PoolExtents& extents)
{
  const std::int64_t channels = extents.channels;
  for (std::int64_t pixel = 0; pixel < extents.rows * extents.columns; ++pixel)
  {
#pragma omp simd
    for (std::int64_t k = 0; k < channels; ++k)
    {
      const float value = maps[k] + bias[k];
      sum[k] += value <= 0.0F ? 0.0F : value;
    }
    maps += channels;
    sum += channels;
  }
}

TENSORVIEW_KERNEL_CLONES
void addPoolGradient(
  const float* pooledGradient, const std::uint8_t* source, float* sum, const PoolExtents& extents)
{
  const std::int64_t channels = extents.channels;
  for (std::int64_t row = 0; row < extents.rows / 2; ++row)
  {
    for (std::int64_t column = 0; column < extents.columns / 2; ++column)
    {
      const Window window = windowAt(row, column, extents);
      float* a = sum + window.upperLeft;
      float* b = sum + window.upperRight;
      float* c = sum + window.lowerLeft;
      float* d = sum + window.lowerRight;
#pragma omp simd
      for (std::int64_t k = 0; k < channels; ++k)
      {
        const float gradient = pooledGradient[k];
        const int from = source[k];
        a[k] += from == 0 || from == noSource ? gradient : 0.0F;
        b[k] += from == 1 ? gradient : 0.0F;
        c[k] += from == 2 ? gradient : 0.0F;
        d[k] += from == 3 ? gradient : 0.0F;
      }
      pooledGradient += channels;
      source += channels;
    }
  }
}

TENSORVIEW_KERNEL_CLONES
void addValues(const float* values, float* sum, std::size_t count)
{
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i)
  {
    sum[i] += values[i];
  }
}

} // namespace tensorview
