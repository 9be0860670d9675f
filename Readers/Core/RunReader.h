#ifndef TENSORVIEW_RUN_READER_H
#define TENSORVIEW_RUN_READER_H

#include "GramMatrix.h"
#include "LayerHistory.h"
#include "RunLayout.h"

#include <memory>

namespace tensorview
{

/// Reads a run (all its segments) by demand; opening reads only descriptions and counters, so its
/// cost does not grow with the run. Works on closed files, on files a writer has open (SWMR), and
/// on files whose writer was killed. Not thread safe. Every method throws RunFileError with the
/// file, the place and a remedy; the reader stays usable.
class RunReader
{
public:
  /// @param path any segment of the run; the time axis is the path from the root to the newest
  /// leaf, unless
  ///   `branch` names the file name (not the path) of another segment, see branches().
  static std::unique_ptr<RunReader> open(const std::string& path, const std::string& branch = "");
  ~RunReader();

  /// Cheap and strict: does the file begin like an HDF5 file and carry this format's root
  /// attribute?
  static bool canRead(const std::string& path);

  const std::string& path() const;
  const RunLayout& layout() const; ///< of the newest segment on the path
  const ModelDescription& model() const { return this->layout().model; }
  /// File names of all segments that end a way: leaves, and segments whose last steps were given up
  /// by an undo or a branch. The newest leaf is last.
  std::vector<std::string> branches() const;
  /// Why files that look like segments of this run are left out, a sentence each.
  std::vector<std::string> problems() const;

  /// @name Snapshots, ascending steps over all segments of the path
  const std::vector<std::int64_t>& snapshotSteps() const;
  const std::vector<double>& snapshotEpochs() const;
  /// Index of the snapshot at `step` or the last one before it; 0 if there is none before.
  std::size_t snapshotIndexAt(double step) const;
  /// Reads filters [firstFilter, firstFilter + filterCount) of those that exist at that snapshot
  /// (in slot order) of tensor model().tensors[tensor]; filterCount < 0 = all. Only these bytes are
  /// read. A tensor that was not recorded then has shape.filters 0 and no data.
  TensorValues readTensor(std::size_t tensor, std::size_t snapshot, std::int64_t firstFilter = 0,
    std::int64_t filterCount = -1) const;
  /// The same for layout().probe.
  TensorValues readProbe(std::size_t probe, std::size_t snapshot) const;
  /// The Gram matrix of a layer's filters at a snapshot; empty if none was recorded.
  GramMatrix readGram(const std::string& layer, std::size_t snapshot) const;
  /// The one at `snapshot`, or else the last of the 64 snapshots before it that has one: matrices
  /// of many images are recorded now and then only.
  GramMatrix newestGram(const std::string& layer, std::size_t snapshot) const;

  /// @name Every step
  std::size_t stepCount() const;
  std::vector<std::int64_t> steps(std::size_t first = 0, std::ptrdiff_t count = -1) const;
  StepTable metrics(std::size_t firstRow = 0, std::ptrdiff_t rowCount = -1) const;
  /// Statistics [row][12] of layout().statisticTensors[index].
  StepTable statistics(
    std::size_t index, std::size_t firstRow = 0, std::ptrdiff_t rowCount = -1) const;
  struct Histogram
  {
    std::array<std::uint32_t, histogramBins> count{};
    float low = 0.0F;
    float high = 0.0F;
    bool exact = false;
  };
  Histogram histogram(std::size_t index, std::size_t row) const;
  /// Values of `coordinates` (flat indices over the layer's original weight tensor) at every
  /// recorded step in [firstStep, lastStep]. One read if all are tracked (everyStep = true), else
  /// from snapshots.
  CoordinateHistory coordinates(const std::string& layer,
    const std::vector<std::int64_t>& coordinates, std::int64_t firstStep = 0,
    std::int64_t lastStep = std::numeric_limits<std::int64_t>::max()) const;
  /// All weights of a layer at all snapshots, read piece by piece. Good until the next refresh().
  std::unique_ptr<LayerHistory> layerHistory(const std::string& layer) const;

  /// Columns = slots. `name` as in layout().filterSeries.
  StepTable filterSeries(const std::string& name) const;
  /// [row][changeBandLayers * changeBandCount]
  StepTable changeBands() const;

  std::vector<Evaluation> evaluations(bool withPredictions = false) const;
  std::vector<std::string> jsonLines(const std::string& stream) const; ///< "edits", "events"

  /// Looks for rows and segments that a writer has appended since. Cheap; true if anything is new.
  bool refresh();
  /// Why following does not work on this file system (NFS), empty if it does.
  std::string followObstacle() const;

private:
  RunReader();
  struct Internals;
  std::unique_ptr<Internals> internals_;
};

} // namespace tensorview

#endif
