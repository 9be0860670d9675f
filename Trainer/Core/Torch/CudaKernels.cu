#include "CudaKernels.h"

#include <cuda_runtime.h>

namespace tensorview
{

namespace
{
constexpr int threads = 256;
constexpr int updateBlocks = 512;

__global__ void updateSgd(float* __restrict__ values, const float* __restrict__ gradients,
  float* __restrict__ momenta, std::size_t count, const SgdRule* rule)
{
  const SgdRule r = *rule;
  const std::size_t stride = std::size_t(gridDim.x) * blockDim.x;
  for (std::size_t i = blockIdx.x * std::size_t(blockDim.x) + threadIdx.x; i < count; i += stride)
  {
    const float step = r.momentum * momenta[i] + (gradients[i] + r.weightDecay * values[i]);
    momenta[i] = step;
    values[i] -= r.learningRate * step;
  }
}

__global__ void updateAdam(float* __restrict__ values, const float* __restrict__ gradients,
  float* __restrict__ firstMoments, float* __restrict__ secondMoments, std::size_t count,
  const AdamRule* rule)
{
  const AdamRule r = *rule;
  const std::size_t stride = std::size_t(gridDim.x) * blockDim.x;
  for (std::size_t i = blockIdx.x * std::size_t(blockDim.x) + threadIdx.x; i < count; i += stride)
  {
    const float shrunk = values[i] * r.weightFactor;
    const float slope = gradients[i] + r.weightDecay * shrunk;
    const float first = firstMoments[i] + r.oneMinusBeta1 * (slope - firstMoments[i]);
    const float second = r.beta2 * secondMoments[i] + r.oneMinusBeta2 * (slope * slope);
    firstMoments[i] = first;
    secondMoments[i] = second;
    values[i] = shrunk - r.stepSize * (first / (sqrtf(second) / r.secondCorrection + r.epsilon));
  }
}

__device__ void addTo(Moments& sum, const Moments& other)
{
  sum.sum += other.sum;
  sum.absoluteSum += other.absoluteSum;
  sum.squareSum += other.squareSum;
  sum.nonZero += other.nonZero;
  sum.min = other.min < sum.min ? other.min : sum.min;
  sum.max = other.max > sum.max ? other.max : sum.max;
}

__global__ void chunkMoments(const float* values, const CudaChunk* chunks, Moments* moments)
{
  // Shared memory takes no constructors.
  __shared__ alignas(Moments) unsigned char storage[threads * sizeof(Moments)];
  Moments* const partial = reinterpret_cast<Moments*>(storage);
  const CudaChunk chunk = chunks[blockIdx.x];
  Moments sum = { 0.0, 0.0, 0.0, 0, INFINITY, -INFINITY };
  for (std::int64_t i = threadIdx.x; i < chunk.count; i += blockDim.x)
  {
    const float value = values[chunk.offset + i];
    addTo(sum, { double(value), double(fabsf(value)), double(value) * double(value),
                 value != 0.0F ? 1 : 0, value, value });
  }
  partial[threadIdx.x] = sum;
  for (int width = threads / 2; width > 0; width /= 2)
  {
    __syncthreads();
    if (int(threadIdx.x) < width)
    {
      addTo(partial[threadIdx.x], partial[threadIdx.x + width]);
    }
  }
  if (threadIdx.x == 0)
  {
    moments[blockIdx.x] = partial[0];
  }
}
}

int cudaUpdateSgd(float* values, const float* gradients, float* momenta, std::size_t count,
  const SgdRule* rule, void* stream)
{
  updateSgd<<<updateBlocks, threads, 0, static_cast<cudaStream_t>(stream)>>>(
    values, gradients, momenta, count, rule);
  return cudaGetLastError();
}

int cudaUpdateAdam(float* values, const float* gradients, float* firstMoments, float* secondMoments,
  std::size_t count, const AdamRule* rule, void* stream)
{
  updateAdam<<<updateBlocks, threads, 0, static_cast<cudaStream_t>(stream)>>>(
    values, gradients, firstMoments, secondMoments, count, rule);
  return cudaGetLastError();
}

int cudaChunkMoments(
  const float* values, const CudaChunk* chunks, int count, Moments* moments, void* stream)
{
  chunkMoments<<<count, threads, 0, static_cast<cudaStream_t>(stream)>>>(values, chunks, moments);
  return cudaGetLastError();
}

} // namespace tensorview
