#ifndef TENSORVIEW_PARAMETER_STORE_H
#define TENSORVIEW_PARAMETER_STORE_H

#include "../../../Readers/Core/TensorTypes.h"
#include "../Network/NetworkGraph.h"

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

enum class ParameterRole
{
  Weight,
  Bias
};

/// Where one parameter lies in the flat buffers of a ParameterStore, and what it is.
struct Parameter
{
  std::string name; ///< in PyTorch's state dicts: conv1.weight
  int layer = 0;    ///< index in the graph
  ParameterRole role = ParameterRole::Weight;
  TensorShape shape;               ///< [filters, channels, rows, columns]
  std::vector<std::int64_t> sizes; ///< in PyTorch: [32, 16, 3, 3], [512, 1568], [16]
  std::int64_t offset = 0;
  std::int64_t count = 0;
  /// Whether a filter lies as [row][column][channel] (as convolutions like it) or as
  /// [channel][row][column]. Filters always lie one behind the other.
  bool channelsLast = false;

  /// Position in the flat buffers of a value, given its index in C order over `shape`.
  std::int64_t position(std::int64_t index) const;
};

/// Running mean and variance of one batch norm, [channels] each.
struct RunningStatistics
{
  int layer = 0;
  at::Tensor mean;
  at::Tensor variance;
};

/// All parameters of a network, their gradients and the optimizer's state, each in one flat float
/// buffer; plain tensors that can be cloned, sliced and put back. Every parameter begins at a
/// multiple of 16 values; the values between are zero and stay so.
class ParameterStore
{
public:
  /// Parameters of the graph, all zero, on `device`.
  /// @param channelsLast store windows of weights channels last (CPU)
  /// @param trains room for gradients and the optimizer's state, too
  ParameterStore(
    const NetworkGraph& graph, bool channelsLast, c10::Device device, bool trains = true);

  const std::vector<Parameter>& parameters() const { return this->parameters_; }
  /// Null if the layer has none of that role.
  const Parameter* find(int layer, ParameterRole role) const;
  std::vector<RunningStatistics>& runningStatistics() { return this->runningStatistics_; }
  const std::vector<RunningStatistics>& runningStatistics() const
  {
    return this->runningStatistics_;
  }
  /// Whether windows of weights are stored channels last.
  bool storesChannelsLast() const { return this->channelsLast_; }
  /// Null if the layer is no batch norm.
  RunningStatistics* findRunning(int layer);
  const RunningStatistics* findRunning(int layer) const;

  /// A deep copy without gradients.
  /// @param withMoments of the optimizer, if there are any
  ParameterStore copy(bool withMoments) const;
  /// Room for gradients, all zero, where the optimizer's state is known.
  void prepareGradients();

  /// @name Flat buffers [size]
  at::Tensor values;
  at::Tensor gradients; ///< this and the next undefined if the parameters are not to be trained
  at::Tensor firstMoments;
  at::Tensor secondMoments; ///< undefined unless the optimizer is one of the Adams

  /// A view into a flat buffer with the extents [filters, channels, rows, columns] of a weight
  /// that has windows, else [filters, channels] or [filters]. Of an undefined buffer undefined.
  static at::Tensor view(const at::Tensor& flat, const Parameter& parameter);
  /// A view with the extents [filters, channels, rows, columns] of whatever parameter.
  static at::Tensor windows(const at::Tensor& flat, const Parameter& parameter);
  /// A weight as a matrix [filters, values of a filter as they lie in memory].
  static at::Tensor matrix(const at::Tensor& flat, const Parameter& parameter);
  /// A contiguous copy with the extents that PyTorch uses, and the way back.
  static at::Tensor toTorch(const at::Tensor& flat, const Parameter& parameter);
  static void fromTorch(
    const at::Tensor& flat, const Parameter& parameter, const at::Tensor& tensor);
  /// Copies to `out` in C order over parameter.shape; `flat` may be on a GPU.
  static void copyOut(const at::Tensor& flat, const Parameter& parameter, std::vector<float>& out);

  /// Initial values as the graph's layers want them. By default they are PyTorch's: weights and
  /// biases uniform in +-1/sqrt(fan-in) (Kaiming uniform with a = sqrt 5), batch norm 1 and 0;
  /// drawn layer by layer, so that a generator seeded like PyTorch's gives the values that PyTorch
  /// would have.
  void initialise(const NetworkGraph& graph, at::Generator& generator);

private:
  void add(const LayerSpec& layer, int index, ParameterRole role, const TensorShape& shape,
    const std::vector<std::int64_t>& sizes, bool channelsLast);

  std::vector<Parameter> parameters_;
  std::vector<RunningStatistics> runningStatistics_;
  std::int64_t size_ = 0;
  bool channelsLast_;
};

} // namespace tensorview

#endif
