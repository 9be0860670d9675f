#include "Optimizer.h"

#include "OptimizerKernels.h"

#include <ATen/Parallel.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace tensorview
{

namespace
{
constexpr std::int64_t chunkSize = 16384;

/// Moments of values that stay, and of their gradients: an update of length zero does not change
/// them, and its changes of the optimizer's state are thrown away.
void describeFrozen(const UpdateSpan& span, Moments& values, Moments& gradients)
{
  std::vector<float> scratch(span.firstMoments, span.firstMoments + span.count);
  updateSgdWithMoments({ span.values, span.gradients, scratch.data(), nullptr, span.count },
    SgdRule(), values, gradients);
}

void apply(const UpdateSpan& span, const SgdRule& rule)
{
  updateSgd(span, rule);
}

void apply(const UpdateSpan& span, const AdamRule& rule)
{
  updateAdam(span, rule);
}

void apply(const UpdateSpan& span, const SgdRule& rule, Moments& values, Moments& gradients)
{
  updateSgdWithMoments(span, rule, values, gradients);
}

void apply(const UpdateSpan& span, const AdamRule& rule, Moments& values, Moments& gradients)
{
  updateAdamWithMoments(span, rule, values, gradients);
}
}

Optimizer::Optimizer(const std::string& name, ParameterStore& store)
  : name_(name)
  , adam_(name == "adam" || name == "adamw")
  , decoupled_(name == "adamw")
{
  if (!this->adam_ && name != "sgd")
  {
    throw std::invalid_argument(
      "Optimizer '" + name + "' is not known; there are sgd, adam and adamw");
  }
  if (this->adam_ && store.gradients.defined() && !store.secondMoments.defined())
  {
    store.secondMoments = at::zeros_like(store.values);
  }
  this->makeChunks(store);
}

void Optimizer::setFrozen(const ParameterStore& store, std::vector<FrozenStretch> frozen)
{
  this->frozen_ = std::move(frozen);
  std::sort(this->frozen_.begin(), this->frozen_.end(),
    [](const FrozenStretch& a, const FrozenStretch& b) { return a.offset < b.offset; });
  this->chunks_.clear();
  this->deviceMoments_.reset(); // made anew for the new chunks
  this->makeChunks(store);
}

void Optimizer::makeChunks(const ParameterStore& store)
{
  const std::vector<Parameter>& parameters = store.parameters();
  auto frozen = this->frozen_.begin();
  for (std::size_t i = 0; i < parameters.size(); ++i)
  {
    std::int64_t begin = parameters[i].offset;
    const std::int64_t end = begin + parameters[i].count;
    for (; frozen != this->frozen_.end() && frozen->offset < end; ++frozen)
    {
      this->addChunks(i, begin, frozen->offset, false);
      begin = frozen->offset + frozen->count;
      this->addChunks(i, frozen->offset, begin, true);
    }
    this->addChunks(i, begin, end, false);
  }
}

void Optimizer::addChunks(std::size_t parameter, std::int64_t begin, std::int64_t end, bool frozen)
{
  for (; begin < end; begin += chunkSize)
  {
    this->chunks_.push_back({ parameter, begin, std::min(chunkSize, end - begin), frozen });
  }
}

void Optimizer::update(
  ParameterStore& store, const Hyperparameters& hyper, ParameterMoments* moments)
{
  ++this->updates_;
  if (store.values.is_cuda())
  {
    this->updateOnCuda(store, hyper, moments != nullptr);
  }
  else if (this->adam_)
  {
    this->updateOnCpu(store, this->adamRule(hyper), moments);
  }
  else
  {
    this->updateOnCpu(store, this->sgdRule(hyper), moments);
  }
}

template <typename Rule>
void Optimizer::updateOnCpu(ParameterStore& store, const Rule& rule, ParameterMoments* moments)
{
  float* values = store.values.data_ptr<float>();
  const float* gradients = store.gradients.const_data_ptr<float>();
  float* first = store.firstMoments.data_ptr<float>();
  float* second = this->adam_ ? store.secondMoments.data_ptr<float>() : nullptr;
  if (moments != nullptr)
  {
    this->chunkMoments_.values.assign(this->chunks_.size(), {});
    this->chunkMoments_.gradients.assign(this->chunks_.size(), {});
  }
  at::parallel_for(0, static_cast<std::int64_t>(this->chunks_.size()), 1,
    [&](std::int64_t begin, std::int64_t end)
    {
      for (std::int64_t i = begin; i < end; ++i)
      {
        const std::size_t index = static_cast<std::size_t>(i);
        const Chunk& chunk = this->chunks_[index];
        const UpdateSpan span{ values + chunk.offset, gradients + chunk.offset,
          first + chunk.offset, second == nullptr ? nullptr : second + chunk.offset,
          static_cast<std::size_t>(chunk.count) };
        if (chunk.frozen)
        {
          if (moments != nullptr)
          {
            describeFrozen(
              span, this->chunkMoments_.values[index], this->chunkMoments_.gradients[index]);
          }
        }
        else if (moments == nullptr)
        {
          apply(span, rule);
        }
        else
        {
          apply(
            span, rule, this->chunkMoments_.values[index], this->chunkMoments_.gradients[index]);
        }
      }
    });
  if (moments != nullptr)
  {
    this->foldMoments(store, *moments);
  }
}

void Optimizer::foldMoments(const ParameterStore& store, ParameterMoments& moments) const
{
  // In a fixed order, so that the sums do not depend on the number of threads.
  moments.values.assign(store.parameters().size(), {});
  moments.gradients.assign(store.parameters().size(), {});
  for (std::size_t i = 0; i < this->chunks_.size(); ++i)
  {
    moments.values[this->chunks_[i].parameter].add(this->chunkMoments_.values[i]);
    moments.gradients[this->chunks_[i].parameter].add(this->chunkMoments_.gradients[i]);
  }
}

SgdRule Optimizer::sgdRule(const Hyperparameters& hyper) const
{
  return { static_cast<float>(hyper.learningRate), static_cast<float>(hyper.momentum),
    static_cast<float>(hyper.weightDecay) };
}

AdamRule Optimizer::adamRule(const Hyperparameters& hyper) const
{
  const double t = static_cast<double>(this->updates_);
  AdamRule rule;
  rule.weightFactor =
    this->decoupled_ ? static_cast<float>(1.0 - hyper.learningRate * hyper.weightDecay) : 1.0F;
  rule.weightDecay = this->decoupled_ ? 0.0F : static_cast<float>(hyper.weightDecay);
  rule.oneMinusBeta1 = static_cast<float>(1.0 - hyper.beta1);
  rule.beta2 = static_cast<float>(hyper.beta2);
  rule.oneMinusBeta2 = static_cast<float>(1.0 - hyper.beta2);
  rule.stepSize = static_cast<float>(hyper.learningRate / (1.0 - std::pow(hyper.beta1, t)));
  rule.secondCorrection = static_cast<float>(std::sqrt(1.0 - std::pow(hyper.beta2, t)));
  rule.epsilon = static_cast<float>(hyper.epsilon);
  return rule;
}

} // namespace tensorview
