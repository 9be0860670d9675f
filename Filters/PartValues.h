#ifndef PartValues_h
#define PartValues_h

#include "../Readers/Core/TensorTypes.h"

#include <cstddef>
#include <memory>
#include <vector>

/// Values that filters make for parts of tensors.
namespace PartValues
{

/// Their finite range, which is all that the grids use.
tensorview::ValueRange RangeOf(const float* values, std::size_t count);

/// The values themselves, as TensorValues::data holds them.
std::shared_ptr<const float> Share(std::vector<float>&& values);

}

#endif
