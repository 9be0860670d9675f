#ifndef TENSORVIEW_CUDA_KERNELS_H
#define TENSORVIEW_CUDA_KERNELS_H

#include "../Network/Moments.h"
#include "OptimizerRules.h"

#include <cstddef>
#include <cstdint>

/// Torch-free kernels: plain pointers to device memory and a stream, so that nvcc never sees
/// torch's headers. They allocate nothing and read what may change from device memory, so that they
/// can be captured into a graph. All return a cudaError_t, 0 = success.
namespace tensorview
{

/// @param rule in device memory
int cudaUpdateSgd(float* values, const float* gradients, float* momenta, std::size_t count,
  const SgdRule* rule, void* stream);

/// @param rule in device memory
int cudaUpdateAdam(float* values, const float* gradients, float* firstMoments, float* secondMoments,
  std::size_t count, const AdamRule* rule, void* stream);

/// A stretch of a flat buffer.
struct CudaChunk
{
  std::int64_t offset;
  std::int64_t count;
};

/// Moments of each chunk, by one block each, added in a fixed order: the same bytes every time.
int cudaChunkMoments(
  const float* values, const CudaChunk* chunks, int count, Moments* moments, void* stream);

} // namespace tensorview

#endif
