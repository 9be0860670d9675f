#ifndef CorrelationImage_h
#define CorrelationImage_h

#include "Core/LevelOfDetail.h"
#include "Core/SlotSet.h"
#include "GroupingOutputs.h"

#include <cstdint>
#include <string>

class vtkImageData;
class vtkInformation;

/// The matrix of a layer's coefficients as an image, within a budget of pixels.
///
/// Cell data: `correlation`, and of the pair of filters that a cell shows `Slot` (upwards; also its
/// global id), `OtherSlot` (to the right) and `Group` (the one that both are in, else -1). Beyond
/// the budget a cell stands for a square of pairs, see tensorview::overviewMatrix().
class CorrelationImage
{
public:
  struct Options
  {
    std::int64_t maximumPixels = 0; ///< 0: no image at all
    tensorview::Aggregate aggregate = tensorview::Aggregate::LargestMagnitude;
    tensorview::SlotSet focus; ///< the matrix is of these filters; of all, if it has none of them
    bool byGroup = false;      ///< filters of a group stand together, groups first; else by slot
  };
  explicit CorrelationImage(Options options)
    : Wanted(std::move(options))
  {
  }

  /// Promises the image of a layer: its whole extent, origin and spacing.
  void Promise(const LayerShape& shape, vtkInformation* outputInformation) const;

  /// @throws std::runtime_error if a slot is not one of the layer's
  void Write(vtkImageData* image, const GroupingOutputs::Findings& findings) const;

  /// What is drawn in another way, in words; empty if nothing is.
  /// @param slots of the filters that there are, ascending
  std::string Describe(const LayerShape& shape, const std::vector<std::int32_t>& slots) const;

private:
  /// The slots that the matrix is of, ascending.
  std::vector<std::int32_t> SlotsOf(const LayerShape& shape) const;
  /// The same in the order of the matrix.
  std::vector<std::int32_t> OrderedSlots(const GroupingOutputs::Findings& findings) const;
  /// Pairs that a pixel stands for, a side; 0: no image.
  std::size_t BlockOf(const LayerShape& shape) const;

  Options Wanted;
};

#endif
