#ifndef HistoryCurves_h
#define HistoryCurves_h

#include "HistoryProjection.h"
#include "SeenWeights.h"
#include "TrajectoryLines.h"
#include "TrajectoryRuns.h"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// Curves and what is to be said of them.
struct MadeCurves
{
  std::vector<TrajectoryCurve> curves;
  std::vector<std::string> notes;
  std::vector<double> explained; ///< part of the variance; empty: no principal components
};

/// Does something on rank 0. Collective.
/// @throws std::runtime_error on all ranks if it throws there
void OnRootRank(const std::function<void()>& work);

/// Curves that are made of all recorded snapshots of a layer: principal components, and curves of
/// single filters. Keeps what sources without a history have shown, and what was made last, so that
/// long histories are not read for every new snapshot.
class HistoryCurves
{
public:
  struct Options
  {
    bool principalComponents = false;
    bool ofFilters = false;                                 ///< a curve for every filter
    std::array<std::int64_t, HistoryProjection::dimensions> ///< [channel, row, column], C order;
      filterCoordinates{};                                  ///< for curves of filters
    std::vector<int> slots;                                 ///< filters with a curve; empty: all
    std::int64_t firstStep = 0;
    std::int64_t lastStep = 0; ///< included
    std::size_t maximumSnapshots = 0;
    std::size_t maximumPoints = 0; ///< of all curves of filters together
  };

  /// Makes the curves of all runs on rank 0. Collective.
  /// @param identity names runs and options: with another one nothing of before counts
  /// @param made is changed only where there is enough new
  /// @return false if `progress` gave up: the curves are to be made again
  /// @throws std::exception of LayerHistory, or naming what is not there
  bool Update(const std::vector<TrajectoryRun>& runs, const std::string& identity,
    const Options& options, const HistoryProjection::Progress& progress, MadeCurves& made);

  /// How often curves were made so far.
  std::int64_t GetNumberOfFits() const { return this->Fits; }

private:
  tensorview::LayerHistory* Open(
    const TrajectoryRun& run, std::vector<std::unique_ptr<tensorview::LayerHistory>>& opened);
  bool IsRecentEnough(const std::string& identity,
    const std::vector<tensorview::LayerHistory*>& histories, MadeCurves& made) const;

  struct Fit
  {
    std::string identity;
    std::size_t snapshots = 0;
  };
  Fit Last;
  std::int64_t Fits = 0;

  struct Seen
  {
    std::string layer;
    tensorview::TensorShape shape;
    std::unique_ptr<SeenWeights> weights;
  };
  std::map<int, Seen> SeenOfRun; ///< by number of the run
};

#endif
