#include "LayerRunner.h"
#include "PoolKernels.h"

#include <ATen/Parallel.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>

namespace tensorview
{

namespace
{
/// Correlations of single filters want maps of some size; smaller ones run over the outputs of a
/// probe batch, which the fused layers do not keep.
constexpr std::int64_t fewestPixels = 16;

/// Runs `body(image, part)` for all images, spread over as many parts as there are threads; an
/// image is always in the same part for the same number of threads.
template <typename Body>
void forImages(std::int64_t images, std::int64_t parts, const Body& body)
{
  at::parallel_for(0, parts, 1,
    [&](std::int64_t begin, std::int64_t end)
    {
      for (std::int64_t part = begin; part < end; ++part)
      {
        for (std::int64_t image = images * part / parts; image < images * (part + 1) / parts;
             ++image)
        {
          body(image, part);
        }
      }
    });
}

/// Sums over the images of a batch, taken part by part.
class PartSums
{
public:
  /// @param total [channels, rows, columns], what the sums are added to at the end; undefined: none
  PartSums(const at::Tensor& total, const PoolExtents& extents, std::int64_t parts)
    : total_(total)
    , extents_(extents)
  {
    if (total.defined())
    {
      this->sums_ = at::zeros({ parts, extents.rows, extents.columns, extents.channels });
      this->data_ = this->sums_.data_ptr<float>();
    }
  }

  bool wanted() const { return this->data_ != nullptr; }
  float* part(std::int64_t part) const
  {
    return this->data_ + static_cast<std::size_t>(part) * this->extents_.size();
  }
  void finish()
  {
    if (this->wanted())
    {
      this->total_.add_(at::sum(this->sums_, 0).permute({ 2, 0, 1 }));
    }
  }

private:
  at::Tensor total_;
  PoolExtents extents_;
  at::Tensor sums_;
  float* data_ = nullptr;
};

/// The convolution is torch's, without bias; bias, ReLU and pooling are one pass over its output.
class ConvolutionPoolRunner final : public LayerRunner
{
public:
  ConvolutionPoolRunner(const RunnerPlan& plan, int index)
    : spec_(plan.graph.layers[static_cast<std::size_t>(index)])
    , reluIndex_(index + 1)
    , poolIndex_(index + 2)
    , inputGradient_(plan.needsInputGradient(index))
  {
    const Parameter& weight = *plan.store.find(index, ParameterRole::Weight);
    this->weight_ = ParameterStore::view(plan.store.values, weight);
    this->weightGradient_ = ParameterStore::view(plan.store.gradients, weight);
    if (this->spec_.bias)
    {
      const Parameter& bias = *plan.store.find(index, ParameterRole::Bias);
      this->bias_ = ParameterStore::view(plan.store.values, bias);
      this->biasGradient_ = ParameterStore::view(plan.store.gradients, bias);
    }
    else
    {
      this->bias_ = at::zeros({ this->spec_.units });
    }
    this->extents_ = { this->spec_.output.rows, this->spec_.output.columns, this->spec_.units };
  }

  void forward(Pass& pass) override
  {
    const std::int64_t padding = this->spec_.padding;
    const at::Tensor maps = at::conv2d(pass.output(this->spec_.inputs[0]), this->weight_, {},
      { this->spec_.stride, this->spec_.stride }, { padding, padding })
                              .contiguous(at::MemoryFormat::ChannelsLast);
    const std::int64_t images = maps.size(0);
    const at::Tensor pooled = at::empty(
      { images, this->extents_.channels, this->extents_.rows / 2, this->extents_.columns / 2 },
      maps.options(), at::MemoryFormat::ChannelsLast);
    this->source_ =
      at::empty({ images, static_cast<std::int64_t>(this->extents_.pooledSize()) }, at::kByte);

    const float* mapData = maps.const_data_ptr<float>();
    const float* bias = this->bias_.const_data_ptr<float>();
    float* pooledData = pooled.data_ptr<float>();
    std::uint8_t* sourceData = this->source_.data_ptr<std::uint8_t>();
    const std::size_t size = this->extents_.size();
    const std::size_t pooledSize = this->extents_.pooledSize();
    const std::int64_t parts = at::get_num_threads();
    PartSums sums(
      pass.activationSums[static_cast<std::size_t>(this->reluIndex_)], this->extents_, parts);
    forImages(images, parts,
      [&](std::int64_t image, std::int64_t part)
      {
        const std::size_t i = static_cast<std::size_t>(image);
        biasReluPool(mapData + i * size, bias, pooledData + i * pooledSize,
          sourceData + i * pooledSize, this->extents_);
        if (sums.wanted())
        {
          addBiasRelu(mapData + i * size, bias, sums.part(part), this->extents_);
        }
      });
    sums.finish();
    pass.outputs[static_cast<std::size_t>(this->poolIndex_)] = pooled;
  }

  void backward(Pass& pass) override
  {
    const at::Tensor pooledGradient =
      pass.gradients[static_cast<std::size_t>(this->poolIndex_)].contiguous(
        at::MemoryFormat::ChannelsLast);
    const std::int64_t images = pooledGradient.size(0);
    const std::int64_t channels = this->extents_.channels;
    const at::Tensor mapGradient =
      at::empty({ images, channels, this->extents_.rows, this->extents_.columns },
        pooledGradient.options(), at::MemoryFormat::ChannelsLast);
    // One row per image, so that the sum does not depend on the number of threads.
    const at::Tensor biasGradients = at::zeros({ images, channels });

    const float* pooledData = pooledGradient.const_data_ptr<float>();
    const std::uint8_t* sourceData = this->source_.const_data_ptr<std::uint8_t>();
    float* mapData = mapGradient.data_ptr<float>();
    float* biasData = biasGradients.data_ptr<float>();
    const std::size_t size = this->extents_.size();
    const std::size_t pooledSize = this->extents_.pooledSize();
    const std::int64_t parts = at::get_num_threads();
    PartSums sums(
      pass.gradientSums[static_cast<std::size_t>(this->reluIndex_)], this->extents_, parts);
    forImages(images, parts,
      [&](std::int64_t image, std::int64_t part)
      {
        const std::size_t i = static_cast<std::size_t>(image);
        biasReluPoolBackward(pooledData + i * pooledSize, sourceData + i * pooledSize,
          mapData + i * size, biasData + image * channels, this->extents_);
        if (sums.wanted())
        {
          addPoolGradient(pooledData + i * pooledSize, sourceData + i * pooledSize, sums.part(part),
            this->extents_);
        }
      });
    sums.finish();
    if (this->spec_.bias)
    {
      storeGradient(this->biasGradient_, at::sum(biasGradients, 0), pass);
    }

    const std::int64_t padding = this->spec_.padding;
    const auto [input, weight, bias] =
      at::convolution_backward(mapGradient, pass.output(this->spec_.inputs[0]), this->weight_,
        at::OptionalIntArrayRef(), { this->spec_.stride, this->spec_.stride }, { padding, padding },
        { 1, 1 }, false, { 0, 0 }, 1, { this->inputGradient_, true, false });
    storeGradient(this->weightGradient_, weight, pass);
    if (this->inputGradient_)
    {
      pass.addGradient(this->spec_.inputs[0], input);
    }
  }

  void release() override { this->source_.reset(); }

private:
  LayerSpec spec_;
  int reluIndex_;
  int poolIndex_;
  bool inputGradient_;
  PoolExtents extents_;
  at::Tensor weight_;
  at::Tensor weightGradient_;
  at::Tensor bias_;
  at::Tensor biasGradient_;
  at::Tensor source_; ///< of the last forward, see biasReluPool
};

bool isOnlyReader(const NetworkGraph& graph, int index, LayerType type)
{
  const std::vector<int> behind = graph.readers(index);
  return behind.size() == 1 && behind[0] == index + 1 &&
         graph.layers[static_cast<std::size_t>(index + 1)].type == type;
}
}

bool canFuseConvolutionPool(const NetworkGraph& graph, int index)
{
  const LayerSpec& convolution = graph.layers[static_cast<std::size_t>(index)];
  if (convolution.type != LayerType::Convolution || !isOnlyReader(graph, index, LayerType::Relu) ||
      !isOnlyReader(graph, index + 1, LayerType::MaxPool))
  {
    return false;
  }
  const LayerSpec& pool = graph.layers[static_cast<std::size_t>(index + 2)];
  return pool.kernel == 2 && pool.stride == 2 && pool.padding == 0 &&
         convolution.output.rows % 2 == 0 && convolution.output.columns % 2 == 0 &&
         convolution.output.pixels() >= fewestPixels;
}

std::unique_ptr<LayerRunner> makeConvolutionPoolRunner(const RunnerPlan& plan, int index)
{
  return std::make_unique<ConvolutionPoolRunner>(plan, index);
}

} // namespace tensorview
