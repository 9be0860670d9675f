#ifndef GridLayer_h
#define GridLayer_h

#include "Core/GridFrame.h"
#include "Core/LevelOfDetail.h"
#include "LayerTensor.h"

#include <cstddef>
#include <string>
#include <vector>

/// A layer on its way into a grid.
struct GridLayer
{
  /// Its parts hold the values while they are looked at, and no longer.
  LayerTensor tensor;
  /// Of all values of this rank.
  tensorview::FiniteSummary summary;
  /// What the view keeps of the values, as it likes: filters of this rank.
  std::vector<std::vector<vtkTensorCollection::Part>> kept;
  /// By slot, for the order of filters: larger = earlier, 0 = not on this rank.
  std::vector<double> orderKeys;
  /// Cell of each slot; empty = the slot itself.
  std::vector<std::int32_t> placeOfSlot;
  tensorview::GridFrame frame;

  /// Slots that exist at this step, ascending, whichever rank has them.
  std::vector<std::int32_t> PresentSlots() const
  {
    std::vector<std::int32_t> slots;
    auto removed = this->tensor.removed.begin();
    for (std::int32_t slot = 0; slot < this->tensor.shape.slots; ++slot)
    {
      if (removed != this->tensor.removed.end() && *removed == slot)
      {
        ++removed;
      }
      else
      {
        slots.push_back(slot);
      }
    }
    return slots;
  }
  tensorview::FilterValues View(const vtkTensorCollection::Part& part) const
  {
    tensorview::FilterValues view = ViewOf(part);
    view.placeOfSlot = this->placeOfSlot.empty() ? nullptr : this->placeOfSlot.data();
    return view;
  }
  std::int64_t PlaceOf(std::int32_t slot) const
  {
    return this->placeOfSlot.empty() ? slot : this->placeOfSlot[static_cast<std::size_t>(slot)];
  }
};

/// The shape that a layer has at a level of detail.
inline LayerShape ShapeAt(const LayerShape& shape, const tensorview::DetailLevel& level)
{
  LayerShape result = shape;
  result.filter = tensorview::extentsAt(shape.filter, level);
  return result;
}

#endif
