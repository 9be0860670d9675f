#ifndef HistoryProjection_h
#define HistoryProjection_h

#include "../Readers/Core/LayerHistory.h"

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

/// Weights over a training in the space of three axes: chosen weights or principal components.
namespace HistoryProjection
{

constexpr std::size_t dimensions = 3;

/// Called with the part that is done (0 to 1); false: give up.
using Progress = std::function<bool(double)>;

struct Options
{
  std::size_t maximumSnapshots = 1000;               ///< of all runs together, evenly spread
  std::size_t blockBytes = std::size_t{ 192 } << 20; ///< of values in one hand; there are two
};

/// A way through the space of the three axes.
struct Path
{
  std::vector<std::int64_t> step;
  std::vector<float> values; ///< [row][3]; NaN: left out
};

struct Result
{
  /// [run][curve]: one of a whole layer, else one of each filter.
  std::vector<std::vector<Path>> paths;
  std::array<double, dimensions> explained{}; ///< part of the variance along each axis
  std::int64_t weights = 0;                   ///< that the vectors consist of
  std::size_t leftOut = 0;                    ///< vectors with values that are not finite
  std::size_t snapshots = 0;                  ///< that took part, of all runs together
  std::size_t allSnapshots = 0;
  bool finished = true; ///< false: Progress gave up, there are no paths
};

/// Principal components of the whole weights of a layer, one path a run. The runs share axes, which
/// are fitted to all their snapshots together. Channels and filters count that exist at every
/// snapshot of every run. One pass over the values: the Gram matrix of the snapshots is summed over
/// blocks of columns while the next block is read (method of snapshots, see PrincipalComponents.h).
/// @param runs at least one, all with the same extents of a filter
/// @throws std::exception of LayerHistory
Result ProjectLayer(const std::vector<tensorview::LayerHistory*>& runs, const Options& options,
  const Progress& progress);

/// Principal components of single filters, a path for each of `slots` in each run. All share the
/// axes, which are fitted to at most 1000 of the vectors (of a filter at a snapshot), evenly spread
/// over runs, snapshots and filters; `explained` counts all vectors. Channels count that exist at
/// every snapshot of every run.
Result ProjectFilters(const std::vector<tensorview::LayerHistory*>& runs,
  const std::vector<std::int32_t>& slots, const Options& options, const Progress& progress);

/// Three chosen weights of single filters, a path for each of `slots` in each run.
/// @param coordinates indices into a filter's flattened weights [channel, row, column]
Result ReadFilters(const std::vector<tensorview::LayerHistory*>& runs,
  const std::vector<std::int32_t>& slots, const std::array<std::int64_t, dimensions>& coordinates,
  const Options& options, const Progress& progress);

}

#endif
