#include "HostCopy.h"

#ifdef TENSORVIEW_HAS_CUDA
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/ops/empty.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <algorithm>
#include <array>
#include <cstring>
#endif

namespace tensorview
{

#ifdef TENSORVIEW_HAS_CUDA

namespace
{
constexpr std::int64_t bufferBytes = std::int64_t(8) << 20;

void copyThroughBuffers(const at::Tensor& from, const at::Tensor& to)
{
  const c10::cuda::CUDAStream side = c10::cuda::getStreamFromPool(false, from.device().index());
  at::cuda::CUDAEvent ready;
  ready.record(); // on the stream that makes the values
  ready.block(side);

  const std::int64_t count = from.numel();
  const std::int64_t most =
    std::min(count, bufferBytes / static_cast<std::int64_t>(from.element_size()));
  struct Half
  {
    at::Tensor buffer;
    at::cuda::CUDAEvent done;
    std::int64_t begin = 0;
    std::int64_t size = 0;
  };
  std::array<Half, 2> halves;
  for (Half& half : halves)
  {
    half.buffer = at::empty({ most }, to.options().pinned_memory(true));
  }
  const at::Tensor values = from.view({ count });
  const auto fill = [&](Half& half, std::int64_t begin)
  {
    const c10::cuda::CUDAStreamGuard guard(side);
    half.begin = begin;
    half.size = std::min(most, count - begin);
    half.buffer.narrow(0, 0, half.size)
      .copy_(values.narrow(0, begin, half.size), /*non_blocking=*/true);
    half.done.record(side);
  };
  const auto empty = [&](Half& half)
  {
    half.done.synchronize();
    const std::size_t size = from.element_size();
    std::memcpy(
      static_cast<char*>(to.mutable_data_ptr()) + static_cast<std::size_t>(half.begin) * size,
      half.buffer.const_data_ptr(), static_cast<std::size_t>(half.size) * size);
  };
  fill(halves[0], 0);
  for (std::int64_t begin = most, turn = 1; begin < count; begin += most, turn = 1 - turn)
  {
    fill(halves[static_cast<std::size_t>(turn)], begin);
    empty(halves[static_cast<std::size_t>(1 - turn)]);
  }
  empty(halves[static_cast<std::size_t>((count - 1) / most % 2)]);
}
}

at::Tensor toHost(const at::Tensor& tensor)
{
  if (!tensor.is_cuda() || tensor.numel() == 0)
  {
    return tensor.cpu();
  }
  const at::Tensor from = tensor.contiguous();
  const at::Tensor to = at::empty(from.sizes(), from.options().device(at::kCPU));
  copyThroughBuffers(from, to);
  return to;
}

#else

at::Tensor toHost(const at::Tensor& tensor)
{
  return tensor.cpu();
}

#endif

} // namespace tensorview
