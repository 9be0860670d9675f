#include "DetailParts.h"

#include "PartValues.h"
#include "SmpParallelFor.h"

#include <algorithm>
#include <numeric>

namespace
{
using tensorview::Aggregate;
using tensorview::DetailLevel;
using vtkTensorCollection::Part;

/// A part with other values of the same filters.
Part WithValues(
  const Part& part, const tensorview::FilterExtents& extents, std::vector<float>&& values)
{
  Part result;
  result.values.description = part.values.description;
  result.values.slot = part.values.slot;
  result.group = part.group;
  result.values.shape = { part.values.shape.filters, extents.channels, extents.rows,
    extents.columns };
  result.values.channelSlot.resize(static_cast<std::size_t>(extents.channels));
  std::iota(result.values.channelSlot.begin(), result.values.channelSlot.end(), 0);
  result.values.range = PartValues::RangeOf(values.data(), values.size());
  result.values.data = PartValues::Share(std::move(values));
  return result;
}

std::string SideBySide(std::int64_t side)
{
  return std::to_string(side) + " x " + std::to_string(side);
}
}

std::vector<Part> DetailParts::Reduce(const Part& part, const tensorview::FilterExtents& filter,
  const std::vector<DetailLevel>& levels, Aggregate aggregate, tensorview::FiniteSummary& summary)
{
  std::vector<tensorview::Reduction> reductions;
  for (const DetailLevel& level : levels)
  {
    if (!level.exact())
    {
      reductions.push_back({ level, {} });
    }
  }
  const tensorview::FilterValues filters = ViewOf(part);
  summary.add(tensorview::reduceFilters(filters, filter, aggregate, reductions,
    SmpParallelFor(filters.filters * filters.filterSize())));
  std::vector<Part> parts;
  auto reduction = reductions.begin();
  for (const DetailLevel& level : levels)
  {
    if (level.exact())
    {
      parts.push_back(part);
    }
    else
    {
      parts.push_back(
        WithValues(part, tensorview::extentsAt(filter, level), std::move(reduction->values)));
      ++reduction;
    }
  }
  return parts;
}

Part DetailParts::Select(const Part& part, const tensorview::SlotSet& slots, bool inSet)
{
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < part.values.slot.size(); ++i)
  {
    if (slots.contains(part.values.slot[i]) == inSet)
    {
      chosen.push_back(i);
    }
  }
  if (chosen.size() == part.values.slot.size())
  {
    return part;
  }
  Part result = part;
  result.values.slot.clear();
  result.group.clear();
  result.values.shape.filters = static_cast<std::int64_t>(chosen.size());
  const auto size = static_cast<std::size_t>(part.values.shape.perFilter());
  std::vector<float> values(chosen.size() * size);
  for (std::size_t i = 0; i < chosen.size(); ++i)
  {
    std::copy_n(part.values.data.get() + chosen[i] * size, size, values.data() + i * size);
    result.values.slot.push_back(part.values.slot[chosen[i]]);
    if (!part.group.empty())
    {
      result.group.push_back(part.group[chosen[i]]);
    }
  }
  result.values.data = PartValues::Share(std::move(values));
  return result;
}

const char* DetailParts::WordsFor(Aggregate aggregate)
{
  switch (aggregate)
  {
    case Aggregate::Mean:
      return "their mean";
    case Aggregate::Minimum:
      return "the smallest of them";
    case Aggregate::Maximum:
      return "the largest of them";
    case Aggregate::LargestMagnitude:
      break;
  }
  return "the one with the largest magnitude";
}

std::string DetailParts::Describe(const char* what, const char* budget, const std::string& layer,
  const DetailLevel& level, Aggregate aggregate)
{
  if (level.exact())
  {
    return "";
  }
  std::string block = "a window";
  if (level.values > 0)
  {
    block = SideBySide(level.values) + " values of a window";
  }
  else if (level.windows > 1)
  {
    block = "up to " + SideBySide(level.windows) + " windows of a filter";
  }
  return std::string(what) + " of layer '" + layer + "' stand for " + block +
         " each and show of the values " + WordsFor(aggregate) + " (raise " + budget +
         " to see more).";
}
