#include "WindowImage.h"

namespace tensorview
{

ValueScale unitScale(const FiniteRange& range)
{
  if (range.empty() || range.low == range.high)
  {
    return { range.empty() ? 0.0F : range.low, 0.0F };
  }
  return { range.low, 1.0F / (range.high - range.low) };
}

void paintValues(const GridLayout& layout, const FilterValues& filters, const ValueScale* scales,
  float* image, const ParallelFor& parallel)
{
  checkPlaces(layout, filters);
  const std::int64_t width = layout.width();
  parallel(filters.filters,
    [&](std::size_t begin, std::size_t end)
    {
      for (std::size_t i = begin; i < end; ++i)
      {
        float* content =
          image + layout.contentY(filters.slot[i]) * width + layout.contentX(filters.slot[i]);
        const float* from = filters.values + i * filters.filterSize();
        for (std::size_t c = 0; c < filters.channels; ++c)
        {
          const std::int64_t place = filters.channelPlace(c);
          float* window = content + layout.windowY(place) * width + layout.windowX(place);
          for (std::int64_t row = layout.windowRows - 1; row >= 0; --row)
          {
            float* to = window + row * width;
            if (scales)
            {
              const ValueScale scale = scales[i];
              std::transform(from, from + filters.columns, to,
                [scale](float value) { return (value - scale.low) * scale.scale; });
            }
            else
            {
              std::copy_n(from, filters.columns, to);
            }
            from += filters.columns;
          }
        }
      }
    });
}

} // namespace tensorview
