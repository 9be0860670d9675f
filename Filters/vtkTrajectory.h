#ifndef vtkTrajectory_h
#define vtkTrajectory_h

#include "vtkTensorFilter.h"

#include <memory> // for the work
#include <vector> // for coordinates

/**
 * @class vtkTrajectory
 * @brief How the weights of a layer move while it trains: curves in the space of three weights, or
 * of the three directions in which the weights move most.
 *
 * Inputs (repeatable): networks, each a run of its own. All are shown with the same axes. A run
 * whose layer does not fit that of the first one is left out, with a note.
 *
 * Output 0 `Trajectories`: vtkPolyData, lines. Point data: `Step` (the active scalars),
 * `Coordinates` (true values: weights, or scores of the components). Cell data: `Trajectory`
 * (0, 1, ... the triple), `Slot` (filter of the curve; of a triple that of its first coordinate;
 * -1: the whole layer), `Run` (0, 1, ... the input), behind a vtkPCCGrouping `Group`, and global
 * ids where there is a filter. Does not depend on time. Output 1 `Now`: vtkPolyData, a vertex with
 * the same arrays for every curve at the step that its input shows (or the last one before it).
 *
 * Output 2 `Edits`: vtkPolyData, a vertex with the same arrays, and the point array `Label` ("conv1
 * 16 to 14"), for every curve at every edit of its run (vtkModelProvider::GetEditMarks()). Does not
 * depend on time.
 *
 * Field data of all: `ExplainedVariance` (three parts of the whole) with principal components.
 *
 * With coordinates the whole history comes from the source in one read (vtkModelProvider).
 * Coordinates that the source tracks have a point for every step, others for every snapshot, and
 * the note says so. Curves of filters and principal components are made of snapshots
 * (HistoryProjection); they are kept until the history changes. Where fitting is not done at once
 * (more than 64 MB or 300 snapshots) they are fitted anew when a tenth of the snapshots is new.
 * From a source that keeps no history the current weights are taken at every execution, and the
 * curve grows. Steps at which a weight is not finite or does not exist interrupt the curve. With
 * several ranks rank 0 draws it.
 *
 * Kind is always `weight`.
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkTrajectory : public vtkTensorFilter
{
public:
  static vtkTrajectory* New();
  vtkTypeMacro(vtkTrajectory, vtkTensorFilter);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  enum ProjectionMode
  {
    COORDINATES = 0,         ///< x, y, z are chosen weights
    PRINCIPAL_COMPONENTS = 1 ///< x, y, z are the first three principal components
  };
  ///@{
  /// What the axes are. Default COORDINATES.
  vtkSetClampMacro(Projection, int, COORDINATES, PRINCIPAL_COMPONENTS);
  vtkGetMacro(Projection, int);
  ///@}

  enum CurvesMode
  {
    OF_LAYER = 0,  ///< a curve for each triple of Coordinates, or one for all weights
    OF_FILTERS = 1 ///< a curve for each filter
  };
  ///@{
  /// What has a curve. Default OF_LAYER.
  vtkSetClampMacro(Curves, int, OF_LAYER, OF_FILTERS);
  vtkGetMacro(Curves, int);
  ///@}

  ///@{
  /// Triples of indices into the layer's flattened weights (C order of filter, channel, row,
  /// column), three for every curve. Default 0 1 2, 3 4 5, 6 7 8. Triples that the layer does not
  /// have are left out, with a note.
  void AddCoordinate(vtkIdType index);
  void RemoveAllCoordinates();
  vtkIdType GetNumberOfCoordinates() const;
  vtkIdType GetCoordinate(vtkIdType i) const;
  ///@}

  ///@{
  /// Three indices into a filter's flattened weights (C order of channel, row, column), for curves
  /// of filters. Default 0 1 2.
  vtkSetVector3Macro(FilterCoordinates, vtkIdType);
  vtkGetVector3Macro(FilterCoordinates, vtkIdType);
  ///@}

  ///@{
  /// Filters that have a curve; none: all. Default none. Slots that the layer does not have are
  /// left out, with a note.
  void AddSlot(int slot);
  void RemoveAllSlots();
  ///@}

  enum ArrangementMode
  {
    TRUE_COORDINATES = 0, ///< x, y, z are the values
    SIDE_BY_SIDE = 1      ///< each curve scaled (equally in x, y, z) into a unit cube of its own
  };
  ///@{
  /// Where the curves lie. Curves of filters side by side lie in the cells of the layer's grid;
  /// runs share cubes. Default TRUE_COORDINATES.
  vtkSetClampMacro(Arrangement, int, TRUE_COORDINATES, SIDE_BY_SIDE);
  vtkGetMacro(Arrangement, int);
  ///@}

  ///@{
  /// Steps to show, both included; LastStep -1 = the newest. Default 0 and -1: all. Components are
  /// fitted to all steps.
  vtkSetMacro(FirstStep, vtkIdType);
  vtkGetMacro(FirstStep, vtkIdType);
  vtkSetMacro(LastStep, vtkIdType);
  vtkGetMacro(LastStep, vtkIdType);
  ///@}

  ///@{
  /// Largest number of snapshots, of all runs together, that make curves of filters or components;
  /// of more, evenly spread ones are taken. Default 1000.
  vtkSetClampMacro(MaximumSnapshots, int, 2, 4000);
  vtkGetMacro(MaximumSnapshots, int);
  ///@}

  ///@{
  /// Largest number of points of all curves of filters together, at least two snapshots each.
  /// Default 2000000.
  vtkSetClampMacro(MaximumPoints, vtkIdType, 2, VTK_ID_MAX);
  vtkGetMacro(MaximumPoints, vtkIdType);
  ///@}

  /// How often curves were made so far (for tests).
  vtkIdType GetNumberOfFits() const;

protected:
  vtkTrajectory();
  ~vtkTrajectory() override;

  int FillInputPortInformation(int port, vtkInformation* info) override;
  int FillOutputPortInformation(int port, vtkInformation* info) override;
  int RequestUpdateExtent(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) override;
  void Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;
  void Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;

  int Projection = COORDINATES;
  int Curves = OF_LAYER;
  std::vector<vtkIdType> Coordinates;
  vtkIdType FilterCoordinates[3] = { 0, 1, 2 };
  std::vector<int> Slots;
  int Arrangement = TRUE_COORDINATES;
  vtkIdType FirstStep = 0;
  vtkIdType LastStep = -1;
  int MaximumSnapshots = 1000;
  vtkIdType MaximumPoints = 2000000;

private:
  vtkTrajectory(const vtkTrajectory&) = delete;
  void operator=(const vtkTrajectory&) = delete;

  struct Internals;
  std::unique_ptr<Internals> Internal;
};

#endif
