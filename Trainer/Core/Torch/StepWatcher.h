#ifndef TENSORVIEW_STEP_WATCHER_H
#define TENSORVIEW_STEP_WATCHER_H

#include "../Network/NetworkGraph.h"
#include "../Network/SlotTables.h"
#include "../TrainingModel.h"
#include "Distribution.h"
#include "FilterChangesCuda.h"
#include "FilterKernels.h"
#include "HostMirror.h"
#include "Optimizer.h"
#include "ParameterStore.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// Makes the rows that a run file keeps of every step: norms, statistics, tracked weights, series
/// per filter. Looks at a ParameterStore, changes nothing. Of weights that are not to be trained it
/// tells nothing; rows then are loss, accuracy and learning rate.
class StepWatcher
{
public:
  /// @param slots of the graph: rows have room for all that ever were, and tell of those that were
  /// removed that they are not a number
  /// @param store must outlive this object
  /// @param named coordinates to follow beside the default ones, see chooseTrackedWeights
  /// @throws std::invalid_argument if `named` is wrong
  StepWatcher(const NetworkGraph& graph, const SlotTables& slots, const ParameterStore& store,
    const std::string& named);

  /// Fills in what this class knows of the layout: columns, tensors, coordinates, series.
  void describe(RunLayout& layout) const;

  /// Before an update: keeps the weights if the step's filter row is wanted.
  void beginStep(const TrainingModel::Watch& watch);
  /// Where the optimizer is to put the moments; null if nobody wants them.
  ParameterMoments* moments(const TrainingModel::Watch& watch);

  /// @name After an update on a GPU, before appendRow()
  /// @{
  void request(const TrainingModel::Watch& watch, const Optimizer& optimizer, HostMirror& mirror);
  /// Once what was asked for is there.
  void receive(const HostMirror& mirror);
  /// @}

  /// Appends what follows from the last update. All values of statistics are exact if `exact`, else
  /// quartiles and histograms of large tensors come from a sample; on a GPU they always do.
  void appendRow(const TrainingModel::StepReport& report, bool statistics, bool exact,
    std::int64_t step, double epoch, StepBlock& block);
  void appendFilterRow(std::int64_t step, FilterBlock& block);

private:
  struct Watched
  {
    std::size_t parameter; ///< index of the weight in store_.parameters()
    std::int32_t id;       ///< of the layer
    std::string name;
    TensorShape everShape;             ///< of the weight, with all slots that ever were
    std::vector<std::int64_t> filters; ///< by slot: its place, -1 = removed
    /// Likewise of the layer that feeds it; empty: the image's channels, which stay.
    std::vector<std::int64_t> channels;
  };
  /// One tensor whose statistics are taken.
  struct Job
  {
    const Parameter& parameter;
    const Moments& moments;
    const at::Tensor& flat;   ///< values or gradients
    std::size_t distance = 1; ///< between the values that quartiles and histogram come from
    /// Number of those values.
    std::size_t chosen() const
    {
      return (static_cast<std::size_t>(this->parameter.count) + this->distance - 1) /
             this->distance;
    }
  };
  /// What a step leaves on the GPU, see request().
  struct OnDevice
  {
    at::Tensor samples;                    ///< positions of all layers' samples in the flat buffers
    std::vector<std::int64_t> firstSample; ///< by layer, among those
    std::vector<std::size_t> requests;     ///< numbers in the mirror: tracked, moments, samples
    at::Tensor tracked;
    at::Tensor values; ///< samples of the weights
    at::Tensor gradients;
  };

  const Parameter& parameterOf(const Watched& layer) const;
  std::int64_t positionOf(const Watched& layer, std::int64_t index) const;
  void placeTracked();
  Job jobAt(std::size_t index, bool exact) const;
  void describe(const Job& job, std::size_t index);
  void appendStatistics(bool exact, StepBlock& block);
  void appendTracked(StepBlock& block) const;
  void placeSamples();
  std::vector<FilterChange> measureChanges();

  const ParameterStore& store_;
  std::vector<Watched> layers_;
  std::vector<TrackedCoordinate> tracked_;
  at::Tensor trackedPositions_;      ///< in the flat buffers, of those that are there
  std::vector<bool> trackedIsThere_; ///< by tracked coordinate
  ParameterMoments moments_;
  at::Tensor previous_; ///< flat values before the last update, if it was asked for
  OnDevice onDevice_;
  FilterChangesCuda deviceChanges_;

  // By job, see appendStatistics.
  std::vector<DistributionScratch> scratch_;
  std::vector<std::vector<float>> samples_;
  std::vector<Distribution> distributions_;
};

} // namespace tensorview

#endif
