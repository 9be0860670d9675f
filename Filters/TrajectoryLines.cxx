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
#include "vtkStringArray.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace
{
constexpr double cubePitch = 1.25; ///< from one unit cube to the next

bool IsFinite(const float* triple)
{
  return std::isfinite(triple[0]) && std::isfinite(triple[1]) && std::isfinite(triple[2]);
}

struct Bounds
{
  std::array<double, 3> low;
  std::array<double, 3> high;

  Bounds()
  {
    this->low.fill(std::numeric_limits<double>::infinity());
    this->high.fill(-std::numeric_limits<double>::infinity());
  }
  void add(const TrajectoryCurve& curve)
  {
    for (std::size_t row = 0; row < curve.step.size(); ++row)
    {
      const float* triple = curve.values.data() + 3 * row;
      for (std::size_t axis = 0; axis < 3 && IsFinite(triple); ++axis)
      {
        this->low[axis] = std::min(this->low[axis], static_cast<double>(triple[axis]));
        this->high[axis] = std::max(this->high[axis], static_cast<double>(triple[axis]));
      }
    }
  }
};

TrajectoryPlacement PlaceInCube(const Bounds& bounds, const std::array<int, 2>& cube)
{
  TrajectoryPlacement placement;
  if (!(bounds.low[0] <= bounds.high[0]))
  {
    return placement; // nothing to place
  }
  double extent = 0.0;
  for (std::size_t axis = 0; axis < 3; ++axis)
  {
    extent = std::max(extent, bounds.high[axis] - bounds.low[axis]);
  }
  placement.scale = extent > 0.0 ? 1.0 / extent : 1.0;
  for (std::size_t axis = 0; axis < 3; ++axis)
  {
    placement.shift[axis] = 0.5 - 0.5 * (bounds.low[axis] + bounds.high[axis]) * placement.scale;
  }
  placement.shift[0] += cubePitch * cube[0];
  placement.shift[1] += cubePitch * cube[1];
  return placement;
}

/// What the two outputs share: points with their arrays, cells with theirs.
class Writer
{
public:
  explicit Writer(std::size_t points)
  {
    this->Points->SetNumberOfComponents(3);
    this->Points->SetNumberOfTuples(static_cast<vtkIdType>(points));
    this->Weights->SetName("Coordinates");
    this->Weights->SetNumberOfComponents(3);
    this->Weights->SetNumberOfTuples(static_cast<vtkIdType>(points));
    this->Steps->SetName("Step");
    this->Steps->SetNumberOfValues(static_cast<vtkIdType>(points));
    this->Trajectory->SetName("Trajectory");
    this->Slot->SetName("Slot");
    this->Run->SetName("Run");
    this->Group->SetName("Group");
    this->Ids->SetName("GlobalFilterIds");
  }

  vtkIdType AddPoint(const float* triple, std::int64_t step, const TrajectoryPlacement& placement)
  {
    float* toPoint = this->Points->GetPointer(3 * this->Point);
    float* toWeight = this->Weights->GetPointer(3 * this->Point);
    for (std::size_t axis = 0; axis < 3; ++axis)
    {
      toPoint[axis] = static_cast<float>(
        static_cast<double>(triple[axis]) * placement.scale + placement.shift[axis]);
      toWeight[axis] = triple[axis];
    }
    this->Steps->SetValue(this->Point, step);
    this->FirstStep = std::min(this->FirstStep, step);
    this->LastStep = std::max(this->LastStep, step);
    return this->Point++;
  }

  void AddCell(const TrajectoryCurve& curve, const std::vector<vtkIdType>& points)
  {
    this->Cells->InsertNextCell(static_cast<vtkIdType>(points.size()), points.data());
    this->Trajectory->InsertNextValue(curve.trajectory);
    this->Slot->InsertNextValue(curve.slot);
    this->Run->InsertNextValue(curve.run);
    this->Group->InsertNextValue(curve.group);
    this->Ids->InsertNextValue(curve.filterId);
    this->HasIds = this->HasIds || curve.filterId >= 0;
  }

  void Write(bool lines, bool withGroups, vtkPolyData* output)
  {
    this->Points->Resize(this->Point);
    this->Weights->Resize(this->Point);
    this->Steps->Resize(this->Point);
    if (this->Point > 0)
    {
      this->Steps->SetKnownRange(
        static_cast<double>(this->FirstStep), static_cast<double>(this->LastStep));
    }
    vtkNew<vtkPoints> pointSet;
    pointSet->SetData(this->Points);
    output->SetPoints(pointSet);
    if (lines)
    {
      output->SetLines(this->Cells);
    }
    else
    {
      output->SetVerts(this->Cells);
    }
    output->GetPointData()->SetScalars(this->Steps);
    output->GetPointData()->AddArray(this->Weights);
    output->GetCellData()->AddArray(this->Trajectory);
    output->GetCellData()->AddArray(this->Slot);
    output->GetCellData()->AddArray(this->Run);
    if (withGroups)
    {
      output->GetCellData()->AddArray(this->Group);
    }
    if (this->HasIds)
    {
      output->GetCellData()->SetGlobalIds(this->Ids);
    }
  }

private:
  vtkNew<vtkFloatArray> Points;
  vtkNew<vtkFloatArray> Weights;
  vtkNew<KnownRangeArray<vtkIdTypeArray>> Steps;
  vtkNew<vtkCellArray> Cells;
  vtkNew<vtkIntArray> Trajectory;
  vtkNew<vtkIntArray> Slot;
  vtkNew<vtkIntArray> Run;
  vtkNew<vtkIntArray> Group;
  vtkNew<vtkIdTypeArray> Ids;
  bool HasIds = false;
  vtkIdType Point = 0;
  std::int64_t FirstStep = std::numeric_limits<std::int64_t>::max();
  std::int64_t LastStep = std::numeric_limits<std::int64_t>::min();
};
}

std::vector<TrajectoryPlacement> PlaceTrajectories(
  const std::vector<TrajectoryCurve>& curves, bool sideBySide)
{
  std::vector<TrajectoryPlacement> placements(curves.size());
  if (!sideBySide)
  {
    return placements;
  }
  std::map<std::array<int, 2>, Bounds> cubes;
  for (const TrajectoryCurve& curve : curves)
  {
    cubes[curve.cube].add(curve);
  }
  for (std::size_t i = 0; i < curves.size(); ++i)
  {
    placements[i] = PlaceInCube(cubes.at(curves[i].cube), curves[i].cube);
  }
  return placements;
}

void WriteTrajectoryLines(const std::vector<TrajectoryCurve>& curves,
  const std::vector<TrajectoryPlacement>& placements, bool withGroups, vtkPolyData* output)
{
  std::size_t rows = 0;
  for (const TrajectoryCurve& curve : curves)
  {
    rows += curve.step.size();
  }
  Writer writer(rows);
  std::vector<vtkIdType> line;
  for (std::size_t i = 0; i < curves.size(); ++i)
  {
    const TrajectoryCurve& curve = curves[i];
    const auto endLine = [&]
    {
      if (line.size() > 1)
      {
        writer.AddCell(curve, line);
      }
      line.clear();
    };
    for (std::size_t row = 0; row < curve.step.size(); ++row)
    {
      const float* triple = curve.values.data() + 3 * row;
      if (IsFinite(triple))
      {
        line.push_back(writer.AddPoint(triple, curve.step[row], placements[i]));
      }
      else
      {
        endLine();
      }
    }
    endLine();
  }
  writer.Write(true, withGroups, output);
}

namespace
{
/// The last finite point of a curve at or before a step; where it begins later, its first.
struct CurvePoint
{
  const float* triple = nullptr; ///< null: the curve has no finite point
  std::int64_t step = 0;
  bool isLast = true; ///< of the curve
};

CurvePoint PointAt(const TrajectoryCurve& curve, double shown)
{
  CurvePoint point;
  for (std::size_t row = 0; row < curve.step.size(); ++row)
  {
    const float* triple = curve.values.data() + 3 * row;
    if (!IsFinite(triple))
    {
      continue;
    }
    if (point.triple && static_cast<double>(curve.step[row]) > shown)
    {
      point.isLast = false;
      break;
    }
    point.triple = triple;
    point.step = curve.step[row];
  }
  return point;
}
}

void WriteTrajectoryMarkers(const std::vector<TrajectoryCurve>& curves,
  const std::vector<TrajectoryPlacement>& placements, bool withGroups,
  const std::map<int, double>& shown, vtkPolyData* output)
{
  Writer writer(curves.size());
  for (std::size_t i = 0; i < curves.size(); ++i)
  {
    const CurvePoint point = PointAt(curves[i], shown.at(curves[i].run));
    if (point.triple)
    {
      writer.AddCell(curves[i], { writer.AddPoint(point.triple, point.step, placements[i]) });
    }
  }
  writer.Write(false, withGroups, output);
}

void WriteTrajectoryEvents(const std::vector<TrajectoryCurve>& curves,
  const std::vector<TrajectoryPlacement>& placements, bool withGroups,
  const std::map<int, std::vector<TrajectoryEvent>>& events, vtkPolyData* output)
{
  std::size_t most = 0;
  for (const TrajectoryCurve& curve : curves)
  {
    most += events.at(curve.run).size();
  }
  Writer writer(most);
  vtkNew<vtkStringArray> labels;
  labels->SetName("Label");
  for (std::size_t i = 0; i < curves.size(); ++i)
  {
    for (const TrajectoryEvent& event : events.at(curves[i].run))
    {
      const CurvePoint point = PointAt(curves[i], static_cast<double>(event.step));
      if (point.triple && (point.step == event.step || (point.step < event.step && !point.isLast)))
      {
        writer.AddCell(curves[i], { writer.AddPoint(point.triple, point.step, placements[i]) });
        labels->InsertNextValue(event.text);
      }
    }
  }
  writer.Write(false, withGroups, output);
  output->GetPointData()->AddArray(labels);
}
