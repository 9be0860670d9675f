#include "HostMirror.h"

#include <ATen/ops/empty.h>

#ifdef TENSORVIEW_HAS_CUDA
#include <ATen/cuda/CUDAEvent.h>
#endif

namespace tensorview
{

std::size_t HostMirror::request(const at::Tensor& tensor)
{
  if (this->used_ == this->copies_.size())
  {
    this->copies_.emplace_back();
  }
  Copy& copy = this->copies_[this->used_];
  copy.device = tensor;
  if (tensor.is_cpu() || tensor.numel() == 0)
  {
    copy.host = tensor.cpu();
    return this->used_++;
  }
  const bool fits = copy.host.defined() && copy.host.is_pinned() &&
                    copy.host.sizes() == tensor.sizes() &&
                    copy.host.scalar_type() == tensor.scalar_type();
  if (!fits)
  {
    copy.host = at::empty(tensor.sizes(), tensor.options().device(at::kCPU).pinned_memory(true));
  }
  copy.host.copy_(tensor, /*non_blocking=*/true);
  return this->used_++;
}

void HostMirror::wait()
{
#ifdef TENSORVIEW_HAS_CUDA
  if (this->used_ > 0 && this->copies_.front().device.is_cuda())
  {
    at::cuda::CUDAEvent done;
    done.record();
    done.synchronize();
  }
#endif
  for (Copy& copy : this->copies_)
  {
    copy.device.reset();
  }
}

} // namespace tensorview
