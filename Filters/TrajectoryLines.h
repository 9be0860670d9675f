#ifndef TrajectoryLines_h
#define TrajectoryLines_h

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

class vtkPolyData;

/// The way of three weights, or of what stands for many.
struct TrajectoryCurve
{
  int trajectory = 0;         ///< number of the triple; 0 where there are none
  int run = 0;                ///< number of the input
  std::int32_t slot = -1;     ///< filter; of a triple that of its first coordinate; -1: the layer
  std::int64_t filterId = -1; ///< -1: none
  int group = -1;
  std::array<int, 2> cube{}; ///< column and row of its cube where each has one
  std::vector<std::int64_t> step;
  std::vector<float> values; ///< [row][3]
};

/// point = value * scale + shift
struct TrajectoryPlacement
{
  double scale = 1.0;
  std::array<double, 3> shift{};
};

/// Where the curves lie: as they are, or each `cube` (equally in x, y, z) in a unit cube of its
/// own; curves of the same cube share its scale. From one cube to the next it is 1.25.
std::vector<TrajectoryPlacement> PlaceTrajectories(
  const std::vector<TrajectoryCurve>& curves, bool sideBySide);

/// Writes curves with the arrays that vtkTrajectory documents.
/// @param withGroups writes Group, too
void WriteTrajectoryLines(const std::vector<TrajectoryCurve>& curves,
  const std::vector<TrajectoryPlacement>& placements, bool withGroups, vtkPolyData* output);

/// Writes the last point of every curve at or before the step that its run shows, with the same
/// arrays; the first one of curves that begin later.
/// @param shown step by number of the run
void WriteTrajectoryMarkers(const std::vector<TrajectoryCurve>& curves,
  const std::vector<TrajectoryPlacement>& placements, bool withGroups,
  const std::map<int, double>& shown, vtkPolyData* output);

/// What happened to a run at a step.
struct TrajectoryEvent
{
  std::int64_t step = 0;
  std::string text;
};

/// Writes the point of every curve at each event of its run (the last one before it, where the
/// curve has none at that step), with the same arrays and the point array `Label`, the text. A
/// curve that begins after an event or ends before it has no point there.
/// @param events by number of the run
void WriteTrajectoryEvents(const std::vector<TrajectoryCurve>& curves,
  const std::vector<TrajectoryPlacement>& placements, bool withGroups,
  const std::map<int, std::vector<TrajectoryEvent>>& events, vtkPolyData* output);

#endif
