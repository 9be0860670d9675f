#ifndef LayerTensor_h
#define LayerTensor_h

#include "Core/FilterValues.h"
#include "Core/GridLayout.h"
#include "vtkTensorCollection.h"

#include <optional>
#include <string>
#include <vector>

class vtkDataObject;
class vtkInformation;

/// What a grid must know of a layer before it sees any values.
struct LayerShape
{
  std::int32_t layerId = 0;
  std::string layer;
  std::string kind;
  std::int64_t firstFilters = 0; ///< at the beginning of the training
  std::int64_t slots = 0;        ///< ever born
  tensorview::FilterExtents filter;
};

/// Layer and kind as a user gives them; layer "" = the first that has the kind; kind "" =
/// defaultKind, else the layer's first.
struct TensorName
{
  std::string layer;
  std::string kind;
  std::string defaultKind;
};

/// The shape of a tensor by what the source says of its model (vtkModelProvider) before it runs, or
/// without a provider by the data that an earlier run left in the information. Nothing if the
/// tensor is not known (yet).
std::optional<LayerShape> DescribeTensor(vtkInformation* inputInformation, const TensorName& name);

/// The Layer of grids that show all layers with the kind.
inline constexpr const char* allLayers = "*";

/// The same for all layers that have the kind, in network order, if the name's layer is allLayers;
/// else for one layer, or none.
std::vector<LayerShape> DescribeTensors(vtkInformation* inputInformation, const TensorName& name);

/// Names of the layers that a filter's input has with a kind, in network order; a name's own layer,
/// known or not, if it is not allLayers.
std::vector<std::string> ListLayers(vtkDataObject* input, const TensorName& name);

/// A tensor at the current step.
struct LayerTensor
{
  LayerShape shape;
  double step = 0.0;
  double epoch = 0.0;
  std::vector<vtkTensorCollection::Part> parts; ///< filters of this rank
  /// Slots that once existed and do not at this step, ascending.
  std::vector<std::int32_t> removed;
};

enum class PickResult
{
  Found,
  Empty, ///< an input without tensors: an empty output is right
  Wrong  ///< see the message
};

/// Finds a tensor in a filter's input.
/// @param withValues false: a tensor without values (asked for by vtkTensorCollection::
/// RequestNothing()) is found, too
PickResult PickTensor(vtkDataObject* input, vtkInformation* inputInformation,
  const TensorName& name, bool withValues, LayerTensor& tensor, std::string& message);

/// A part as Filters/Core sees it; valid as long as the part.
tensorview::FilterValues ViewOf(const vtkTensorCollection::Part& part);

/// The global id of a filter, the same in all views.
inline std::int64_t FilterId(std::int32_t layerId, std::int32_t slot)
{
  return static_cast<std::int64_t>(layerId) * (std::int64_t{ 1 } << 24) + slot;
}

#endif
