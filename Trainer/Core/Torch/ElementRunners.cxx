// Layers that act on each value by itself: ReLU, dropout, add, and the flatten that only renames.

#include "LayerRunner.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/threshold_backward.h>

#include <algorithm>

namespace tensorview
{

namespace
{
/// Whether nothing needs the values that layer `index` put out once its only reader has them: the
/// layer that made them does not look at them again in its backward.
bool mayOverwrite(const NetworkGraph& graph, int index)
{
  if (index == imageInput || graph.readers(index).size() != 1)
  {
    return false;
  }
  const LayerType type = graph.layers[static_cast<std::size_t>(index)].type;
  return type == LayerType::Convolution || type == LayerType::Dense ||
         type == LayerType::BatchNorm || type == LayerType::Add;
}

class ReluRunner final : public LayerRunner
{
public:
  ReluRunner(const RunnerPlan& plan, int index)
    : input_(plan.graph.layers[static_cast<std::size_t>(index)].inputs[0])
    , index_(index)
    , inPlace_(mayOverwrite(plan.graph, this->input_))
  {
  }

  void forward(Pass& pass) override
  {
    at::Tensor input = pass.output(this->input_);
    pass.outputs[static_cast<std::size_t>(this->index_)] =
      this->inPlace_ ? input.relu_() : at::relu(input);
  }

  void backward(Pass& pass) override
  {
    const std::size_t index = static_cast<std::size_t>(this->index_);
    pass.addGradient(
      this->input_, at::threshold_backward(pass.gradients[index], pass.outputs[index], 0));
  }

private:
  int input_;
  int index_;
  bool inPlace_;
};

class DropoutRunner final : public LayerRunner
{
public:
  DropoutRunner(const RunnerPlan& plan, int index)
    : input_(plan.graph.layers[static_cast<std::size_t>(index)].inputs[0])
    , index_(index)
    , kept_(1.0 - plan.graph.layers[static_cast<std::size_t>(index)].probability)
  {
  }

  void forward(Pass& pass) override
  {
    const at::Tensor& input = pass.output(this->input_);
    at::Tensor& output = pass.outputs[static_cast<std::size_t>(this->index_)];
    if (pass.mode != PassMode::Training)
    {
      output = input;
      return;
    }
    this->factor_ =
      at::empty_like(input).bernoulli_(this->kept_, *pass.generator).div_(this->kept_);
    output = input * this->factor_;
  }

  void backward(Pass& pass) override
  {
    pass.addGradient(
      this->input_, pass.gradients[static_cast<std::size_t>(this->index_)] * this->factor_);
  }

  void release() override { this->factor_.reset(); }

private:
  int input_;
  int index_;
  double kept_;       ///< probability
  at::Tensor factor_; ///< 0 or 1 / kept_
};

class AddRunner final : public LayerRunner
{
public:
  AddRunner(const RunnerPlan& plan, int index)
    : inputs_(plan.graph.layers[static_cast<std::size_t>(index)].inputs)
    , index_(index)
    , inPlace_(mayOverwrite(plan.graph, this->inputs_[0]) &&
               std::count(this->inputs_.begin(), this->inputs_.end(), this->inputs_[0]) == 1)
  {
  }

  void forward(Pass& pass) override
  {
    at::Tensor first = pass.output(this->inputs_[0]);
    const at::Tensor& second = pass.output(this->inputs_[1]);
    at::Tensor sum = this->inPlace_ ? first.add_(second) : first + second;
    for (std::size_t i = 2; i < this->inputs_.size(); ++i)
    {
      sum.add_(pass.output(this->inputs_[i]));
    }
    pass.outputs[static_cast<std::size_t>(this->index_)] = sum;
  }

  void backward(Pass& pass) override
  {
    for (const int input : this->inputs_)
    {
      pass.addGradient(input, pass.gradients[static_cast<std::size_t>(this->index_)]);
    }
  }

private:
  std::vector<int> inputs_;
  int index_;
  bool inPlace_;
};

class FlattenRunner final : public LayerRunner
{
public:
  FlattenRunner(const RunnerPlan& plan, int index)
    : input_(plan.graph.layers[static_cast<std::size_t>(index)].inputs[0])
    , index_(index)
    , shape_(plan.graph.outputOf(this->input_))
    , format_(plan.format)
    , storageOrder_(
        plan.format == at::MemoryFormat::ChannelsLast && plan.graph.flattensInStorageOrder(index))
  {
  }

  void forward(Pass& pass) override
  {
    const at::Tensor& maps = pass.output(this->input_);
    const std::int64_t images = maps.size(0);
    // Channels last the maps are one row per image already if [row][column][channel] will do.
    const at::Tensor ordered =
      this->storageOrder_ ? maps.permute({ 0, 2, 3, 1 }).contiguous() : maps.contiguous();
    pass.outputs[static_cast<std::size_t>(this->index_)] =
      ordered.view({ images, this->shape_.size() });
  }

  void backward(Pass& pass) override
  {
    const at::Tensor& gradient = pass.gradients[static_cast<std::size_t>(this->index_)];
    const std::int64_t images = gradient.size(0);
    const at::Tensor contiguous = gradient.contiguous();
    const MapShape& shape = this->shape_;
    const at::Tensor maps =
      this->storageOrder_ ? contiguous.view({ images, shape.rows, shape.columns, shape.channels })
                              .permute({ 0, 3, 1, 2 })
                          : contiguous.view({ images, shape.channels, shape.rows, shape.columns })
                              .contiguous(this->format_);
    pass.addGradient(this->input_, maps);
  }

private:
  int input_;
  int index_;
  MapShape shape_;
  at::MemoryFormat format_;
  bool storageOrder_;
};
}

std::unique_ptr<LayerRunner> makeReluRunner(const RunnerPlan& plan, int index)
{
  return std::make_unique<ReluRunner>(plan, index);
}

std::unique_ptr<LayerRunner> makeDropoutRunner(const RunnerPlan& plan, int index)
{
  return std::make_unique<DropoutRunner>(plan, index);
}

std::unique_ptr<LayerRunner> makeAddRunner(const RunnerPlan& plan, int index)
{
  return std::make_unique<AddRunner>(plan, index);
}

std::unique_ptr<LayerRunner> makeFlattenRunner(const RunnerPlan& plan, int index)
{
  return std::make_unique<FlattenRunner>(plan, index);
}

} // namespace tensorview
