#ifndef TENSORVIEW_RUN_LAYOUT_H
#define TENSORVIEW_RUN_LAYOUT_H

#include "EpochClock.h"
#include "TensorTypes.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace tensorview
{

/// What every run file call throws: a sentence that names the file, the place in it and the remedy.
class RunFileError : public std::runtime_error
{
public:
  using std::runtime_error::runtime_error;
};

/// A per-filter series: one row per recorded step, one column per slot of its layer.
struct FilterSeriesDescription
{
  std::string name; ///< e.g. "conv1/weight_norm"
  std::int32_t layerId = 0;
  std::int64_t slots = 0;
};

/// A layer whose Gram matrix (GramMatrix.h) is recorded with snapshots.
struct GramDescription
{
  std::int32_t layerId = 0;
  std::string layer;
  std::int64_t slots = 0;  ///< ever born; the matrix has a row more, of the constant 1
  std::int64_t images = 0; ///< that it is a sum over, 0 = not known
};

/// Everything about a segment that is fixed when the file is created.
struct RunLayout
{
  ModelDescription model;
  std::vector<std::string>
    metricColumns; ///< loss, accuracy, learning_rate, <layer>/weight_norm, ...
  /// Tensors with statistics and histograms, as indices into model.tensors (weights) with
  /// the kind that is described: e.g. {"conv1","weight"}, {"conv1","weight_gradient"}.
  struct StatisticTensor
  {
    std::string layer;
    std::string kind;
  };
  std::vector<StatisticTensor> statisticTensors;
  std::vector<TrackedCoordinate> tracked;
  std::vector<FilterSeriesDescription> filterSeries;
  std::vector<std::string> changeBandLayers; ///< layers of the |dw/w| decade bands
  std::vector<std::string> classNames;
  std::vector<std::uint16_t> validationLabels;
  std::vector<std::int64_t> validationIndices; ///< index in the data set of every validation image
  /// Small tensors of the probe batch: [slot, 1, 1, sample] for layers whose maps have fewer than
  /// 16 pixels.
  std::vector<TensorDescription> probe;
  std::vector<GramDescription> gram;

  std::string optionsJson; ///< all training options, so that Resume can compare and restore them
  EpochClock clock{ 0 };   ///< of the steps of this file
  std::int64_t snapshotInterval = 0;
  std::int64_t filterInterval = 10;
  int threads = 0;
  std::string instructionSet; ///< e.g. "avx512"
  std::string parentSegment;  ///< file name beside this one, empty for a root
  std::int64_t parentStep = -1;
  /// Of the root of a run that began with the state of another: path of that run's file, as seen
  /// from this file's folder, and the step; else empty and -1.
  std::string parentRun;
  std::int64_t parentRunStep = -1;

  /// Estimated bytes of a file with this layout after `steps` steps and `snapshots` snapshots.
  std::int64_t expectedBytes(
    std::int64_t steps, std::int64_t snapshots, std::int64_t evaluations) const;
};

/// `count` consecutive steps of everything recorded every step; all row-major with the row first.
struct StepBlock
{
  std::vector<std::int64_t> step;
  std::vector<double> epoch;
  std::vector<float> metrics;           ///< [row][metricColumns]
  std::vector<float> statistics;        ///< [row][statisticTensors][12], order of Statistic
  std::vector<std::uint32_t> histogram; ///< [row][statisticTensors][64]
  std::vector<float> histogramRange;    ///< [row][statisticTensors][2], lowest and highest edge
  std::vector<std::uint8_t> exact; ///< [row][statisticTensors], 1 = quantiles and histogram from
                                   ///< all values, 0 = from a sample
  std::vector<float> tracked;      ///< [row][tracked]

  std::size_t rows() const { return step.size(); }
  void clear();
  void append(const StepBlock& other);
};

/// Per-filter series and change bands, every filterInterval steps.
struct FilterBlock
{
  std::vector<std::int64_t> step;
  std::vector<std::vector<float>> series; ///< one per filterSeries: [row][slots]
  std::vector<std::uint32_t> changeBands; ///< [row][changeBandLayers][changeBandCount]

  std::size_t rows() const { return step.size(); }
};

} // namespace tensorview

#endif
