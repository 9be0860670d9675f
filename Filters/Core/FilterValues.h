#ifndef TENSORVIEW_FILTER_VALUES_H
#define TENSORVIEW_FILTER_VALUES_H

#include "GridLayout.h"

#include <cstddef>
#include <cstdint>

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
  const std::int32_t* slot = nullptr;        ///< place of each filter in its layer
  const std::int32_t* channelSlot = nullptr; ///< place of each channel; nullptr = 0, 1, 2, ...

  std::size_t windowSize() const { return this->rows * this->columns; }
  std::size_t filterSize() const { return this->channels * this->windowSize(); }
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

} // namespace tensorview

#endif
