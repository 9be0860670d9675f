#ifndef TENSORVIEW_POOL_KERNELS_H
#define TENSORVIEW_POOL_KERNELS_H

#include <cstddef>
#include <cstdint>

/// Bias, ReLU and 2x2 max pooling in one pass over what a convolution puts out. All functions work
/// on one image whose maps lie as [row][column][channel] (channels last).
namespace tensorview
{

/// Extents of the maps before pooling; rows and columns are even.
struct PoolExtents
{
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t channels = 0;

  std::size_t size() const
  {
    return static_cast<std::size_t>(this->rows * this->columns * this->channels);
  }
  std::size_t pooledSize() const { return this->size() / 4; }
};

/// Value of `source` where no value of the window is above zero; else 0..3 = which of the four was
/// the largest (upper left, upper right, lower left, lower right; the first of equals).
inline constexpr std::uint8_t noSource = 4;

/// pooled = max(0, largest of four + bias); `source` tells which.
void biasReluPool(const float* maps, const float* bias, float* pooled, std::uint8_t* source,
  const PoolExtents& extents);

/// Writes the gradient of all maps and adds the sum of each channel's to biasGradient.
void biasReluPoolBackward(const float* pooledGradient, const std::uint8_t* source,
  float* mapGradient, float* biasGradient, const PoolExtents& extents);

/// sum += max(0, maps + bias)
void addBiasRelu(const float* maps, const float* bias, float* sum, const PoolExtents& extents);

/// Adds the gradient of max(0, maps + bias) to `sum`. A window that is all zero passes its gradient
/// to its first value, as PyTorch's pooling does.
void addPoolGradient(
  const float* pooledGradient, const std::uint8_t* source, float* sum, const PoolExtents& extents);

/// sum += values
void addValues(const float* values, float* sum, std::size_t count);

} // namespace tensorview

#endif
