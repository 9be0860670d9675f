#ifndef FlatImages_h
#define FlatImages_h

#include "CellImage.h"
#include "Core/LevelOfDetail.h"
#include "Core/SlotSet.h"
#include "GridLayer.h"

#include <functional>
#include <string>
#include <vector>

class vtkInformation;

/// The flat images of a grid: all of it within a budget of pixels, and the filters in focus
/// exactly.
///
/// With one layer an image has a pixel for every value or, beyond the budget, for every element of
/// a level of detail. Several layers are drawn into one image, each at the level that fits its
/// square. The image of the focus is the rectangle of the filters in focus at the finest level that
/// fits the budget; what else lies in it is copied from the whole image.
class FlatImages
{
public:
  struct Options
  {
    std::int64_t maximumPixels = 0; ///< 0: no image at all
    tensorview::Aggregate aggregate = tensorview::Aggregate::LargestMagnitude;
    tensorview::Normalization normalization = tensorview::Normalization::None;
    tensorview::SlotSet focus;
    bool focusOnly = false;
    bool inSlotOrder = true;
    std::function<tensorview::GridLayout(const LayerShape&)> layout;
  };
  explicit FlatImages(Options options)
    : Wanted(std::move(options))
  {
  }

  /// Level of the whole image for one of several layers.
  tensorview::DetailLevel WholeLevel(const LayerShape& shape, std::size_t layers) const;
  /// Level of the focus; the same as the whole image's: there is no image of the focus.
  tensorview::DetailLevel FocusLevel(const LayerShape& shape) const;

  /// Promises both images.
  void Promise(
    const std::vector<LayerShape>& shapes, vtkInformation* whole, vtkInformation* focus) const;

  /// Draws both images, on rank 0; collective.
  /// @param keptWhole, keptFocus where GridLayer::kept has the filters at both levels
  /// @return what is drawn in another way, in words
  std::string Draw(const std::vector<GridLayer>& layers, std::size_t keptWhole,
    std::size_t keptFocus, vtkInformation* whole, vtkInformation* focus) const;

private:
  bool Fits(const LayerShape& shape, const tensorview::DetailLevel& level) const;
  bool HasFocusImage(const LayerShape& shape) const;
  std::int64_t SquareSide(std::size_t layers) const;
  CellImage::Place WholePlace(const std::vector<LayerShape>& shapes) const;
  CellImage::Place FocusPlace(const LayerShape& shape, const tensorview::DetailLevel& level) const;
  std::string Describe(const std::vector<LayerShape>& shapes) const;

  Options Wanted;
};

#endif
