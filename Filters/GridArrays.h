#ifndef GridArrays_h
#define GridArrays_h

#include "Core/FilterValues.h"
#include "LayerTensor.h"
#include "vtkSmartPointer.h"

#include <vector>

class vtkDataSetAttributes;
class vtkInformation;
class vtkTensorArray;

/// Arrays and images that the grids have in common.
namespace GridArrays
{

/// True for kinds whose colours should be symmetric about zero: everything but activations and
/// variances.
bool IsSymmetric(const std::string& kind);

/// An array of `count` values under the name of a kind.
vtkSmartPointer<vtkTensorArray> NewValues(const std::string& kind, vtkIdType count);
/// Tells an array the range of its finite values, widened to [-m, m] if `symmetric`.
void SetRange(vtkTensorArray* array, const tensorview::FiniteRange& range, bool symmetric);

/// Finite range of all parts of this rank.
tensorview::FiniteRange RangeOf(const std::vector<vtkTensorCollection::Part>& parts);

/// Names of the arrays that all views have in common.
inline constexpr const char* slotName = "Slot";
inline constexpr const char* groupName = "Group";
inline constexpr const char* layerName = "LayerId";
inline constexpr const char* idName = "GlobalFilterIds";

/// Which filter each element of an output stands for.
struct FilterLabels
{
  std::vector<std::int32_t> layerId;
  std::vector<std::int32_t> slot; ///< aligned with layerId
  std::vector<int> group;         ///< aligned with slot; empty = not grouped
  bool layered = false;           ///< `LayerId` tells layers apart
};

/// Adds `Slot`, `Group` (if known), `LayerId` and global ids, each filter's repeated `repeat`
/// times.
void AddLabels(vtkDataSetAttributes* attributes, const FilterLabels& labels,
  const std::vector<vtkIdType>& repeat);

/// Of the cells of a flat image, in widths. ParaView draws a slice in the middle of its cells: were
/// they cubes, it would hide what lies at height 0, such as the outlines of selected cells.
constexpr double thickness = 1e-6;

/// Promises an image: its whole extent, origin and spacing. Without this no view shows it.
void PromiseImage(vtkInformation* outputInformation, const int (&extent)[6],
  const double (&origin)[3], double spacing);
/// The same for a square of so many pixels a side with its corner at the origin.
void PromiseSquare(vtkInformation* outputInformation, std::int64_t pixels, double spacing);

}

#endif
