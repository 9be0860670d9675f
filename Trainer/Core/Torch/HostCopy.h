#ifndef TENSORVIEW_HOST_COPY_H
#define TENSORVIEW_HOST_COPY_H

#include <ATen/core/Tensor.h>

#include <vector>

namespace tensorview
{

/// A CPU tensor with the values of `tensor`: itself if it is there already, else a copy that comes
/// over a stream of its own through two small pinned buffers in turn, one being filled while the
/// other is emptied. Large tensors so come at the bus's speed, and no large memory is pinned.
at::Tensor toHost(const at::Tensor& tensor);

/// All values of `tensor`, of type T, in C order.
template <typename T>
void copyToHost(const at::Tensor& tensor, std::vector<T>& values)
{
  const at::Tensor here = toHost(tensor.contiguous());
  const T* const first = here.const_data_ptr<T>();
  values.assign(first, first + here.numel());
}

} // namespace tensorview

#endif
