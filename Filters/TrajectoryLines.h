#ifndef TrajectoryLines_h
#define TrajectoryLines_h

#include <cstdint>
#include <vector>

class vtkPolyData;

/// The way of three weights.
struct TrajectoryCurve
{
  int trajectory = 0;    ///< number of the triple
  std::int32_t slot = 0; ///< filter of its first coordinate
  std::int64_t filterId = 0;
  std::vector<std::int64_t> step;
  std::vector<float> values; ///< [row][3]
};

/// Writes curves with the arrays that vtkTrajectory documents.
/// @param sideBySide each curve in a unit cube of its own, one beside the other along x
void WriteTrajectoryLines(
  const std::vector<TrajectoryCurve>& curves, bool sideBySide, vtkPolyData* output);

#endif
