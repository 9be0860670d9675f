#include "LossKernels.h"

#include <algorithm>
#include <cmath>

namespace tensorview
{

LossSum softmaxCrossEntropy(const float* scores, const std::int64_t* labels, std::int64_t images,
  std::int64_t classes, std::int64_t total, float* gradient, std::uint16_t* predicted)
{
  LossSum result;
  const float share = 1.0F / static_cast<float>(total);
  for (std::int64_t image = 0; image < images; ++image)
  {
    const float* row = scores + image * classes;
    const float* largest = std::max_element(row, row + classes);
    float sum = 0.0F;
    for (std::int64_t k = 0; k < classes; ++k)
    {
      sum += std::exp(row[k] - *largest);
    }
    const std::int64_t label = labels[image];
    result.loss += static_cast<double>(std::log(sum) - (row[label] - *largest));
    result.correct += largest - row == label ? 1 : 0;
    if (predicted != nullptr)
    {
      predicted[image] = static_cast<std::uint16_t>(largest - row);
    }
    if (gradient != nullptr)
    {
      float* slope = gradient + image * classes;
      for (std::int64_t k = 0; k < classes; ++k)
      {
        const float probability = std::exp(row[k] - *largest) / sum;
        slope[k] = (probability - (k == label ? 1.0F : 0.0F)) * share;
      }
    }
  }
  return result;
}

} // namespace tensorview
