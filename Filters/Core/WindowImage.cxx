#include "WindowImage.h"

#include <stdexcept>
#include <string>

namespace tensorview
{

PixelRegion wholeRegion(const GridLayout& layout)
{
  return { 0, 0, layout.width(), layout.height() };
}

PixelRegion regionOf(const GridLayout& layout, const std::vector<std::int64_t>& places)
{
  if (places.empty())
  {
    return {};
  }
  constexpr std::int64_t far = std::numeric_limits<std::int64_t>::max();
  std::int64_t low[2] = { far, far };
  std::int64_t high[2] = { 0, 0 };
  for (const std::int64_t place : places)
  {
    low[0] = std::min(low[0], layout.contentX(place));
    low[1] = std::min(low[1], layout.contentY(place));
    high[0] = std::max(high[0], layout.contentX(place) + layout.contentWidth());
    high[1] = std::max(high[1], layout.contentY(place) + layout.contentHeight());
  }
  return { low[0], low[1], high[0] - low[0], high[1] - low[1] };
}

ValueScale unitScale(const FiniteRange& range)
{
  if (range.empty() || range.low == range.high)
  {
    return { range.empty() ? 0.0F : range.low, 0.0F };
  }
  return { range.low, 1.0F / (range.high - range.low) };
}

ValueScale symmetricScale(const FiniteRange& range)
{
  const float largest =
    range.empty() ? 0.0F : std::max(std::fabs(range.low), std::fabs(range.high));
  return { 0.0F, largest > 0.0F ? 1.0F / largest : 0.0F };
}

std::vector<ValueScale> scaleWindows(const FilterValues& filters, const FiniteRange& layer,
  Normalization normalization, bool symmetric, const ParallelFor& parallel)
{
  const auto scale = [symmetric](const FiniteRange& range)
  { return symmetric ? symmetricScale(range) : unitScale(range); };
  if (normalization == Normalization::None)
  {
    return {};
  }
  std::vector<ValueScale> scales(filters.filters * filters.channels, scale(layer));
  if (normalization == Normalization::WholeLayer || filters.channels == 0)
  {
    return scales;
  }
  // A window of one value would always be 0 or 1.
  const std::size_t together = filters.windowSize() == 1 ? filters.channels : 1;
  const std::size_t size = together * filters.windowSize();
  parallel(scales.size() / together,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        std::fill_n(scales.begin() + static_cast<std::ptrdiff_t>(i * together), together,
          scale(finiteRange(filters.values + i * size, size)));
      }
    });
  return scales;
}

std::vector<float> shownValues(const FilterValues& filters, const std::vector<ValueScale>& scales)
{
  const std::size_t size = filters.filters * filters.filterSize();
  std::vector<float> shown(size);
  if (scales.empty())
  {
    std::transform(filters.values, filters.values + size, shown.begin(), shownValue);
    return shown;
  }
  const std::size_t window = filters.windowSize();
  for (std::size_t i = 0; i < scales.size(); ++i)
  {
    const float* from = filters.values + i * window;
    std::transform(
      from, from + window, shown.begin() + static_cast<std::ptrdiff_t>(i * window), scales[i]);
  }
  return shown;
}

void checkRegion(const GridLayout& layout, const FilterValues& filters, const PixelRegion& region)
{
  checkPlaces(layout, filters);
  for (std::size_t i = 0; i < filters.filters; ++i)
  {
    const std::int64_t place = filters.filterPlace(i);
    if (!region.holds(layout.contentX(place), layout.contentY(place), layout.contentWidth(),
          layout.contentHeight()))
    {
      throw std::invalid_argument(
        "slot " + std::to_string(filters.slot[i]) + " lies outside of the image");
    }
  }
}

void paintValues(const GridLayout& layout, const FilterValues& filters, const ValueScale* scales,
  const PixelRegion& region, float* image, const ParallelFor& parallel)
{
  checkRegion(layout, filters, region);
  parallel(filters.filters,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        const std::int64_t place = filters.filterPlace(i);
        float* content = image + region.index(layout.contentX(place), layout.contentY(place));
        const float* from = filters.values + i * filters.filterSize();
        for (std::size_t c = 0; c < filters.channels; ++c)
        {
          const std::int64_t channel = filters.channelPlace(c);
          float* window =
            content + layout.windowY(channel) * region.width + layout.windowX(channel);
          for (std::int64_t row = layout.windowRows - 1; row >= 0; --row)
          {
            float* to = window + row * region.width;
            if (scales)
            {
              std::transform(from, from + filters.columns, to, scales[i * filters.channels + c]);
            }
            else
            {
              std::transform(from, from + filters.columns, to, shownValue);
            }
            from += filters.columns;
          }
        }
      }
    });
}

} // namespace tensorview
