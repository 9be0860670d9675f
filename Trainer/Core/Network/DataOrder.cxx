#include "DataOrder.h"

#include <numeric>
#include <random>
#include <stdexcept>
#include <utility>

namespace tensorview
{

namespace
{
/// A number below `bound`, each equally likely. (The standard's distributions differ between
/// libraries, its generators do not.)
std::uint64_t drawBelow(std::mt19937_64& generator, std::uint64_t bound)
{
  const std::uint64_t unbiased = ~std::uint64_t(0) - ~std::uint64_t(0) % bound;
  std::uint64_t value = generator();
  while (value >= unbiased)
  {
    value = generator();
  }
  return value % bound;
}
}

DataOrder::DataOrder(std::int64_t seed, std::int64_t images, std::int64_t batchSize,
  std::int64_t firstStep, std::int64_t firstEpoch)
  : seed_(seed)
  , images_(images)
  , batchSize_(batchSize)
{
  if (batchSize < 1 || images < batchSize)
  {
    throw std::invalid_argument("BatchSize " + std::to_string(batchSize) +
                                " must be from 1 to the number of training images, " +
                                std::to_string(images));
  }
  this->clock_ = { images / batchSize, firstStep, firstEpoch };
}

const std::int64_t* DataOrder::batch(std::int64_t step)
{
  const std::int64_t epoch = this->clock_.epochIndex(step);
  if (epoch != this->epoch_)
  {
    this->permutation_.resize(static_cast<std::size_t>(this->images_));
    std::iota(this->permutation_.begin(), this->permutation_.end(), std::int64_t(0));
    std::seed_seq words{ static_cast<std::uint32_t>(this->seed_),
      static_cast<std::uint32_t>(static_cast<std::uint64_t>(this->seed_) >> 32),
      static_cast<std::uint32_t>(epoch), static_cast<std::uint32_t>(epoch >> 32) };
    std::mt19937_64 generator(words);
    for (std::size_t i = this->permutation_.size(); i > 1; --i)
    {
      std::swap(this->permutation_[i - 1],
        this->permutation_[static_cast<std::size_t>(drawBelow(generator, i))]);
    }
    this->epoch_ = epoch;
  }
  return this->permutation_.data() + this->clock_.stepInEpoch(step) * this->batchSize_;
}

} // namespace tensorview
