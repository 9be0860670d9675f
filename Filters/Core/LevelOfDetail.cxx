#include "LevelOfDetail.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <stdexcept>

namespace tensorview
{

namespace
{
/// Values a side that a window keeps at least before it becomes a single element.
constexpr std::int64_t leastSide = 4;

std::int64_t divideUp(std::int64_t value, std::int64_t by)
{
  return (value + by - 1) / by;
}

/// The next coarser level; false if there is none.
bool coarsen(const FilterExtents& filter, DetailLevel& level)
{
  const bool single = filter.rows * filter.columns == 1;
  if (level.values != 0 && !single)
  {
    const std::int64_t next = 2 * level.values;
    const bool enough = std::min(filter.rows, filter.columns) / next >= leastSide;
    level.values = enough ? next : 0;
    return true;
  }
  if (extentsAt(filter, level).channels == 1)
  {
    return false;
  }
  level.values = 0;
  level.windows *= 2;
  return true;
}

/// What is known of an element while its values are looked at.
struct Element
{
  FiniteRange range = FiniteSummary().range;
  double sum = 0.0;
  std::size_t count = 0;

  void add(const FiniteRange& other)
  {
    this->range.low = std::min(this->range.low, other.low);
    this->range.high = std::max(this->range.high, other.high);
  }
  void addToMean(const float* values, std::size_t number)
  {
    for (std::size_t k = 0; k < number; ++k)
    {
      const bool finite = std::isfinite(values[k]);
      this->sum += finite ? static_cast<double>(values[k]) : 0.0;
      this->count += finite ? 1 : 0;
    }
  }

  float show(Aggregate aggregate) const
  {
    constexpr float nothing = std::numeric_limits<float>::quiet_NaN();
    switch (aggregate)
    {
      case Aggregate::Mean:
        return this->count > 0 ? static_cast<float>(this->sum / static_cast<double>(this->count))
                               : nothing;
      case Aggregate::Minimum:
        return this->range.empty() ? nothing : this->range.low;
      case Aggregate::Maximum:
        return this->range.empty() ? nothing : this->range.high;
      case Aggregate::LargestMagnitude:
        break;
    }
    if (this->range.empty())
    {
      return nothing;
    }
    return this->range.high >= -this->range.low ? this->range.high : this->range.low;
  }
};

/// One reduction at work.
class Reducer
{
public:
  Reducer(const FilterValues& filters, const FilterExtents& filter, Aggregate aggregate,
    Reduction& reduction)
    : filters_(filters)
    , level_(reduction.level)
    , extents_(extentsAt(filter, reduction.level))
    , aggregate_(aggregate)
  {
    if (level_.exact())
    {
      throw std::invalid_argument("a level that draws every value has no aggregates");
    }
    const GridLayout block = layoutGrid(1, 1, { filter.channels, 1, 1 });
    const std::int64_t columns = divideUp(block.blockColumns, level_.windows);
    for (std::size_t c = 0; c < filters.channels; ++c)
    {
      const std::int64_t place = filters.channelPlace(c);
      if (place < 0 || place >= filter.channels)
      {
        throw std::invalid_argument("a channel has no place in the block of its filter");
      }
      const std::int64_t channel =
        level_.windows == 1
          ? place
          : block.windowY(place) / level_.windows * columns + block.windowX(place) / level_.windows;
      firstElement_.push_back(static_cast<std::size_t>(channel * extents_.rows * extents_.columns));
    }
    size_ = static_cast<std::size_t>(extents_.channels * extents_.rows * extents_.columns);
    reduction.values.resize(filters.filters * size_);
    to_ = reduction.values.data();
  }

  /// Elements of a filter.
  std::size_t size() const { return size_; }

  /// Adds a window of the current filter.
  void add(std::size_t channel, const float* window, const FiniteSummary& summary,
    std::vector<Element>& elements) const
  {
    Element* first = elements.data() + firstElement_[channel];
    if (level_.values == 0)
    {
      first->add(summary.range);
      if (aggregate_ == Aggregate::Mean)
      {
        first->addToMean(window, filters_.windowSize());
      }
      return;
    }
    const auto side = static_cast<std::size_t>(level_.values);
    for (std::size_t row = 0; row < filters_.rows; ++row)
    {
      Element* element = first + row / side * static_cast<std::size_t>(extents_.columns);
      for (std::size_t column = 0; column < filters_.columns; column += side, ++element)
      {
        const float* values = window + row * filters_.columns + column;
        const std::size_t count = std::min(side, filters_.columns - column);
        if (aggregate_ == Aggregate::Mean)
        {
          element->addToMean(values, count);
        }
        else
        {
          element->add(finiteRange(values, count));
        }
      }
    }
  }

  void finish(std::size_t filter, const std::vector<Element>& elements) const
  {
    std::transform(elements.begin(), elements.end(), to_ + filter * size_,
      [this](const Element& element) { return element.show(aggregate_); });
  }

private:
  const FilterValues& filters_;
  DetailLevel level_;
  FilterExtents extents_;
  Aggregate aggregate_;
  std::vector<std::size_t> firstElement_; ///< of each channel
  std::size_t size_ = 0;
  float* to_ = nullptr;
};
}

FilterExtents extentsAt(const FilterExtents& filter, const DetailLevel& level)
{
  if (level.windows == 1)
  {
    return level.values == 0 ? FilterExtents{ filter.channels, 1, 1 }
                             : FilterExtents{ filter.channels, divideUp(filter.rows, level.values),
                                 divideUp(filter.columns, level.values) };
  }
  const GridLayout block = layoutGrid(1, 1, { filter.channels, 1, 1 });
  return { divideUp(block.blockColumns, level.windows) * divideUp(block.blockRows, level.windows),
    1, 1 };
}

DetailLevel chooseDetail(std::int64_t filters, const FilterExtents& filter, std::int64_t budget)
{
  DetailLevel level;
  const auto count = [&]()
  {
    const FilterExtents extents = extentsAt(filter, level);
    return filters * extents.channels * extents.rows * extents.columns;
  };
  level.elements = count();
  while (level.elements > budget && coarsen(filter, level))
  {
    level.elements = count();
  }
  return level;
}

FiniteSummary reduceFilters(const FilterValues& filters, const FilterExtents& filter,
  Aggregate aggregate, std::vector<Reduction>& reductions, const ParallelFor& parallel)
{
  std::vector<Reducer> reducers;
  for (Reduction& reduction : reductions)
  {
    reducers.emplace_back(filters, filter, aggregate, reduction);
  }
  FiniteSummary all;
  std::mutex guard;
  parallel(filters.filters,
    [&](std::size_t begin, std::size_t end)
    {
      FiniteSummary mine;
      std::vector<std::vector<Element>> elements(reducers.size());
      for (std::size_t i = begin; i < end; ++i)
      {
        for (std::size_t r = 0; r < reducers.size(); ++r)
        {
          elements[r].assign(reducers[r].size(), Element());
        }
        const float* window = filters.values + i * filters.filterSize();
        for (std::size_t c = 0; c < filters.channels; ++c, window += filters.windowSize())
        {
          const FiniteSummary summary = summarize(window, filters.windowSize());
          mine.add(summary);
          for (std::size_t r = 0; r < reducers.size(); ++r)
          {
            reducers[r].add(c, window, summary, elements[r]);
          }
        }
        for (std::size_t r = 0; r < reducers.size(); ++r)
        {
          reducers[r].finish(i, elements[r]);
        }
      }
      const std::lock_guard<std::mutex> lock(guard);
      all.add(mine);
    });
  return all;
}

} // namespace tensorview
