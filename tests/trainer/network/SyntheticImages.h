#ifndef TENSORVIEW_SYNTHETIC_IMAGES_H
#define TENSORVIEW_SYNTHETIC_IMAGES_H

#include "../../../Trainer/Core/Dataset.h"

#include <memory>

namespace tensorview
{

/// Images by the formula that make_reference.py knows too. Training, validation and test part hold
/// the same `count` images.
inline std::shared_ptr<const Dataset> makeSyntheticImages(std::int64_t count, std::int64_t channels,
  std::int64_t rows, std::int64_t columns, std::int64_t classes)
{
  ImagePart part;
  for (std::int64_t n = 0; n < count; ++n)
  {
    for (std::int64_t c = 0; c < channels; ++c)
    {
      for (std::int64_t r = 0; r < rows; ++r)
      {
        for (std::int64_t k = 0; k < columns; ++k)
        {
          part.images.push_back(static_cast<std::uint8_t>(
            (n * 37 + c * 101 + r * (13 + n % 7) + k * (29 + n % 5) + r * k * (n % 3)) % 256));
        }
      }
    }
    part.labels.push_back(static_cast<std::uint16_t>(n % classes));
    part.indices.push_back(n);
  }
  Dataset dataset;
  dataset.name = "synthetic";
  dataset.channels = channels;
  dataset.rows = rows;
  dataset.columns = columns;
  for (std::int64_t i = 0; i < classes; ++i)
  {
    dataset.classNames.push_back(std::to_string(i));
  }
  dataset.training = part;
  dataset.validation = part;
  dataset.test = part;
  return std::make_shared<const Dataset>(std::move(dataset));
}

} // namespace tensorview

#endif
