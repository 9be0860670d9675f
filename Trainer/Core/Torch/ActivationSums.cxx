#include "ActivationSums.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>

namespace tensorview
{

ActivationSums::ActivationSums(const NetworkGraph& graph, int batches, c10::Device device)
  : layers_(graph.layers.size())
  , batches_(batches)
  , options_(at::TensorOptions().device(device).dtype(at::kFloat))
{
  for (std::size_t i = 0; i < graph.layers.size(); ++i)
  {
    if (graph.layers[i].hasFilters())
    {
      const int activation = graph.activationLayer(static_cast<int>(i));
      const LayerSpec& layer = graph.layers[static_cast<std::size_t>(activation)];
      Entry entry;
      entry.layer = static_cast<int>(i);
      entry.activation = activation;
      entry.shape = { layer.output.channels };
      if (!layer.flat)
      {
        entry.shape = { layer.output.channels, layer.output.rows, layer.output.columns };
      }
      this->entries_.push_back(std::move(entry));
    }
  }
}

std::vector<at::Tensor> ActivationSums::beginStep(bool wanted)
{
  std::vector<at::Tensor> sums(this->layers_);
  if (wanted || this->batches_ > 1)
  {
    for (const Entry& entry : this->entries_)
    {
      sums[static_cast<std::size_t>(entry.activation)] = at::zeros(entry.shape, this->options_);
    }
  }
  return sums;
}

void ActivationSums::commitStep(const std::vector<at::Tensor>& sums)
{
  if (this->entries_.empty() ||
      !sums[static_cast<std::size_t>(this->entries_[0].activation)].defined())
  {
    return;
  }
  ++this->summed_;
  const bool whole = this->summed_ >= this->batches_;
  for (Entry& entry : this->entries_)
  {
    const at::Tensor& sum = sums[static_cast<std::size_t>(entry.activation)];
    if (entry.running.defined())
    {
      entry.running.add_(sum);
    }
    else
    {
      entry.running = sum;
    }
    if (whole)
    {
      entry.published = entry.running;
      entry.running.reset();
    }
  }
  this->summed_ = whole ? 0 : this->summed_;
}

void ActivationSums::clear()
{
  this->summed_ = 0;
  for (Entry& entry : this->entries_)
  {
    entry.running.reset();
    entry.published.reset();
  }
}

const at::Tensor& ActivationSums::published(int layer) const
{
  static const at::Tensor none;
  for (const Entry& entry : this->entries_)
  {
    if (entry.layer == layer)
    {
      return entry.published;
    }
  }
  return none;
}

} // namespace tensorview
