#ifndef TENSORVIEW_CUDA_OBJECTS_H
#define TENSORVIEW_CUDA_OBJECTS_H

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

/// Plain objects in tensors of bytes, for the kernels of CudaKernels.h. Only for files that are
/// built with CUDA.
namespace tensorview
{

/// @param error what a kernel's launch returned
inline void checkCuda(int error)
{
  if (error != cudaSuccess)
  {
    throw std::runtime_error(
      std::string("a CUDA kernel failed: ") + cudaGetErrorString(static_cast<cudaError_t>(error)));
  }
}

/// The stream that torch uses now on the device of `tensor`.
inline void* currentCudaStream(const at::Tensor& tensor)
{
  return c10::cuda::getCurrentCUDAStream(tensor.device().index()).stream();
}

/// Room for `count` objects on the device of `neighbour`.
template <typename T>
at::Tensor makeOnDevice(std::size_t count, const at::Tensor& neighbour)
{
  static_assert(std::is_trivially_copyable_v<T>);
  return at::empty({ static_cast<std::int64_t>(count * sizeof(T)) },
    at::TensorOptions().device(neighbour.device()).dtype(at::kByte));
}

/// A copy of the objects on the device of `neighbour`.
template <typename T>
at::Tensor copyToDevice(std::vector<T>& objects, const at::Tensor& neighbour)
{
  static_assert(std::is_trivially_copyable_v<T>);
  return at::from_blob(
    objects.data(), { static_cast<std::int64_t>(objects.size() * sizeof(T)) }, at::kByte)
    .to(neighbour.device());
}

template <typename T>
T* objectsIn(const at::Tensor& bytes)
{
  return reinterpret_cast<T*>(bytes.mutable_data_ptr<std::uint8_t>());
}

} // namespace tensorview

#endif
