#ifndef TENSORVIEW_WINDOW_IMAGE_H
#define TENSORVIEW_WINDOW_IMAGE_H

#include "FilterValues.h"
#include "ParallelFor.h"

#include <algorithm>
#include <cstdint>
#include <limits>

/// Flat images of a grid: width() x height() pixels of its layout, row-major, lower left first.
namespace tensorview
{

/// Value of pixels between windows; below every value, so that a colour map can hide them.
inline constexpr float gapValue = -std::numeric_limits<float>::infinity();

/// y = (x - low) * scale
struct ValueScale
{
  float low = 0.0F;
  float scale = 1.0F;
};

/// What maps the range to [0, 1]; a range of one value or none maps to 0.
ValueScale unitScale(const FiniteRange& range);

/// Writes the windows of `filters` into the image and leaves all other pixels alone.
/// @param scales one for each filter, nullptr = values as they are
/// @param image layout.width() * layout.height() pixels
/// @throws std::invalid_argument as checkPlaces()
void paintValues(const GridLayout& layout, const FilterValues& filters, const ValueScale* scales,
  float* image, const ParallelFor& parallel = serialFor);

/// Writes one value into all windows of each filter: filters.values is not used.
/// @param perFilter one value for each filter
/// @throws std::invalid_argument as checkPlaces()
template <typename T>
void paintFilters(const GridLayout& layout, const FilterValues& filters, const T* perFilter,
  T* image, const ParallelFor& parallel = serialFor)
{
  checkPlaces(layout, filters);
  const std::int64_t width = layout.width();
  parallel(filters.filters,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        T* content =
          image + layout.contentY(filters.slot[i]) * width + layout.contentX(filters.slot[i]);
        for (std::size_t c = 0; c < filters.channels; ++c)
        {
          const std::int64_t place = filters.channelPlace(c);
          T* window = content + layout.windowY(place) * width + layout.windowX(place);
          for (std::int64_t row = 0; row < layout.windowRows; ++row)
          {
            std::fill_n(window + row * width, layout.windowColumns, perFilter[i]);
          }
        }
      }
    });
}

} // namespace tensorview

#endif
