#ifndef TENSORVIEW_NETWORK_TENSORS_H
#define TENSORVIEW_NETWORK_TENSORS_H

#include "TensorAxes.h"
#include "TensorCatalogue.h"
#include "TensorTypes.h"

#include <functional>

namespace tensorview
{

/// Order of the layers of a file.
enum class LayerOrder : std::uint8_t
{
  Automatic, ///< the file's own, unless it has sorted its names: then by the numbers in them
  File,
  Natural ///< by name, numbers in it by value: conv2 before conv10
};

/// How the tensors of a file become a network.
struct NetworkOptions
{
  AxisLayout layout = AxisLayout::Automatic;
  LayerOrder order = LayerOrder::Automatic;
  /// Window of the first dense layer after the convolutions: its inputs are a map of so many rows
  /// and columns, flattened. 1 x 1: single values.
  std::int64_t windowRows = 1;
  std::int64_t windowColumns = 1;
  /// Also what a training keeps beside the network.
  bool everything = false;
};

/// The network that a file holds: its tensors by layer and kind, in the data model's order of axes.
struct NetworkTensors
{
  /// `tensors[i]` is model.tensors[i], permuted as PlacedTensor::entry tells; under the file's own
  /// name.
  TensorCatalogue catalogue;
  ModelDescription model;
  std::vector<std::string> axes; ///< of each tensor, in the file: "HWIO"

  /// A tensor that is no part of it, and why.
  struct LeftOut
  {
    std::size_t index = 0; ///< into the file's catalogue
    std::string name;
    std::string reason; ///< what follows the name in a sentence: "has no elements"
  };
  std::vector<LeftOut> leftOut;
  /// What else was decided, a sentence each.
  std::vector<std::string> notes;
};

/// Finds the network in what a file holds. Reads nothing. Layer ids count the layers in the file's
/// own order, whatever `options.order` is. A second tensor of the same layer and kind is shown
/// under its own name as kind `other`.
NetworkTensors networkOf(const TensorCatalogue& catalogue, const NetworkOptions& options);

/// Told the part that is done (0 to 1); false: stop.
using ReadProgress = std::function<bool(double)>;

/// Filters [firstFilter, firstFilter + filterCount) of a tensor; filterCount < 0: all. Without data
/// if `progress` stopped it.
/// @throws TensorFileError
TensorValues readFilters(const NetworkTensors& network, std::size_t tensor,
  std::int64_t firstFilter, std::int64_t filterCount, const ReadProgress& progress = {});

} // namespace tensorview

#endif
