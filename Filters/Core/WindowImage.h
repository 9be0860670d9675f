#ifndef TENSORVIEW_WINDOW_IMAGE_H
#define TENSORVIEW_WINDOW_IMAGE_H

#include "FilterValues.h"
#include "ParallelFor.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

/// Flat images of a grid: pixels of its layout or a part of them, row-major, lower left first.
namespace tensorview
{

/// Value of pixels between windows; below every value, so that a colour map can hide them.
inline constexpr float gapValue = -std::numeric_limits<float>::infinity();

/// A value as it is drawn: infinity would be taken for a gap, and looks like not a number.
inline float shownValue(float value)
{
  return std::fabs(value) <= std::numeric_limits<float>::max()
           ? value
           : std::numeric_limits<float>::quiet_NaN();
}

/// A rectangle of a layout's pixels.
struct PixelRegion
{
  std::int64_t x = 0;
  std::int64_t y = 0;
  std::int64_t width = 0;
  std::int64_t height = 0;

  std::int64_t size() const { return this->width * this->height; }
  /// Index of a pixel of the layout.
  std::int64_t index(std::int64_t pixelX, std::int64_t pixelY) const
  {
    return (pixelY - this->y) * this->width + (pixelX - this->x);
  }
  bool holds(std::int64_t pixelX, std::int64_t pixelY, std::int64_t w, std::int64_t h) const
  {
    return pixelX >= this->x && pixelY >= this->y && pixelX + w <= this->x + this->width &&
           pixelY + h <= this->y + this->height;
  }
};
/// All of a layout.
PixelRegion wholeRegion(const GridLayout& layout);
/// The smallest region with the contents of all places; empty if there are none.
PixelRegion regionOf(const GridLayout& layout, const std::vector<std::int64_t>& places);

/// y = (x - low) * scale
struct ValueScale
{
  float low = 0.0F;
  float scale = 1.0F;

  float operator()(float value) const { return (shownValue(value) - this->low) * this->scale; }
};

/// What maps the range to [0, 1]; a range of one value or none maps to 0.
ValueScale unitScale(const FiniteRange& range);
/// What maps the range into [-1, 1] and zero to zero; a range of zeros or none maps to 0.
ValueScale symmetricScale(const FiniteRange& range);

/// How values are scaled before they are drawn.
enum class Normalization
{
  None,       ///< not at all
  EachWindow, ///< each window by its own range; where windows are single values, each filter
  WholeLayer  ///< all windows by the range of the layer
};

/// A scale for each window of each filter; nothing for Normalization::None.
/// @param layer the range for WholeLayer
/// @param symmetric symmetricScale(), else unitScale()
std::vector<ValueScale> scaleWindows(const FilterValues& filters, const FiniteRange& layer,
  Normalization normalization, bool symmetric, const ParallelFor& parallel = serialFor);

/// Values as they are drawn, in the order of the filters' values.
/// @param scales one for each window, empty = as they are
std::vector<float> shownValues(const FilterValues& filters, const std::vector<ValueScale>& scales);

/// Writes the windows of `filters` into an image, values as they are drawn, and leaves all other
/// pixels alone.
/// @param scales one for each window, nullptr = values as they are
/// @param region what the image shows; it must hold all the filters
/// @param image region.size() pixels
/// @throws std::invalid_argument as checkPlaces(), or if a filter lies outside of the region
void paintValues(const GridLayout& layout, const FilterValues& filters, const ValueScale* scales,
  const PixelRegion& region, float* image, const ParallelFor& parallel = serialFor);

/// @throws std::invalid_argument as checkPlaces(), or if a filter lies outside of the region
void checkRegion(const GridLayout& layout, const FilterValues& filters, const PixelRegion& region);

/// Writes one value into all windows of each filter: filters.values is not used.
/// @param perFilter one value for each filter
/// @throws std::invalid_argument as paintValues()
template <typename T>
void paintFilters(const GridLayout& layout, const FilterValues& filters, const T* perFilter,
  const PixelRegion& region, T* image, const ParallelFor& parallel = serialFor)
{
  checkRegion(layout, filters, region);
  parallel(filters.filters,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        const std::int64_t place = filters.filterPlace(i);
        T* content = image + region.index(layout.contentX(place), layout.contentY(place));
        for (std::size_t c = 0; c < filters.channels; ++c)
        {
          const std::int64_t channel = filters.channelPlace(c);
          T* window = content + layout.windowY(channel) * region.width + layout.windowX(channel);
          for (std::int64_t row = 0; row < layout.windowRows; ++row)
          {
            std::fill_n(window + row * region.width, layout.windowColumns, perFilter[i]);
          }
        }
      }
    });
}

} // namespace tensorview

#endif
