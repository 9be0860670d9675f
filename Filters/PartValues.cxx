#include "PartValues.h"

#include "Core/FilterValues.h"

#include <utility>

tensorview::ValueRange PartValues::RangeOf(const float* values, std::size_t count)
{
  const tensorview::FiniteRange range = tensorview::finiteRange(values, count);
  return { range.low, range.high, range.low, range.high };
}

std::shared_ptr<const float> PartValues::Share(std::vector<float>&& values)
{
  auto owner = std::make_shared<std::vector<float>>(std::move(values));
  return { owner, owner->data() };
}
