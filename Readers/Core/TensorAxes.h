#ifndef TENSORVIEW_TENSOR_AXES_H
#define TENSORVIEW_TENSOR_AXES_H

#include "TensorCatalogue.h"
#include "TensorNames.h"
#include "TensorTypes.h"

namespace tensorview
{

/// Order of the axes of weights.
enum class AxisLayout : std::uint8_t
{
  Automatic, ///< told by the format, the lengths of biases and the names
  Torch,     ///< filters first: OIHW, OI
  Keras      ///< filters last: HWIO, IO
};

/// What the axes of a tensor are, a letter each, as in TensorRole::axes; N is a batch of samples,
/// whose maps become one window, one below the other. A role's own axes hold; otherwise `layout`,
/// and if that is Automatic, the order in which the axis of filters is as long as the layer's bias,
/// the habit of the name's style first.
/// @param filters number of filters that the layer's other tensors tell; -1: not known
std::string axesOf(const ModelTensor& tensor, const std::vector<std::int64_t>& shape,
  const TensorRole& role, AxisLayout layout, std::int64_t filters);

/// A tensor of a file in the order of TensorView: [filters, channels, rows, columns].
struct PlacedTensor
{
  TensorEntry entry; ///< shape and strides permuted: filters, channels, all others in their order
  std::string axes;  ///< of the file's own shape, e.g. "HWIO"
  /// Extents of the values that `entry` gives. The last axis of a window is its columns, all others
  /// are rows, one below the other.
  TensorShape shape;
};

/// Puts the axes of a tensor into our order. A tensor that has more filters or values than
/// TensorView can show gets a `problem`.
/// @param axes a letter for each axis of entry.shape
PlacedTensor placeTensor(const TensorEntry& entry, const std::string& axes);

/// Cuts the channels of a dense weight [filters, channels, 1, 1] into windows of rows x columns, as
/// its inputs lie after the flattening of a map: channel after channel, or with `channelsLast` as
/// Keras flattens, position after position. False, and nothing is done, if they do not divide.
bool cutIntoWindows(
  PlacedTensor& tensor, std::int64_t rows, std::int64_t columns, bool channelsLast);

} // namespace tensorview

#endif
