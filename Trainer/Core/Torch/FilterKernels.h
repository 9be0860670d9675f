#ifndef TENSORVIEW_FILTER_KERNELS_H
#define TENSORVIEW_FILTER_KERNELS_H

#include "../../../Readers/Core/TensorTypes.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace tensorview
{

/// What the last update did to a filter.
struct FilterChange
{
  float weightNorm = 0.0F;   ///< L2, after the update
  float gradientNorm = 0.0F; ///< L2
  float changeNorm = 0.0F;   ///< L2 of after - before
  /// Weights by |after - before| / |before|: > 1, 1 to 1e-1, ..., 1e-5 to 1e-6, <= 1e-6. What was
  /// zero counts as > 1 unless it stayed so.
  std::array<std::uint32_t, changeBandCount> bands{};
};

FilterChange measureChange(
  const float* before, const float* after, const float* gradient, std::size_t count);

} // namespace tensorview

#endif
