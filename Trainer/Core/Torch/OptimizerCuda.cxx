#include "Optimizer.h"

#ifdef TENSORVIEW_HAS_CUDA
#include "CudaKernels.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>
#endif

#include <stdexcept>

namespace tensorview
{

#ifdef TENSORVIEW_HAS_CUDA

namespace
{
void check(int error)
{
  if (error != cudaSuccess)
  {
    throw std::runtime_error(std::string("a CUDA kernel of the optimiser failed: ") +
                             cudaGetErrorString(static_cast<cudaError_t>(error)));
  }
}

/// A copy of plain objects in device memory, as bytes.
template <typename T>
at::Tensor toDevice(const T* objects, std::size_t count, c10::Device device)
{
  static_assert(std::is_trivially_copyable_v<T>);
  return at::from_blob(
    const_cast<T*>(objects), { static_cast<std::int64_t>(count * sizeof(T)) }, at::kByte)
    .to(device);
}

template <typename T>
const T* dataOf(const at::Tensor& bytes)
{
  return reinterpret_cast<const T*>(bytes.const_data_ptr<std::uint8_t>());
}
}

void Optimizer::updateOnCuda(
  ParameterStore& store, const Hyperparameters& hyper, ParameterMoments* moments)
{
  const c10::Device device = store.values.device();
  const c10::cuda::CUDAStream stream = c10::cuda::getCurrentCUDAStream(device.index());
  const std::size_t count = static_cast<std::size_t>(store.values.numel());
  float* values = store.values.data_ptr<float>();
  const float* gradients = store.gradients.const_data_ptr<float>();
  // Gaps between parameters are zero and stay so: the whole buffer is one stretch.
  if (this->adam_)
  {
    const AdamRule host = this->adamRule(hyper);
    const at::Tensor rule = toDevice(&host, 1, device);
    check(cudaUpdateAdam(values, gradients, store.firstMoments.data_ptr<float>(),
      store.secondMoments.data_ptr<float>(), count, dataOf<AdamRule>(rule), stream.stream()));
  }
  else
  {
    const SgdRule host = this->sgdRule(hyper);
    const at::Tensor rule = toDevice(&host, 1, device);
    check(cudaUpdateSgd(values, gradients, store.firstMoments.data_ptr<float>(), count,
      dataOf<SgdRule>(rule), stream.stream()));
  }
  if (moments == nullptr)
  {
    return;
  }

  std::vector<CudaChunk> chunks;
  for (const Chunk& chunk : this->chunks_)
  {
    chunks.push_back({ chunk.offset, chunk.count });
  }
  const at::Tensor places = toDevice(chunks.data(), chunks.size(), device);
  const auto reduce = [&](const float* data, std::vector<Moments>& perChunk)
  {
    const at::Tensor bytes =
      at::empty({ static_cast<std::int64_t>(chunks.size() * sizeof(Moments)) },
        at::TensorOptions().device(device).dtype(at::kByte));
    check(cudaChunkMoments(data, dataOf<CudaChunk>(places), static_cast<int>(chunks.size()),
      reinterpret_cast<Moments*>(bytes.data_ptr<std::uint8_t>()), stream.stream()));
    const at::Tensor host = bytes.cpu();
    const Moments* first = dataOf<Moments>(host);
    perChunk.assign(first, first + chunks.size());
  };
  reduce(values, this->chunkMoments_.values);
  reduce(gradients, this->chunkMoments_.gradients);
  this->foldMoments(store, *moments);
}

#else

void Optimizer::updateOnCuda(ParameterStore&, const Hyperparameters&, ParameterMoments*)
{
  throw std::logic_error("this engine was built without CUDA");
}

#endif

} // namespace tensorview
