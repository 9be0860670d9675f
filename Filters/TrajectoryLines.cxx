#include "TrajectoryLines.h"

#include "KnownRangeArray.h"

#include "vtkCellArray.h"
#include "vtkCellData.h"
#include "vtkFloatArray.h"
#include "vtkIdTypeArray.h"
#include "vtkIntArray.h"
#include "vtkNew.h"
#include "vtkPointData.h"
#include "vtkPoints.h"
#include "vtkPolyData.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace
{
constexpr double cubePitch = 1.25; ///< from one unit cube to the next

bool IsFinite(const float* triple)
{
  return std::isfinite(triple[0]) && std::isfinite(triple[1]) && std::isfinite(triple[2]);
}

/// point = value * scale + shift
struct Placement
{
  double scale = 1.0;
  double shift[3] = { 0.0, 0.0, 0.0 };
};

Placement PlaceInCube(const TrajectoryCurve& curve, std::size_t number)
{
  double low[3];
  double high[3];
  std::fill_n(low, 3, std::numeric_limits<double>::infinity());
  std::fill_n(high, 3, -std::numeric_limits<double>::infinity());
  for (std::size_t row = 0; row < curve.step.size(); ++row)
  {
    const float* triple = curve.values.data() + 3 * row;
    for (int axis = 0; axis < 3 && IsFinite(triple); ++axis)
    {
      low[axis] = std::min(low[axis], static_cast<double>(triple[axis]));
      high[axis] = std::max(high[axis], static_cast<double>(triple[axis]));
    }
  }
  double extent = 0.0;
  for (int axis = 0; axis < 3; ++axis)
  {
    extent = std::max(extent, high[axis] - low[axis]);
  }
  Placement placement;
  placement.scale = extent > 0.0 ? 1.0 / extent : 1.0;
  for (int axis = 0; axis < 3; ++axis)
  {
    placement.shift[axis] = 0.5 - 0.5 * (low[axis] + high[axis]) * placement.scale;
  }
  placement.shift[0] += cubePitch * static_cast<double>(number);
  return placement;
}
}

void WriteTrajectoryLines(
  const std::vector<TrajectoryCurve>& curves, bool sideBySide, vtkPolyData* output)
{
  std::size_t rows = 0;
  for (const TrajectoryCurve& curve : curves)
  {
    rows += curve.step.size();
  }
  vtkNew<vtkFloatArray> points;
  points->SetNumberOfComponents(3);
  points->SetNumberOfTuples(static_cast<vtkIdType>(rows));
  vtkNew<vtkFloatArray> weights;
  weights->SetName("Coordinates");
  weights->SetNumberOfComponents(3);
  weights->SetNumberOfTuples(static_cast<vtkIdType>(rows));
  vtkNew<KnownRangeArray<vtkIdTypeArray>> steps;
  steps->SetName("Step");
  steps->SetNumberOfValues(static_cast<vtkIdType>(rows));
  vtkNew<vtkCellArray> lines;
  vtkNew<vtkIntArray> trajectory;
  trajectory->SetName("Trajectory");
  vtkNew<vtkIntArray> slot;
  slot->SetName("Slot");
  vtkNew<vtkIdTypeArray> ids;
  ids->SetName("GlobalFilterIds");

  float* toPoint = points->GetPointer(0);
  float* toWeight = weights->GetPointer(0);
  vtkIdType* toStep = steps->GetPointer(0);
  vtkIdType point = 0;
  std::int64_t firstStep = std::numeric_limits<std::int64_t>::max();
  std::int64_t lastStep = std::numeric_limits<std::int64_t>::min();
  std::vector<vtkIdType> line;
  for (std::size_t number = 0; number < curves.size(); ++number)
  {
    const TrajectoryCurve& curve = curves[number];
    const Placement placement = sideBySide ? PlaceInCube(curve, number) : Placement{};
    const auto endLine = [&]
    {
      if (line.size() > 1)
      {
        lines->InsertNextCell(static_cast<vtkIdType>(line.size()), line.data());
        trajectory->InsertNextValue(curve.trajectory);
        slot->InsertNextValue(curve.slot);
        ids->InsertNextValue(curve.filterId);
      }
      line.clear();
    };
    for (std::size_t row = 0; row < curve.step.size(); ++row)
    {
      const float* triple = curve.values.data() + 3 * row;
      if (!IsFinite(triple))
      {
        endLine();
        continue;
      }
      for (int axis = 0; axis < 3; ++axis)
      {
        *toPoint++ = static_cast<float>(
          static_cast<double>(triple[axis]) * placement.scale + placement.shift[axis]);
        *toWeight++ = triple[axis];
      }
      *toStep++ = curve.step[row];
      firstStep = std::min(firstStep, curve.step[row]);
      lastStep = std::max(lastStep, curve.step[row]);
      line.push_back(point++);
    }
    endLine();
  }
  points->Resize(point);
  weights->Resize(point);
  steps->Resize(point);
  if (point > 0)
  {
    steps->SetKnownRange(static_cast<double>(firstStep), static_cast<double>(lastStep));
  }

  vtkNew<vtkPoints> pointSet;
  pointSet->SetData(points);
  output->SetPoints(pointSet);
  output->SetLines(lines);
  output->GetPointData()->SetScalars(steps);
  output->GetPointData()->AddArray(weights);
  output->GetCellData()->AddArray(trajectory);
  output->GetCellData()->AddArray(slot);
  output->GetCellData()->SetGlobalIds(ids);
}
