#ifndef CellImage_h
#define CellImage_h

#include "Core/GridFrame.h"
#include "Core/WindowImage.h"

#include <cstdint>
#include <string>
#include <vector>

template <typename Base>
class KnownRangeArray;
class vtkIdTypeArray;
class vtkImageData;
class vtkInformation;
class vtkIntArray;
class vtkTensorArray;

/// A flat image of a grid: cells with the values under the name of the kind (-infinity between
/// windows, not a number where a filter or channel was removed or a value is not finite), `Slot`
/// and `Group` (-1 between windows), `LayerId` where several layers are shown, and global ids (-1
/// between windows).
class CellImage
{
public:
  /// Which pixels there are, and where.
  struct Place
  {
    tensorview::PixelRegion region;
    double x = 0.0; ///< world position of the lower left corner of pixel (0, 0)
    double y = 0.0;
    double spacing = 1.0;
  };
  static Place PlaceOf(const tensorview::GridLayout& layout, const tensorview::PixelRegion& region);
  /// Promises an image: its whole extent, origin and spacing. Without this no view shows it.
  static void Promise(vtkInformation* outputInformation, const Place& place);

  struct Names
  {
    std::string kind;
    bool grouped = false;
    bool layered = false;
  };
  /// An image of gaps.
  CellImage(vtkImageData* image, const Place& place, const Names& names);

  struct Layer
  {
    std::int32_t layerId = 0;
    tensorview::FilterValues filters;
    std::vector<int> group;                     ///< aligned with the filters; empty = not grouped
    std::vector<tensorview::ValueScale> scales; ///< aligned with windows; empty = as they are
    std::int64_t channels = 1;                  ///< of a filter, removed ones included
    std::vector<std::int32_t> removed;          ///< slots
  };
  /// Draws the filters of a layer whose pixels are those of this image.
  void Paint(const tensorview::GridLayout& layout, const Layer& layer);
  /// Makes gaps of the contents of filters.
  void Clear(const tensorview::GridLayout& layout, const tensorview::FilterValues& filters);
  /// Draws another image, put into a frame: where it lies, pixels take what lies at their middles.
  void Copy(const CellImage& image, const tensorview::GridFrame& frame);

  /// Tells the ranges; `range` of the values, widened to [-m, m] if `symmetric`.
  void Finish(const tensorview::FiniteRange& range, bool symmetric);

private:
  /// Labels of the image, and the largest that was painted.
  template <typename Array>
  struct Labels
  {
    KnownRangeArray<Array>* array = nullptr;
    double high = -1.0;
  };

  template <typename Array, typename T>
  void PaintLabels(const tensorview::GridLayout& layout, const Layer& layer,
    const std::vector<T>& labels, const std::vector<T>& removed, Labels<Array>& image) const;

  // The image owns the arrays.
  Place Where;
  vtkTensorArray* Values;
  Labels<vtkIntArray> Slots;
  Labels<vtkIntArray> Groups;
  Labels<vtkIntArray> Layers;
  Labels<vtkIdTypeArray> FilterIds;
};

#endif
