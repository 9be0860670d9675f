#include "FilterKernels.h"

#include "KernelClones.h"

#include <cmath>

namespace tensorview
{

static_assert(changeBandCount == 8, "the bands are counted one by one below");

TENSORVIEW_KERNEL_CLONES
FilterChange measureChange(
  const float* before, const float* after, const float* gradient, std::size_t count)
{
  float weights = 0.0F;
  float gradients = 0.0F;
  float changes = 0.0F;
  // Changes above each of the thresholds 1, 1e-1, ... 1e-6.
  std::uint32_t above0 = 0;
  std::uint32_t above1 = 0;
  std::uint32_t above2 = 0;
  std::uint32_t above3 = 0;
  std::uint32_t above4 = 0;
  std::uint32_t above5 = 0;
  std::uint32_t above6 = 0;
#pragma omp simd reduction(+ : weights, gradients, changes)                                        \
  reduction(+ : above0, above1, above2, above3, above4, above5, above6)
  for (std::size_t i = 0; i < count; ++i)
  {
    const float change = after[i] - before[i];
    const float size = __builtin_fabsf(change);
    const float reference = __builtin_fabsf(before[i]);
    weights += after[i] * after[i];
    gradients += gradient[i] * gradient[i];
    changes += change * change;
    above0 += size > reference ? 1U : 0U;
    above1 += size > 1e-1F * reference ? 1U : 0U;
    above2 += size > 1e-2F * reference ? 1U : 0U;
    above3 += size > 1e-3F * reference ? 1U : 0U;
    above4 += size > 1e-4F * reference ? 1U : 0U;
    above5 += size > 1e-5F * reference ? 1U : 0U;
    above6 += size > 1e-6F * reference ? 1U : 0U;
  }
  FilterChange result;
  result.weightNorm = std::sqrt(weights);
  result.gradientNorm = std::sqrt(gradients);
  result.changeNorm = std::sqrt(changes);
  result.bands = { above0, above1 - above0, above2 - above1, above3 - above2, above4 - above3,
    above5 - above4, above6 - above5, static_cast<std::uint32_t>(count) - above6 };
  return result;
}

} // namespace tensorview
