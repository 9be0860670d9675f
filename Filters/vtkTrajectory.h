#ifndef vtkTrajectory_h
#define vtkTrajectory_h

#include "vtkTensorFilter.h"

#include <cstdint> // for std::int64_t
#include <map>     // for the values seen so far
#include <vector>  // for coordinates

namespace tensorview
{
struct CoordinateHistory;
}

/**
 * @class vtkTrajectory
 * @brief How chosen weights of a layer move while it trains: curves in the space of three weights.
 *
 * Output: vtkPolyData, one curve for every triple of Coordinates. Point data: `Step` (the active
 * scalars), `Coordinates` (the three weights, true values). Cell data: `Trajectory` (0, 1, ... the
 * triple), `Slot` (filter of the first coordinate) and global ids.
 *
 * The whole history comes from the source in one read (vtkModelProvider), without running it again;
 * time does not matter. Coordinates that the source tracks have a point for every step, others for
 * every snapshot, and the note says so. From a source that keeps no history the current weights are
 * taken at every execution, and the curve grows. Steps at which a weight is not finite or does not
 * exist interrupt the curve. With several ranks rank 0 draws it.
 *
 * Kind is always `weight`.
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkTrajectory : public vtkTensorFilter
{
public:
  static vtkTrajectory* New();
  vtkTypeMacro(vtkTrajectory, vtkTensorFilter);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  ///@{
  /// Triples of indices into the layer's flattened weights (C order of filter, channel, row,
  /// column), three for every curve. Default 0 1 2, 3 4 5, 6 7 8. Triples that the layer does not
  /// have are left out, with a note.
  void AddCoordinate(vtkIdType index);
  void RemoveAllCoordinates();
  vtkIdType GetNumberOfCoordinates() const;
  vtkIdType GetCoordinate(vtkIdType i) const;
  ///@}

  enum ArrangementMode
  {
    TRUE_COORDINATES = 0, ///< x, y, z are the weights
    SIDE_BY_SIDE = 1      ///< each curve scaled (equally in x, y, z) into a unit cube of its own
  };
  ///@{
  /// Where the curves lie. Default TRUE_COORDINATES.
  vtkSetClampMacro(Arrangement, int, TRUE_COORDINATES, SIDE_BY_SIDE);
  vtkGetMacro(Arrangement, int);
  ///@}

  ///@{
  /// Steps to show, both included; LastStep -1 = the newest. Default 0 and -1: all.
  vtkSetMacro(FirstStep, vtkIdType);
  vtkGetMacro(FirstStep, vtkIdType);
  vtkSetMacro(LastStep, vtkIdType);
  vtkGetMacro(LastStep, vtkIdType);
  ///@}

protected:
  vtkTrajectory();
  ~vtkTrajectory() override;

  int FillOutputPortInformation(int port, vtkInformation* info) override;
  void Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;
  void Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;

  std::vector<vtkIdType> Coordinates;
  int Arrangement = TRUE_COORDINATES;
  vtkIdType FirstStep = 0;
  vtkIdType LastStep = -1;

private:
  vtkTrajectory(const vtkTrajectory&) = delete;
  void operator=(const vtkTrajectory&) = delete;

  /// Triples of Coordinates that the layer has, one behind the other; `numbers` says which.
  std::vector<std::int64_t> CheckCoordinates(
    const std::string& layer, std::int64_t weights, std::vector<int>& numbers);
  /// Current weights of the input, added to those of earlier executions.
  tensorview::CoordinateHistory Accumulate(vtkInformationVector** inputVector,
    const std::string& layer, const std::vector<std::int64_t>& coordinates);

  /// What earlier executions saw, for sources without a history.
  struct Seen
  {
    std::string layer;
    std::vector<std::int64_t> coordinates;
    std::map<std::int64_t, std::vector<float>> values; ///< by step
  };
  Seen SeenValues;
};

#endif
