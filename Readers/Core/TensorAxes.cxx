#include "TensorAxes.h"

#include "TensorGeometry.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace tensorview
{
namespace
{

/// A filter's global id has 24 bits for its slot.
constexpr std::int64_t mostFilters = std::int64_t{ 1 } << 24;
/// Images count in int.
constexpr std::int64_t largestExtent = std::numeric_limits<int>::max();

bool isWeightLike(const std::string& kind)
{
  return kind == kinds::weight || kind == kinds::weightGradient || kind == kinds::momentum;
}

bool isActivationLike(const std::string& kind)
{
  return kind == kinds::activation || kind == kinds::activationGradient;
}

/// The letters of a window of so many axes.
std::string windowLetters(std::size_t axes)
{
  constexpr std::size_t most = 3;
  constexpr const char* letters = "DHW";
  return std::string(axes > most ? axes - most : 0, '.') +
         std::string(letters).substr(most - std::min(axes, most));
}

std::int64_t extentOf(char letter, const std::string& axes, const std::vector<std::int64_t>& shape)
{
  std::int64_t product = 1;
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
  {
    product *= axes[axis] == letter ? shape[axis] : 1;
  }
  return product;
}

std::string firstThatFits(const std::vector<std::string>& candidates,
  const std::vector<std::int64_t>& shape, std::int64_t filters)
{
  const auto fits = [&](const std::string& axes) { return extentOf('O', axes, shape) == filters; };
  const auto found = std::find_if(candidates.begin(), candidates.end(), fits);
  return filters < 0 || found == candidates.end() ? candidates.front() : *found;
}

/// Of a weight of at least two axes.
std::string weightAxes(const ModelTensor& tensor, const std::vector<std::int64_t>& shape,
  AxisLayout layout, std::int64_t filters)
{
  const std::string window = windowLetters(shape.size() - 2);
  if (tensor.word == "embeddings")
  {
    return "OI" + window;
  }
  if (tensor.word == "depthwise_kernel")
  {
    return window + "OO";
  }
  const std::vector<std::string> torch{ "OI" + window, "IO" + window };
  const std::vector<std::string> keras{ window + "IO", window + "OI" };
  if (layout != AxisLayout::Automatic)
  {
    return firstThatFits(layout == AxisLayout::Keras ? keras : torch, shape, filters);
  }
  const bool kerasFirst = tensor.style == NameStyle::Keras;
  std::vector<std::string> all = kerasFirst ? keras : torch;
  const std::vector<std::string>& others = kerasFirst ? torch : keras;
  all.insert(all.end(), others.begin(), others.end());
  return firstThatFits(all, shape, filters);
}

std::string activationAxes(
  const std::vector<std::int64_t>& shape, AxisLayout layout, std::int64_t filters)
{
  switch (shape.size())
  {
    case 2:
      return filters >= 0 && shape[0] != filters && shape[1] == filters ? "NO" : "OW";
    case 3:
      return layout == AxisLayout::Keras ||
                 (filters >= 0 && shape[0] != filters && shape[2] == filters)
               ? "HWO"
               : "OHW";
    case 4:
      if (layout == AxisLayout::Keras ||
          (filters >= 0 && shape[1] != filters && shape[3] == filters))
      {
        return "NHWO";
      }
      return shape[1] == 1 && (filters < 0 || shape[0] == filters) ? "OIHW" : "NOHW";
    default:
      return "NO" + windowLetters(shape.size() - 2);
  }
}

/// Of a vector that may have axes of length 1 around it.
std::string vectorAxes(const std::vector<std::int64_t>& shape)
{
  std::string axes(shape.size(), '.');
  const auto longest = std::max_element(shape.begin(), shape.end());
  axes[static_cast<std::size_t>(longest - shape.begin())] = 'O';
  return axes;
}

bool isVector(const std::vector<std::int64_t>& shape)
{
  return std::count_if(shape.begin(), shape.end(), [](std::int64_t e) { return e != 1; }) <= 1;
}

void simplifyStrides(TensorEntry& entry)
{
  if (!entry.strides.empty() && isContiguous(entry.shape, entry.strides))
  {
    entry.strides.clear();
  }
}

/// Filters first, then channels, then the window.
int rankOf(char letter)
{
  return letter == 'O' ? 0 : letter == 'I' ? 1 : 2;
}

} // namespace

std::string axesOf(const ModelTensor& tensor, const std::vector<std::int64_t>& shape,
  const TensorRole& role, AxisLayout layout, std::int64_t filters)
{
  const std::size_t axes = shape.size();
  if (role.axes.size() == axes && layout == AxisLayout::Automatic)
  {
    return role.axes;
  }
  if (axes == 0)
  {
    return {};
  }
  if (axes == 1)
  {
    return "O";
  }
  if (isWeightLike(tensor.kind))
  {
    return weightAxes(tensor, shape, layout, filters);
  }
  if (isActivationLike(tensor.kind))
  {
    return activationAxes(shape, layout, filters);
  }
  if (isVector(shape))
  {
    return vectorAxes(shape);
  }
  return axes == 3 ? "OHW" : "OI" + windowLetters(axes - 2);
}

PlacedTensor placeTensor(const TensorEntry& entry, const std::string& axes)
{
  PlacedTensor placed;
  placed.entry = entry;
  placed.axes = axes;
  if (entry.size() == 0)
  {
    return placed;
  }
  const std::vector<std::int64_t> strides =
    entry.strides.empty() ? contiguousStrides(entry.shape) : entry.strides;
  std::vector<std::size_t> order(axes.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
    [&](std::size_t a, std::size_t b) { return rankOf(axes[a]) < rankOf(axes[b]); });
  if (axes.find('O') == std::string::npos && !axes.empty())
  {
    // Nothing counts filters: there is one.
    placed.entry.shape = { 1 };
    placed.entry.strides = { 1 };
  }
  else
  {
    placed.entry.shape.clear();
    placed.entry.strides.clear();
  }
  placed.shape.filters = extentOf('O', axes, entry.shape);
  placed.shape.channels = extentOf('I', axes, entry.shape);
  for (const std::size_t axis : order)
  {
    placed.entry.shape.push_back(entry.shape[axis]);
    placed.entry.strides.push_back(strides[axis]);
    if (rankOf(axes[axis]) == 2)
    {
      placed.shape.rows *= placed.shape.columns;
      placed.shape.columns = entry.shape[axis];
    }
  }
  simplifyStrides(placed.entry);

  const TensorShape& shape = placed.shape;
  if (placed.entry.problem.empty() &&
      (shape.filters > mostFilters || shape.channels > largestExtent / shape.filters ||
        shape.rows > largestExtent || shape.columns > largestExtent))
  {
    placed.entry.problem = "has " + std::to_string(shape.filters) + " filters of " +
                           std::to_string(shape.channels) + " channels; TensorView shows at most " +
                           std::to_string(mostFilters) +
                           " filters, and 2^31 - 1 windows, of a tensor";
  }
  return placed;
}

bool cutIntoWindows(
  PlacedTensor& tensor, std::int64_t rows, std::int64_t columns, bool channelsLast)
{
  TensorEntry& entry = tensor.entry;
  const std::int64_t window = rows * columns;
  if (entry.shape.size() != 2 || tensor.shape.rows != 1 || tensor.shape.columns != 1 ||
      tensor.shape.channels != entry.shape[1] || entry.shape[1] % window != 0)
  {
    return false;
  }
  const std::vector<std::int64_t> strides =
    entry.strides.empty() ? contiguousStrides(entry.shape) : entry.strides;
  const std::int64_t step = strides[1];
  const std::int64_t channels = entry.shape[1] / window;
  tensor.shape = { tensor.shape.filters, channels, rows, columns };
  entry.shape = { entry.shape[0], channels, rows, columns };
  entry.strides =
    channelsLast
      ? std::vector<std::int64_t>{ strides[0], step, step * columns * channels, step * channels }
      : std::vector<std::int64_t>{ strides[0], step * window, step * columns, step };
  simplifyStrides(entry);
  return true;
}

} // namespace tensorview
