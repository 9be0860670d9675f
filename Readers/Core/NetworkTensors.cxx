#include "NetworkTensors.h"

#include "FloatBuffer.h"
#include "NaturalOrder.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <new>
#include <numeric>
#include <set>

namespace tensorview
{
namespace
{

/// Values that are read between two reports of progress.
constexpr std::int64_t pieceValues = std::int64_t{ 4 } << 20;

/// Order of kinds within a layer; others follow in the file's order.
constexpr const char* kindOrder[] = { kinds::weight, kinds::bias, kinds::runningMean,
  kinds::runningVariance, kinds::weightGradient, kinds::biasGradient, kinds::activation,
  kinds::activationGradient, kinds::momentum };

constexpr std::string_view batchCounter = ".num_batches_tracked";

bool endsWith(std::string_view text, std::string_view ending)
{
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

/// A tensor on its way from the catalogue to the model.
struct Candidate
{
  ModelTensor name;
  PlacedTensor placed;
  std::size_t layer = 0; ///< by first appearance
  bool dense = false;    ///< a weight of two axes
  bool convolution = false;
};

struct Layer
{
  std::string name;
  std::string type;
  std::int64_t filters = -1;
  bool hasStatistics = false;
  bool convolution = false;
  bool dense = false;
  bool kerasFlattens = false;
};

std::size_t rankOf(const std::string& kind)
{
  const auto found = std::find(std::begin(kindOrder), std::end(kindOrder), kind);
  return static_cast<std::size_t>(found - std::begin(kindOrder));
}

bool isVectorKind(const std::string& kind)
{
  return kind == kinds::bias || kind == kinds::runningMean || kind == kinds::runningVariance;
}

bool isActivation(const std::string& kind)
{
  return kind == kinds::activation || kind == kinds::activationGradient;
}

/// Chooses what belongs to the network, and finds layers and kinds.
std::vector<Candidate> candidatesOf(
  const TensorCatalogue& catalogue, const NetworkOptions& options, NetworkTensors& network)
{
  std::vector<ModelTensor> named = modelTensors(catalogue.names(), options.everything);
  std::vector<bool> chosen(catalogue.tensors.size(), false);
  std::vector<Candidate> candidates;
  for (ModelTensor& tensor : named)
  {
    const TensorEntry& entry = catalogue.tensors[tensor.index];
    chosen[tensor.index] = true;
    std::string reason = entry.problem;
    if (reason.empty() && entry.size() == 0)
    {
      reason = "has no elements";
    }
    if (reason.empty() && endsWith(entry.name, batchCounter) && !options.everything)
    {
      reason = "counts batches and is no part of the network";
    }
    if (!reason.empty())
    {
      network.leftOut.push_back({ tensor.index, entry.name, reason });
      continue;
    }
    if (!entry.role.kind.empty())
    {
      tensor.kind = entry.role.kind;
      tensor.layer = entry.role.layer.empty() ? tensor.layer : entry.role.layer;
    }
    candidates.push_back({ std::move(tensor), {}, 0, false, false });
  }
  for (std::size_t i = 0; i < chosen.size(); ++i)
  {
    if (!chosen[i])
    {
      network.leftOut.push_back({ i, catalogue.tensors[i].name, "lies beside the network" });
    }
  }
  return candidates;
}

/// A separable convolution of Keras has two weights: its first half becomes a layer of its own.
void partSeparable(std::vector<Candidate>& candidates)
{
  std::set<std::string> separable;
  for (const Candidate& candidate : candidates)
  {
    if (candidate.name.word == "pointwise_kernel")
    {
      separable.insert(candidate.name.layer);
    }
  }
  for (Candidate& candidate : candidates)
  {
    if (candidate.name.word == "depthwise_kernel" && separable.count(candidate.name.layer) != 0)
    {
      candidate.name.layer += "/depthwise";
    }
  }
}

/// No layer has a kind twice.
void makeUnique(const TensorCatalogue& catalogue, std::vector<Candidate>& candidates)
{
  std::set<std::pair<std::string, std::string>> taken;
  for (Candidate& candidate : candidates)
  {
    ModelTensor& name = candidate.name;
    if (taken.insert({ name.layer, name.kind }).second)
    {
      continue;
    }
    const std::string& own = catalogue.tensors[name.index].name;
    name = { name.index, own, kinds::other, name.style, {} };
    for (int number = 2; !taken.insert({ name.layer, name.kind }).second; ++number)
    {
      name.layer = own + " (" + std::to_string(number) + ")";
    }
  }
}

std::vector<Layer> layersOf(const TensorCatalogue& catalogue, std::vector<Candidate>& candidates)
{
  std::vector<Layer> layers;
  std::map<std::string, std::size_t> known;
  for (Candidate& candidate : candidates)
  {
    const auto [found, fresh] = known.emplace(candidate.name.layer, layers.size());
    if (fresh)
    {
      layers.emplace_back();
      layers.back().name = candidate.name.layer;
    }
    candidate.layer = found->second;
    Layer& layer = layers[candidate.layer];
    const TensorEntry& entry = catalogue.tensors[candidate.name.index];
    layer.type = layer.type.empty() ? entry.role.layerClass : layer.type;
    if (isVectorKind(candidate.name.kind))
    {
      layer.filters = entry.size();
      layer.hasStatistics = layer.hasStatistics || candidate.name.kind != kinds::bias;
    }
    if (candidate.name.kind == kinds::weight)
    {
      candidate.dense = entry.shape.size() == 2;
      candidate.convolution = entry.shape.size() > 2;
      layer.dense = layer.dense || candidate.dense;
      layer.convolution = layer.convolution || candidate.convolution;
    }
    layer.kerasFlattens = layer.kerasFlattens || candidate.name.style == NameStyle::Keras ||
                          catalogue.format == "Keras";
  }
  return layers;
}

/// Weights before activations, as they tell how many filters these have.
void place(const TensorCatalogue& catalogue, const NetworkOptions& options,
  std::vector<Candidate>& candidates, std::vector<Layer>& layers)
{
  for (const bool activations : { false, true })
  {
    for (Candidate& candidate : candidates)
    {
      if (isActivation(candidate.name.kind) != activations)
      {
        continue;
      }
      const TensorEntry& entry = catalogue.tensors[candidate.name.index];
      Layer& layer = layers[candidate.layer];
      candidate.placed = placeTensor(
        entry, axesOf(candidate.name, entry.shape, entry.role, options.layout, layer.filters));
      if (candidate.name.kind == kinds::weight && layer.filters < 0)
      {
        layer.filters = candidate.placed.shape.filters;
      }
    }
  }
}

/// Indices of the layers in the order to show them in.
std::vector<std::size_t> orderOf(
  const TensorCatalogue& catalogue, const NetworkOptions& options, const std::vector<Layer>& layers)
{
  std::vector<std::size_t> order(layers.size());
  std::iota(order.begin(), order.end(), 0);
  const auto byName = [](const Layer& a, const Layer& b) { return a.name < b.name; };
  bool natural = options.order == LayerOrder::Natural;
  if (options.order == LayerOrder::Automatic)
  {
    const auto told = catalogue.metadata.find("order");
    natural = told != catalogue.metadata.end()
                ? told->second == "name"
                : std::is_sorted(layers.begin(), layers.end(), byName);
  }
  if (natural)
  {
    std::sort(order.begin(), order.end(),
      [&](std::size_t a, std::size_t b) { return naturalLess(layers[a].name, layers[b].name); });
  }
  return order;
}

/// The first dense layer after the last convolution, or -1.
std::ptrdiff_t flattenedLayer(
  const std::vector<Layer>& layers, const std::vector<std::size_t>& order)
{
  std::ptrdiff_t found = -1;
  for (const std::size_t index : order)
  {
    if (layers[index].convolution)
    {
      found = -1;
    }
    else if (layers[index].dense && found < 0)
    {
      found = static_cast<std::ptrdiff_t>(index);
    }
  }
  return found;
}

void cutWindows(const NetworkOptions& options, const std::vector<Layer>& layers,
  const std::vector<std::size_t>& order, std::vector<Candidate>& candidates,
  NetworkTensors& network)
{
  if (options.windowRows * options.windowColumns <= 1)
  {
    return;
  }
  const std::string window =
    std::to_string(options.windowRows) + " x " + std::to_string(options.windowColumns);
  const std::ptrdiff_t flattened = flattenedLayer(layers, order);
  if (flattened < 0)
  {
    network.notes.push_back("Windows of " + window +
                            " were asked for, but there is no dense layer after the convolutions.");
    return;
  }
  const Layer& layer = layers[static_cast<std::size_t>(flattened)];
  const bool channelsLast = options.layout == AxisLayout::Automatic
                              ? layer.kerasFlattens
                              : options.layout == AxisLayout::Keras;
  for (Candidate& candidate : candidates)
  {
    const bool weights =
      candidate.name.kind == kinds::weight || candidate.name.kind == kinds::weightGradient;
    if (candidate.layer != static_cast<std::size_t>(flattened) || !weights)
    {
      continue;
    }
    const std::int64_t inputs = candidate.placed.shape.channels;
    const bool cut =
      cutIntoWindows(candidate.placed, options.windowRows, options.windowColumns, channelsLast);
    network.notes.push_back(
      cut ? layer.name + " " + candidate.name.kind + " is shown as windows of " + window + "."
          : "The " + std::to_string(inputs) + " inputs of " + layer.name + " are no windows of " +
              window + "; they are shown as single values.");
  }
}

std::string typeOf(const Layer& layer)
{
  if (!layer.type.empty())
  {
    return layer.type;
  }
  return layer.convolution     ? "convolution"
         : layer.dense         ? "dense"
         : layer.hasStatistics ? "batch_norm"
                               : "";
}

TensorCatalogue emptyCopy(const TensorCatalogue& catalogue)
{
  TensorCatalogue copy;
  copy.path = catalogue.path;
  copy.format = catalogue.format;
  copy.metadata = catalogue.metadata;
  copy.store = catalogue.store;
  return copy;
}

} // namespace

NetworkTensors networkOf(const TensorCatalogue& catalogue, const NetworkOptions& options)
{
  NetworkTensors network;
  network.catalogue = emptyCopy(catalogue);
  network.model.name = std::filesystem::path(catalogue.path).stem().string();

  std::vector<Candidate> candidates = candidatesOf(catalogue, options, network);
  partSeparable(candidates);
  makeUnique(catalogue, candidates);
  std::vector<Layer> layers = layersOf(catalogue, candidates);
  place(catalogue, options, candidates, layers);
  const std::vector<std::size_t> order = orderOf(catalogue, options, layers);
  cutWindows(options, layers, order, candidates, network);

  std::vector<std::size_t> position(layers.size());
  for (std::size_t i = 0; i < order.size(); ++i)
  {
    const Layer& layer = layers[order[i]];
    position[order[i]] = i;
    network.model.layers.push_back(
      { static_cast<std::int32_t>(order[i]), layer.name, typeOf(layer), {} });
  }
  std::stable_sort(candidates.begin(), candidates.end(),
    [&](const Candidate& a, const Candidate& b)
    {
      return a.layer != b.layer ? position[a.layer] < position[b.layer]
                                : rankOf(a.name.kind) < rankOf(b.name.kind);
    });
  for (Candidate& candidate : candidates)
  {
    if (!candidate.placed.entry.problem.empty())
    {
      network.leftOut.push_back(
        { candidate.name.index, candidate.placed.entry.name, candidate.placed.entry.problem });
      continue;
    }
    TensorDescription description;
    description.layerId = static_cast<std::int32_t>(candidate.layer);
    description.layer = candidate.name.layer;
    description.kind = candidate.name.kind;
    description.shape = candidate.placed.shape;
    network.model.tensors.push_back(std::move(description));
    network.axes.push_back(std::move(candidate.placed.axes));
    network.catalogue.tensors.push_back(std::move(candidate.placed.entry));
  }
  return network;
}

TensorValues readFilters(const NetworkTensors& network, std::size_t tensor,
  std::int64_t firstFilter, std::int64_t filterCount, const ReadProgress& progress)
{
  TensorValues values;
  values.description = network.model.tensors.at(tensor);
  values.shape = values.description.shape;
  const std::int64_t filters = values.shape.filters;
  const std::int64_t first = std::clamp<std::int64_t>(firstFilter, 0, filters);
  const std::int64_t count =
    filterCount < 0 ? filters - first : std::min(filterCount, filters - first);
  values.shape.filters = count;
  values.slot.resize(static_cast<std::size_t>(count));
  std::iota(values.slot.begin(), values.slot.end(), static_cast<std::int32_t>(first));
  values.channelSlot.resize(static_cast<std::size_t>(values.shape.channels));
  std::iota(values.channelSlot.begin(), values.channelSlot.end(), 0);
  if (count == 0)
  {
    return values;
  }

  // A row of the file is one filter, or several where filters are two axes.
  const TensorEntry& entry = network.catalogue.tensors.at(tensor);
  const std::int64_t rows = entry.shape.empty() ? 1 : entry.shape.front();
  const std::int64_t perRow = filters / rows;
  const std::int64_t firstRow = first / perRow;
  const std::int64_t lastRow = (first + count + perRow - 1) / perRow;
  const std::int64_t rowValues = values.shape.perFilter() * perRow;
  std::shared_ptr<float> data;
  try
  {
    data = makeFloats(static_cast<std::size_t>((lastRow - firstRow) * rowValues));
  }
  catch (const std::bad_alloc&)
  {
    throw TensorFileError("there is no memory for the tensor " + quotedText(entry.name) + " of " +
                          network.catalogue.path + " (" +
                          std::to_string((lastRow - firstRow) * rowValues / 262144) + " MB)");
  }
  // Strided rows lie among each other: one read takes all of them.
  const std::int64_t atOnce =
    entry.strides.empty() ? std::max<std::int64_t>(1, pieceValues / rowValues) : lastRow - firstRow;
  for (std::int64_t row = firstRow; row < lastRow; row += atOnce)
  {
    if (progress &&
        !progress(static_cast<double>(row - firstRow) / static_cast<double>(lastRow - firstRow)))
    {
      return values;
    }
    readTensorRows(network.catalogue, tensor, row, std::min(atOnce, lastRow - row),
      data.get() + (row - firstRow) * rowValues);
  }
  const std::int64_t skipped = (first - firstRow * perRow) * values.shape.perFilter();
  values.data = std::shared_ptr<const float>(data, data.get() + skipped);
  values.range = computeRange(values.data.get(), static_cast<std::size_t>(values.shape.size()));
  return values;
}

} // namespace tensorview
