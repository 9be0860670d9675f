#ifndef TENSORVIEW_LOSS_KERNELS_H
#define TENSORVIEW_LOSS_KERNELS_H

#include <cstdint>

namespace tensorview
{

/// What a classification says about a batch.
struct LossSum
{
  double loss = 0.0; ///< sum of the images' cross entropies
  std::int64_t correct = 0;
};

/// Softmax cross entropy of `images` rows of `classes` scores.
/// @param gradient if not null, gets d(loss / total) / d(score), as large as scores
/// @param total number of images that the mean loss is taken over
/// @param predicted if not null, gets the class with the highest score, the lowest of equals
LossSum softmaxCrossEntropy(const float* scores, const std::int64_t* labels, std::int64_t images,
  std::int64_t classes, std::int64_t total, float* gradient, std::uint16_t* predicted);

} // namespace tensorview

#endif
