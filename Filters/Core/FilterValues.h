#ifndef TENSORVIEW_FILTER_VALUES_H
#define TENSORVIEW_FILTER_VALUES_H

#include "GridLayout.h"
#include "ParallelFor.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace tensorview
{

/// The filters of a layer that exist at a step. A view: nothing is owned.
struct FilterValues
{
  const float* values = nullptr; ///< [filters, channels, rows, columns], C order
  std::size_t filters = 0;
  std::size_t channels = 1;
  std::size_t rows = 1;
  std::size_t columns = 1;
  const std::int32_t* slot = nullptr;        ///< of each filter in its layer
  const std::int32_t* channelSlot = nullptr; ///< place of each channel; nullptr = 0, 1, 2, ...
  const std::int32_t* placeOfSlot = nullptr; ///< cell of each slot; nullptr = the slot itself

  std::size_t windowSize() const { return this->rows * this->columns; }
  std::size_t filterSize() const { return this->channels * this->windowSize(); }
  std::int64_t filterPlace(std::size_t filter) const
  {
    return this->placeOfSlot ? this->placeOfSlot[this->slot[filter]] : this->slot[filter];
  }
  std::int64_t channelPlace(std::size_t channel) const
  {
    return this->channelSlot ? this->channelSlot[channel] : static_cast<std::int64_t>(channel);
  }
};

/// @throws std::invalid_argument if a filter or channel has no place in the layout, or its windows
/// have another size there.
void checkPlaces(const GridLayout& layout, const FilterValues& filters);

/// Smallest and largest finite value; low > high if there is none.
struct FiniteRange
{
  float low;
  float high;
  bool empty() const { return !(this->low <= this->high); }
};
FiniteRange finiteRange(const float* values, std::size_t count);

/// What a look at values finds: their finite range, and how many are not a number or infinite.
struct FiniteSummary
{
  FiniteRange range = { std::numeric_limits<float>::infinity(),
    -std::numeric_limits<float>::infinity() };
  std::size_t notFinite = 0;

  void add(const FiniteSummary& other);
};
FiniteSummary summarize(const float* values, std::size_t count);

/// Euclidean norm of the finite values of each filter.
std::vector<double> filterNorms(
  const FilterValues& filters, const ParallelFor& parallel = serialFor);

} // namespace tensorview

#endif
