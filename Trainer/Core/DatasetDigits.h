#ifndef TENSORVIEW_DATASET_DIGITS_H
#define TENSORVIEW_DATASET_DIGITS_H

#include "Dataset.h"

#include <cstdint>

namespace tensorview
{

struct DigitCounts
{
  std::int64_t training = 50000;
  std::int64_t validation = 5000;
  std::int64_t test = 10000;
};

/// Handwriting-like digits, 1 x 28 x 28, white on black, drawn from strokes: a way of writing the
/// digit, its control points moved a little, a smooth random displacement of the whole (elastic
/// distortion), rotation, slant, size, place, thickness and brightness. Image i shows the digit
/// i mod 10 and depends on (seed, i) alone, however many threads draw.
/// @throws DatasetError "interrupted" if `progress` says so
Dataset drawDigits(
  std::int64_t seed, const DigitCounts& counts, const DatasetProgress& progress = {});

/// Draws image `index` of the data set of `seed` into `pixels`, 28 x 28.
void drawDigit(std::int64_t seed, std::int64_t index, std::uint8_t* pixels);

} // namespace tensorview

#endif
