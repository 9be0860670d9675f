#include "Optimizer.h"

#ifdef TENSORVIEW_HAS_CUDA
#include "CudaKernels.h"
#include "CudaObjects.h"
#endif

#include <stdexcept>

namespace tensorview
{

#ifdef TENSORVIEW_HAS_CUDA

namespace
{
/// What an update shall leave as it is, taken before and put back behind.
class KeptStretches
{
public:
  KeptStretches(const ParameterStore& store, const std::vector<FrozenStretch>& frozen)
  {
    for (const at::Tensor& flat : { store.values, store.firstMoments, store.secondMoments })
    {
      for (const FrozenStretch& stretch : frozen)
      {
        if (flat.defined())
        {
          this->places_.push_back(flat.narrow(0, stretch.offset, stretch.count));
          this->values_.push_back(this->places_.back().clone());
        }
      }
    }
  }
  void putBack()
  {
    for (std::size_t i = 0; i < this->places_.size(); ++i)
    {
      this->places_[i].copy_(this->values_[i]);
    }
  }

private:
  std::vector<at::Tensor> places_;
  std::vector<at::Tensor> values_;
};
}

void Optimizer::runOnCuda(ParameterStore& store, const Hyperparameters& hyper)
{
  void* const stream = currentCudaStream(store.values);
  const std::size_t count = static_cast<std::size_t>(store.values.numel());
  float* values = store.values.data_ptr<float>();
  const float* gradients = store.gradients.const_data_ptr<float>();
  // Gaps between parameters are zero and stay so: the whole buffer is one stretch.
  if (this->adam_)
  {
    checkCuda(cudaUpdateAdam(values, gradients, store.firstMoments.data_ptr<float>(),
      store.secondMoments.data_ptr<float>(), count, this->adamRule(hyper), stream));
  }
  else
  {
    checkCuda(cudaUpdateSgd(values, gradients, store.firstMoments.data_ptr<float>(), count,
      this->sgdRule(hyper), stream));
  }
}

void Optimizer::updateOnCuda(ParameterStore& store, const Hyperparameters& hyper, bool wantsMoments)
{
  void* const stream = currentCudaStream(store.values);
  KeptStretches kept(store, this->frozen_);
  this->runOnCuda(store, hyper);
  kept.putBack();
  if (!wantsMoments || this->chunks_.empty())
  {
    return;
  }

  const std::size_t parameters = store.parameters().size();
  if (!this->deviceMoments_.defined())
  {
    std::vector<CudaStretch> chunks;
    std::vector<CudaStretch> chunksOfParameter(parameters, { 0, 0 });
    for (const Chunk& chunk : this->chunks_)
    {
      CudaStretch& range = chunksOfParameter[chunk.parameter];
      range.offset = range.count == 0 ? static_cast<std::int64_t>(chunks.size()) : range.offset;
      ++range.count;
      chunks.push_back({ chunk.offset, chunk.count });
    }
    this->deviceChunks_ = copyToDevice(chunks, store.values);
    this->deviceRanges_ = copyToDevice(chunksOfParameter, store.values);
    this->chunkBytes_ = makeOnDevice<Moments>(chunks.size(), store.values);
    this->deviceMoments_ = makeOnDevice<Moments>(2 * parameters, store.values);
  }
  Moments* const parts = objectsIn<Moments>(this->chunkBytes_);
  Moments* const whole = objectsIn<Moments>(this->deviceMoments_);
  const auto reduce = [&](const float* data, Moments* folded)
  {
    checkCuda(cudaMoments(data, objectsIn<CudaStretch>(this->deviceChunks_),
      static_cast<int>(this->chunks_.size()), parts, stream));
    checkCuda(cudaFoldMoments(parts, objectsIn<CudaStretch>(this->deviceRanges_),
      static_cast<int>(parameters), folded, stream));
  };
  reduce(store.values.const_data_ptr<float>(), whole);
  reduce(store.gradients.const_data_ptr<float>(), whole + parameters);
}

void Optimizer::readMoments(const at::Tensor& bytes, ParameterMoments& moments)
{
  const Moments* const first = objectsIn<Moments>(bytes);
  const std::size_t parameters = static_cast<std::size_t>(bytes.numel()) / sizeof(Moments) / 2;
  moments.values.assign(first, first + parameters);
  moments.gradients.assign(first + parameters, first + 2 * parameters);
}

#else

void Optimizer::updateOnCuda(ParameterStore&, const Hyperparameters&, bool)
{
  throw std::logic_error("this engine was built without CUDA");
}

void Optimizer::readMoments(const at::Tensor&, ParameterMoments&)
{
  throw std::logic_error("this engine was built without CUDA");
}

#endif

} // namespace tensorview
