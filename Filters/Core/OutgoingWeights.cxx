#include "OutgoingWeights.h"

#include "SymmetricProduct.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace tensorview
{

namespace
{
/// Weights of each channel that are gathered before they are multiplied.
constexpr std::size_t gathered = 4096;
}

void addOutgoingProducts(const FilterValues& weights, const std::vector<std::int32_t>& slot,
  std::vector<double>& products, const ParallelFor& parallel)
{
  if (products.size() != slot.size() * slot.size())
  {
    throw std::invalid_argument(
      "the products of " + std::to_string(slot.size()) + " filters need as many rows and columns");
  }
  std::vector<std::size_t> channel;
  for (const std::int32_t wanted : slot)
  {
    std::size_t c = 0;
    while (c < weights.channels && weights.channelPlace(c) != wanted)
    {
      ++c;
    }
    if (c == weights.channels)
    {
      throw std::invalid_argument(
        "filter " + std::to_string(wanted) + " does not feed the next layer");
    }
    channel.push_back(c);
  }
  const std::size_t window = weights.windowSize();
  const std::size_t filtersAtOnce =
    std::max<std::size_t>(1, gathered / std::max<std::size_t>(window, 1));
  std::vector<float> leaving;
  for (std::size_t first = 0; first < weights.filters; first += filtersAtOnce)
  {
    const std::size_t count = std::min(filtersAtOnce, weights.filters - first);
    leaving.resize(slot.size() * count * window);
    float* to = leaving.data();
    for (const std::size_t c : channel)
    {
      for (std::size_t f = first; f < first + count; ++f)
      {
        to = std::copy_n(weights.values + (f * weights.channels + c) * window, window, to);
      }
    }
    addSymmetricProduct(leaving.data(), slot.size(), count * window, products, parallel);
  }
}

} // namespace tensorview
