#ifndef TENSORVIEW_CUDA_KERNELS_H
#define TENSORVIEW_CUDA_KERNELS_H

#include "../Network/Moments.h"
#include "OptimizerRules.h"

#include <cstddef>
#include <cstdint>

/// Torch-free kernels: plain pointers to device memory and a stream, so that nvcc never sees
/// torch's headers. They allocate nothing and wait for nothing. Sums are added in a fixed order:
/// the same bytes every time. All return a cudaError_t, 0 = success.
namespace tensorview
{

int cudaUpdateSgd(float* values, const float* gradients, float* momenta, std::size_t count,
  const SgdRule& rule, void* stream);

int cudaUpdateAdam(float* values, const float* gradients, float* firstMoments, float* secondMoments,
  std::size_t count, const AdamRule& rule, void* stream);

/// A stretch of a flat buffer.
struct CudaStretch
{
  std::int64_t offset;
  std::int64_t count;
};

/// Moments of each stretch, by one block each.
/// @param stretches, moments in device memory
int cudaMoments(
  const float* values, const CudaStretch* stretches, int count, Moments* moments, void* stream);

/// Moments of parts, put together: one for each stretch of `parts`, by one block each.
/// @param stretches, parts, moments in device memory
int cudaFoldMoments(
  const Moments* parts, const CudaStretch* stretches, int count, Moments* moments, void* stream);

/// What measureChange() returns, as the kernel makes it.
struct CudaFilterChange
{
  float weightSquares;
  float gradientSquares;
  float changeSquares;
  std::uint32_t above[7]; ///< changes above 1, 1e-1, ... 1e-6 of the weight
};

/// What an update did to each filter, by one block each.
/// @param filters, changes in device memory
int cudaMeasureChanges(const float* before, const float* after, const float* gradients,
  const CudaStretch* filters, int count, CudaFilterChange* changes, void* stream);

} // namespace tensorview

#endif
