#include "RunLayoutCheck.h"

#include "GramMatrix.h"

#include <array>
#include <map>
#include <set>
#include <utility>

namespace tensorview
{
namespace
{

constexpr std::int64_t mostSlots = std::int64_t(1)
                                   << 24; ///< a filter's global id has 24 bits for it
constexpr std::int64_t mostValues = std::int64_t(1) << 40; ///< keeps products from overflowing

std::string named(const TensorDescription& tensor)
{
  return "tensor '" + tensor.layer + "/" + tensor.kind + "'";
}

bool hasNul(const std::string& text)
{
  return text.find('\0') != std::string::npos;
}

bool possible(const TensorShape& shape)
{
  std::int64_t values = 1;
  for (const std::int64_t extent : { shape.filters, shape.channels, shape.rows, shape.columns })
  {
    if (extent < 1 || extent > mostValues / values)
    {
      return false;
    }
    values *= extent;
  }
  return shape.filters <= mostSlots;
}

std::string inTensors(const std::vector<TensorDescription>& tensors)
{
  std::set<std::pair<std::string, std::string>> seen;
  for (const TensorDescription& tensor : tensors)
  {
    if (!possible(tensor.shape))
    {
      return named(tensor) + " has an impossible shape";
    }
    if (hasNul(tensor.layer) || hasNul(tensor.kind))
    {
      return named(tensor) + " has a NUL character in its name";
    }
    if (!seen.emplace(tensor.layer, tensor.kind).second)
    {
      return named(tensor) + " is there twice";
    }
  }
  return {};
}

std::string inLayers(const std::vector<LayerDescription>& layers)
{
  std::set<std::string> names;
  std::set<std::int32_t> ids;
  for (const LayerDescription& layer : layers)
  {
    if (hasNul(layer.name))
    {
      return "layer '" + layer.name + "' has a NUL character in its name";
    }
    if (!names.insert(layer.name).second)
    {
      return "layer '" + layer.name + "' is there twice";
    }
    if (!ids.insert(layer.id).second)
    {
      return "layer '" + layer.name + "' has the id " + std::to_string(layer.id) +
             " of another layer";
    }
    std::int64_t previous = -1;
    for (const SlotEntry& entry : layer.slots)
    {
      if (entry.slot <= previous || entry.slot >= mostSlots)
      {
        return "the slots of layer '" + layer.name + "' do not ascend";
      }
      previous = entry.slot;
    }
  }
  return {};
}

std::string inSeries(const RunLayout& layout)
{
  std::set<std::string> names;
  for (const FilterSeriesDescription& series : layout.filterSeries)
  {
    if (series.slots < 0 || series.slots > mostSlots)
    {
      return "filter series '" + series.name + "' has an impossible number of slots";
    }
    if (hasNul(series.name))
    {
      return "filter series '" + series.name + "' has a NUL character in its name";
    }
    if (!names.insert(series.name).second)
    {
      return "filter series '" + series.name + "' is there twice";
    }
  }
  std::set<std::string> columns;
  for (const std::string& column : layout.metricColumns)
  {
    if (!columns.insert(column).second)
    {
      return "metric '" + column + "' is there twice";
    }
  }
  return {};
}

std::string inGram(const RunLayout& layout)
{
  std::set<std::string> names;
  for (const GramDescription& gram : layout.gram)
  {
    const std::string what = "the Gram matrix of layer '" + gram.layer + "'";
    if (gram.slots < 1 || gram.slots > largestGram)
    {
      return what + " has an impossible number of slots";
    }
    if (hasNul(gram.layer))
    {
      return what + " has a NUL character in its name";
    }
    if (!names.insert(gram.layer).second)
    {
      return what + " is there twice";
    }
  }
  return {};
}

std::string inTracked(const RunLayout& layout)
{
  std::map<std::int32_t, const TensorDescription*> weights;
  for (const TensorDescription& tensor : layout.model.tensors)
  {
    if (tensor.kind == kinds::weight)
    {
      weights[tensor.layerId] = &tensor;
    }
  }
  for (const TrackedCoordinate& coordinate : layout.tracked)
  {
    const auto found = weights.find(coordinate.layerId);
    if (found == weights.end())
    {
      return "a coordinate of layer " + std::to_string(coordinate.layerId) +
             " is tracked, but that layer has no weights";
    }
    if (coordinate.index < 0)
    {
      return "a tracked coordinate of layer '" + found->second->layer + "' is negative";
    }
  }
  return {};
}

std::string inParent(const RunLayout& layout)
{
  const std::string& parent = layout.parentSegment;
  if (parent.find('/') != std::string::npos || hasNul(parent) || parent == "." || parent == "..")
  {
    return "parent segment '" + parent + "' is not the name of a file beside it";
  }
  if (hasNul(layout.parentRun))
  {
    return "the path of its parent run holds a NUL";
  }
  return {};
}

} // namespace

std::string contradictionIn(const RunLayout& layout)
{
  if (layout.validationLabels.size() != layout.validationIndices.size())
  {
    return std::to_string(layout.validationLabels.size()) + " validation labels stand beside " +
           std::to_string(layout.validationIndices.size()) + " validation indices";
  }
  const std::array<std::string, 7> problems = { inLayers(layout.model.layers),
    inTensors(layout.model.tensors), inTensors(layout.probe), inSeries(layout), inGram(layout),
    inTracked(layout), inParent(layout) };
  for (const std::string& problem : problems)
  {
    if (!problem.empty())
    {
      return problem;
    }
  }
  return {};
}

} // namespace tensorview
