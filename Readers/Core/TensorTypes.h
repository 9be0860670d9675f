#ifndef TENSORVIEW_TENSOR_TYPES_H
#define TENSORVIEW_TENSOR_TYPES_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

/// Plain types that every room shares: what a tensor of a network is called, how large it is, what
/// it holds.
namespace tensorview
{

/// Extents of a tensor [filters, channels, rows, columns], stored in C order (column fastest).
/// A bias or a batch-norm statistic is [filters, 1, 1, 1]; an activation [filters, 1, m, m];
/// a dense layer after a flattened [c, m, m] map is [filters, c, m, m].
struct TensorShape
{
  std::int64_t filters = 0;
  std::int64_t channels = 1;
  std::int64_t rows = 1;
  std::int64_t columns = 1;

  std::int64_t perFilter() const { return channels * rows * columns; }
  std::int64_t size() const { return filters * perFilter(); }
  bool operator==(const TensorShape& o) const
  {
    return filters == o.filters && channels == o.channels && rows == o.rows && columns == o.columns;
  }
  bool operator!=(const TensorShape& o) const { return !(*this == o); }
};

/// Reserved tensor kinds (docs/run-format.md); `kind` is an open string.
namespace kinds
{
inline constexpr const char* weight = "weight";
inline constexpr const char* bias = "bias";
inline constexpr const char* weightGradient = "weight_gradient";
inline constexpr const char* biasGradient = "bias_gradient";
inline constexpr const char* activation = "activation";
inline constexpr const char* activationGradient = "activation_gradient";
inline constexpr const char* runningMean = "running_mean";
inline constexpr const char* runningVariance = "running_variance";
inline constexpr const char* momentum = "momentum";
inline constexpr const char* other = "other";
}

/// One row of a layer's slot table. Steps are optimizer steps; removedStep -1 = still there.
struct SlotEntry
{
  std::int32_t slot = 0;
  std::int64_t bornStep = 0;
  std::int64_t removedStep = -1;
  std::int32_t originSlot = -1; ///< the slot it was split or grown from, -1 = none
};

/// A layer that owns filters (convolution or dense), in network order.
struct LayerDescription
{
  std::int32_t id = 0; ///< permanent within a run; filter global id = id * 2^24 + slot
  std::string name;    ///< the name users and scripts use, any characters
  std::string type;    ///< "convolution", "dense", "batch_norm" ...: the graph JSON's type
  std::vector<SlotEntry> slots;
};

/// One tensor of a network: what can be asked for by (layer, kind).
struct TensorDescription
{
  std::int32_t layerId = 0;
  std::string layer;
  std::string kind;
  TensorShape shape; ///< of all slots ever born (removed ones included)
  /// Layer whose slots the channels are (through pooling and flatten); -1 = the input image or not
  /// known.
  std::int32_t channelLayerId = -1;
  /// It never changes: a run file has it in the first snapshot of a segment only, and that holds
  /// for the later ones.
  bool constant = false;
};

/// A network as a reader or trainer describes it before any tensor is read.
struct ModelDescription
{
  std::string name;                       ///< e.g. "lenet5-simplified"
  std::string graphJson;                  ///< docs/network-json.md
  std::vector<LayerDescription> layers;   ///< network order
  std::vector<TensorDescription> tensors; ///< network order, kinds of a layer together

  /// Index into `tensors` or -1.
  std::ptrdiff_t find(const std::string& layer, const std::string& kind) const
  {
    for (std::size_t i = 0; i < tensors.size(); ++i)
    {
      if (tensors[i].layer == layer && tensors[i].kind == kind)
      {
        return static_cast<std::ptrdiff_t>(i);
      }
    }
    return -1;
  }
};

/// Smallest and largest value, with and without infinities; NaN takes no part.
/// An empty or all-NaN tensor has min > max.
struct ValueRange
{
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();
  float finiteMin = std::numeric_limits<float>::infinity();
  float finiteMax = -std::numeric_limits<float>::infinity();
};

/// Range of `count` values in one pass.
ValueRange computeRange(const float* values, std::size_t count);

/// The values of one tensor at one step; immutable and shared once built.
struct TensorValues
{
  TensorDescription description;
  /// Extents of `data`: only the filters and channels that exist at this step, in slot order.
  TensorShape shape;
  std::vector<std::int32_t> slot;        ///< slot of each filter in `data`, ascending
  std::vector<std::int32_t> channelSlot; ///< slot (of the feeding layer) of each channel in `data`
  std::shared_ptr<const float> data;     ///< shape.size() values in C order
  ValueRange range;
};

/// All tensors of one network at one step; immutable and shared once published.
struct NetworkSnapshot
{
  std::int64_t step = 0;
  double epoch = 0.0;
  std::vector<TensorValues> tensors; ///< order of ModelDescription::tensors
};

/// A table with one row per recorded step, row-major. NaN = not known at that step.
struct StepTable
{
  std::vector<std::string> columns; ///< without the step and epoch
  std::vector<std::int64_t> step;
  std::vector<double> epoch;
  std::vector<float> values; ///< [row][column]
};

/// Result of an evaluation on the validation part.
struct Evaluation
{
  std::int64_t step = 0;
  double epoch = 0.0;
  float loss = std::numeric_limits<float>::quiet_NaN();     ///< mean cross entropy
  float accuracy = std::numeric_limits<float>::quiet_NaN(); ///< fraction
  std::vector<std::uint16_t> predicted; ///< class of every validation image, may be empty
};

/// Values of k coordinates of one tensor over steps, row-major [row][k].
struct CoordinateHistory
{
  std::vector<std::int64_t> step;
  std::vector<float> values;
  bool everyStep = false; ///< true: tracked coordinates; false: from snapshots only
};

/// One tracked coordinate: a flat index in C order over the layer's *original*
/// weight tensor [slot, channel, row, column]; stays valid across edits.
struct TrackedCoordinate
{
  std::int32_t layerId = 0;
  std::int64_t index = 0;
};

/// The 12 statistics of a tensor, in the order that the run file stores them (SCIENCE:
/// DeepTracker's layer log).
enum class Statistic : std::uint8_t
{
  Max,
  Mean,
  Median,
  Min,
  L0, ///< count of non-zero values
  L1,
  L2,
  LowerQuartile,
  UpperQuartile,
  StandardDeviation, ///< population
  Sum,
  Variance ///< population
};
inline constexpr std::size_t statisticCount = 12;
inline constexpr std::array<const char*, statisticCount> statisticNames = { "max", "mean", "median",
  "min", "l0", "l1", "l2", "lower_quartile", "upper_quartile", "std", "sum", "variance" };
inline constexpr std::size_t histogramBins = 64;

/// |dw/w| decade bands: >1, 1..1e-1, ... , 1e-5..1e-6, <=1e-6 (weights that were zero count as >1
/// unless unchanged).
inline constexpr std::size_t changeBandCount = 8;

} // namespace tensorview

#endif
