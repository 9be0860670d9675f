#ifndef TENSORVIEW_HOST_MIRROR_H
#define TENSORVIEW_HOST_MIRROR_H

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <vector>

namespace tensorview
{

/// Small tensors of a step on the host. All are asked for, then waited for once, so that a step on
/// a GPU is held up at one place only. Their memory there is pinned and kept from step to step. On
/// the CPU nothing is copied.
class HostMirror
{
public:
  /// Forgets what was asked for before.
  void begin() { this->used_ = 0; }
  /// Begins to copy `tensor` (contiguous), behind what its device has to do until now.
  /// @return its number, for at()
  std::size_t request(const at::Tensor& tensor);
  /// Returns when all that was asked for is there.
  void wait();
  /// @return the copy, good until begin()
  const at::Tensor& at(std::size_t number) const { return this->copies_[number].host; }

private:
  struct Copy
  {
    at::Tensor device; ///< kept alive until the copy is done
    at::Tensor host;
  };
  std::vector<Copy> copies_;
  std::size_t used_ = 0;
};

} // namespace tensorview

#endif
