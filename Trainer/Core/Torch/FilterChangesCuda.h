#ifndef TENSORVIEW_FILTER_CHANGES_CUDA_H
#define TENSORVIEW_FILTER_CHANGES_CUDA_H

#include "FilterKernels.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tensorview
{

/// measureChange() for many filters whose values lie on a GPU; the sums are taken there.
class FilterChangesCuda
{
public:
  /// A filter in the flat buffers.
  struct Place
  {
    std::int64_t offset;
    std::int64_t count;
  };
  explicit FilterChangesCuda(std::vector<Place> filters = {});

  /// @param before, after, gradients flat buffers on the GPU
  std::vector<FilterChange> measure(
    const at::Tensor& before, const at::Tensor& after, const at::Tensor& gradients);

private:
  std::vector<Place> filters_;
  at::Tensor places_; ///< bytes on the GPU, made by the first measure()
};

} // namespace tensorview

#endif
