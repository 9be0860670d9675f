#include "FilterChangesCuda.h"

#ifdef TENSORVIEW_HAS_CUDA
#include "CudaKernels.h"
#include "CudaObjects.h"
#endif

#include <cmath>
#include <stdexcept>
#include <utility>

namespace tensorview
{

FilterChangesCuda::FilterChangesCuda(std::vector<Place> filters)
  : filters_(std::move(filters))
{
}

#ifdef TENSORVIEW_HAS_CUDA

std::vector<FilterChange> FilterChangesCuda::measure(
  const at::Tensor& before, const at::Tensor& after, const at::Tensor& gradients)
{
  if (this->filters_.empty())
  {
    return {};
  }
  if (!this->places_.defined())
  {
    std::vector<CudaStretch> stretches;
    for (const Place& place : this->filters_)
    {
      stretches.push_back({ place.offset, place.count });
    }
    this->places_ = copyToDevice(stretches, after);
  }
  const at::Tensor sums = makeOnDevice<CudaFilterChange>(this->filters_.size(), after);
  checkCuda(cudaMeasureChanges(before.const_data_ptr<float>(), after.const_data_ptr<float>(),
    gradients.const_data_ptr<float>(), objectsIn<CudaStretch>(this->places_),
    static_cast<int>(this->filters_.size()), objectsIn<CudaFilterChange>(sums),
    currentCudaStream(after)));
  const at::Tensor host = sums.cpu();
  const CudaFilterChange* const first = objectsIn<CudaFilterChange>(host);
  std::vector<FilterChange> changes;
  for (std::size_t i = 0; i < this->filters_.size(); ++i)
  {
    const CudaFilterChange& sum = first[i];
    FilterChange change;
    change.weightNorm = std::sqrt(sum.weightSquares);
    change.gradientNorm = std::sqrt(sum.gradientSquares);
    change.changeNorm = std::sqrt(sum.changeSquares);
    std::uint32_t above = 0;
    for (std::size_t band = 0; band + 1 < changeBandCount; ++band)
    {
      change.bands[band] = sum.above[band] - above;
      above = sum.above[band];
    }
    change.bands[changeBandCount - 1] = static_cast<std::uint32_t>(this->filters_[i].count) - above;
    changes.push_back(change);
  }
  return changes;
}

#else

std::vector<FilterChange> FilterChangesCuda::measure(
  const at::Tensor&, const at::Tensor&, const at::Tensor&)
{
  throw std::logic_error("this engine was built without CUDA");
}

#endif

} // namespace tensorview
