#ifndef GridArrays_h
#define GridArrays_h

#include "Core/WindowImage.h"
#include "LayerTensor.h"
#include "vtkSmartPointer.h"

#include <vector>

class vtkDataSetAttributes;
class vtkImageData;
class vtkInformation;
class vtkTensorArray;

/// Arrays and images that the grids have in common.
namespace GridArrays
{

/// Names of the arrays that all views have in common.
inline constexpr const char* slotName = "Slot";
inline constexpr const char* groupName = "Group";
inline constexpr const char* idName = "GlobalFilterIds";

/// True for kinds whose colours should be symmetric about zero: everything but activations and
/// variances.
bool IsSymmetric(const std::string& kind);

/// An array of `count` values under the name of a kind.
vtkSmartPointer<vtkTensorArray> NewValues(const std::string& kind, vtkIdType count);
/// Tells an array the range of its finite values, widened to [-m, m] if `symmetric`.
void SetRange(vtkTensorArray* array, const tensorview::FiniteRange& range, bool symmetric);

/// Finite range of all parts of this rank.
tensorview::FiniteRange RangeOf(const std::vector<vtkTensorCollection::Part>& parts);

/// Which filter each element of an output stands for.
struct FilterLabels
{
  std::int32_t layerId = 0;
  std::vector<std::int32_t> slot;
  std::vector<int> group; ///< aligned with slot; empty = not grouped
};

/// Adds `Slot`, `Group` (if known) and global ids, each filter's repeated `repeat` times.
void AddLabels(vtkDataSetAttributes* attributes, const FilterLabels& labels,
  const std::vector<vtkIdType>& repeat);

/// What an image is made of.
struct ImageContent
{
  tensorview::GridLayout layout;
  std::int32_t layerId = 0;
  std::string kind;
  bool symmetric = false;
  tensorview::FilterValues filters;               ///< all of the layer
  std::vector<int> group;                         ///< aligned with the filters; empty = not grouped
  std::vector<tensorview::ValueScale> scales;     ///< aligned with the filters; empty = as they are
  std::int64_t channels = 1;                      ///< of a filter, removed ones included
  std::vector<std::int32_t> removed;              ///< slots
  tensorview::FiniteRange range = { 1.0F, 0.0F }; ///< of what is drawn
};

/// Promises an image of the layout: its whole extent, origin and spacing. Without this no view
/// shows it.
void PromiseImage(vtkInformation* outputInformation, const tensorview::GridLayout& layout);
/// The same for a square of unit pixels with its corner at the origin.
void PromiseSquare(vtkInformation* outputInformation, std::int64_t pixels);

/// Draws the cells of an image: the values under the name of the kind (-infinity between windows,
/// not a number where a filter or channel was removed), `Slot` and `Group` (-1 between windows) and
/// global ids.
void DrawImage(vtkImageData* image, const ImageContent& content);

}

#endif
