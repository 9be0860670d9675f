#include "CudaKernels.h"

#include <cuda_runtime.h>

namespace tensorview
{

namespace
{
constexpr int threads = 256;
constexpr int updateBlocks = 512;

__global__ void updateSgd(float* __restrict__ values, const float* __restrict__ gradients,
  float* __restrict__ momenta, std::size_t count, const SgdRule r)
{
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
  const AdamRule r)
{
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

/// Adds up what the threads of a block have; the sum is the first thread's.
template <typename Sum, typename Add>
__device__ void foldBlock(Sum& own, Sum* partial, Add add)
{
  partial[threadIdx.x] = own;
  for (int width = threads / 2; width > 0; width /= 2)
  {
    __syncthreads();
    if (int(threadIdx.x) < width)
    {
      add(partial[threadIdx.x], partial[threadIdx.x + width]);
    }
  }
  own = partial[threadIdx.x];
}

__device__ Moments noMoments()
{
  return { 0.0, 0.0, 0.0, 0, INFINITY, -INFINITY };
}

__device__ void writeFolded(Moments sum, Moments* result)
{
  // Shared memory takes no constructors.
  __shared__ alignas(Moments) unsigned char storage[threads * sizeof(Moments)];
  foldBlock(sum, reinterpret_cast<Moments*>(storage),
    [](Moments& to, const Moments& from) { addTo(to, from); });
  if (threadIdx.x == 0)
  {
    *result = sum;
  }
}

__global__ void momentsOf(const float* values, const CudaStretch* stretches, Moments* moments)
{
  const CudaStretch stretch = stretches[blockIdx.x];
  Moments sum = noMoments();
  for (std::int64_t i = threadIdx.x; i < stretch.count; i += threads)
  {
    const float value = values[stretch.offset + i];
    addTo(sum, { double(value), double(fabsf(value)), double(value) * double(value),
                 value != 0.0F ? 1 : 0, value, value });
  }
  writeFolded(sum, moments + blockIdx.x);
}

__global__ void foldMoments(const Moments* parts, const CudaStretch* stretches, Moments* moments)
{
  const CudaStretch stretch = stretches[blockIdx.x];
  Moments sum = noMoments();
  for (std::int64_t i = threadIdx.x; i < stretch.count; i += threads)
  {
    addTo(sum, parts[stretch.offset + i]);
  }
  writeFolded(sum, moments + blockIdx.x);
}

/// A filter's sums in the making.
struct ChangeSums
{
  double squares[3]; ///< of weights, gradients, changes
  std::uint32_t above[7];
};

__global__ void measureChanges(const float* before, const float* after, const float* gradients,
  const CudaStretch* filters, CudaFilterChange* changes)
{
  __shared__ ChangeSums partial[threads];
  const CudaStretch filter = filters[blockIdx.x];
  ChangeSums sums = {};
  for (std::int64_t k = threadIdx.x; k < filter.count; k += threads)
  {
    const std::int64_t i = filter.offset + k;
    const float change = after[i] - before[i];
    const float size = fabsf(change);
    const float reference = fabsf(before[i]);
    sums.squares[0] += double(after[i]) * double(after[i]);
    sums.squares[1] += double(gradients[i]) * double(gradients[i]);
    sums.squares[2] += double(change) * double(change);
    const float parts[7] = { 1.0F, 1e-1F, 1e-2F, 1e-3F, 1e-4F, 1e-5F, 1e-6F };
    for (int band = 0; band < 7; ++band)
    {
      sums.above[band] += size > parts[band] * reference ? 1U : 0U;
    }
  }
  foldBlock(sums, partial,
    [](ChangeSums& to, const ChangeSums& from)
    {
      for (int k = 0; k < 3; ++k)
      {
        to.squares[k] += from.squares[k];
      }
      for (int band = 0; band < 7; ++band)
      {
        to.above[band] += from.above[band];
      }
    });
  if (threadIdx.x == 0)
  {
    CudaFilterChange& result = changes[blockIdx.x];
    result.weightSquares = float(sums.squares[0]);
    result.gradientSquares = float(sums.squares[1]);
    result.changeSquares = float(sums.squares[2]);
    for (int band = 0; band < 7; ++band)
    {
      result.above[band] = sums.above[band];
    }
  }
}
}

int cudaUpdateSgd(float* values, const float* gradients, float* momenta, std::size_t count,
  const SgdRule& rule, void* stream)
{
  updateSgd<<<updateBlocks, threads, 0, static_cast<cudaStream_t>(stream)>>>(
    values, gradients, momenta, count, rule);
  return cudaGetLastError();
}

int cudaUpdateAdam(float* values, const float* gradients, float* firstMoments, float* secondMoments,
  std::size_t count, const AdamRule& rule, void* stream)
{
  updateAdam<<<updateBlocks, threads, 0, static_cast<cudaStream_t>(stream)>>>(
    values, gradients, firstMoments, secondMoments, count, rule);
  return cudaGetLastError();
}

int cudaMoments(
  const float* values, const CudaStretch* stretches, int count, Moments* moments, void* stream)
{
  momentsOf<<<count, threads, 0, static_cast<cudaStream_t>(stream)>>>(values, stretches, moments);
  return cudaGetLastError();
}

int cudaFoldMoments(
  const Moments* parts, const CudaStretch* stretches, int count, Moments* moments, void* stream)
{
  foldMoments<<<count, threads, 0, static_cast<cudaStream_t>(stream)>>>(parts, stretches, moments);
  return cudaGetLastError();
}

int cudaMeasureChanges(const float* before, const float* after, const float* gradients,
  const CudaStretch* filters, int count, CudaFilterChange* changes, void* stream)
{
  measureChanges<<<count, threads, 0, static_cast<cudaStream_t>(stream)>>>(
    before, after, gradients, filters, changes);
  return cudaGetLastError();
}

} // namespace tensorview
