#include "OptimizerKernels.h"

#include "KernelClones.h"

#include <limits>

namespace tensorview
{

namespace
{
/// The sums of `Moments` as a vectorised loop wants them: in scalars of 32 bits.
#define TENSORVIEW_REDUCTIONS(s)                                                                   \
  float s##Sum = 0.0F, s##Absolute = 0.0F, s##Square = 0.0F;                                       \
  float s##Min = std::numeric_limits<float>::infinity();                                           \
  float s##Max = -std::numeric_limits<float>::infinity();                                          \
  int s##NonZero = 0

#define TENSORVIEW_REDUCE(s, value)                                                                \
  s##Sum += value;                                                                                 \
  s##Absolute += __builtin_fabsf(value);                                                           \
  s##Square += value * value;                                                                      \
  s##Min = value < s##Min ? value : s##Min;                                                        \
  s##Max = value > s##Max ? value : s##Max;                                                        \
  s##NonZero += value != 0.0F

#define TENSORVIEW_MOMENTS(s)                                                                      \
  Moments                                                                                          \
  {                                                                                                \
    s##Sum, s##Absolute, s##Square, s##NonZero, s##Min, s##Max                                     \
  }

inline __attribute__((always_inline)) float sgd(
  const float gradient, float& value, float& momentum, const SgdRule& rule)
{
  const float step = rule.momentum * momentum + (gradient + rule.weightDecay * value);
  momentum = step;
  value -= rule.learningRate * step;
  return value;
}

inline __attribute__((always_inline)) float adam(
  const float gradient, float& value, float& firstMoment, float& secondMoment, const AdamRule& rule)
{
  const float shrunk = value * rule.weightFactor;
  const float slope = gradient + rule.weightDecay * shrunk;
  const float first = firstMoment + rule.oneMinusBeta1 * (slope - firstMoment);
  const float second = rule.beta2 * secondMoment + rule.oneMinusBeta2 * (slope * slope);
  const float denominator = __builtin_sqrtf(second) / rule.secondCorrection + rule.epsilon;
  firstMoment = first;
  secondMoment = second;
  value = shrunk - rule.stepSize * (first / denominator);
  return value;
}
}

TENSORVIEW_KERNEL_CLONES
void updateSgd(const UpdateSpan& span, const SgdRule& given)
{
  const SgdRule rule = given;
  float* values = span.values;
  const float* gradients = span.gradients;
  float* momenta = span.firstMoments;
#pragma omp simd
  for (std::size_t i = 0; i < span.count; ++i)
  {
    sgd(gradients[i], values[i], momenta[i], rule);
  }
}

TENSORVIEW_KERNEL_CLONES
void updateAdam(const UpdateSpan& span, const AdamRule& given)
{
  const AdamRule rule = given;
  float* values = span.values;
  const float* gradients = span.gradients;
  float* first = span.firstMoments;
  float* second = span.secondMoments;
#pragma omp simd
  for (std::size_t i = 0; i < span.count; ++i)
  {
    adam(gradients[i], values[i], first[i], second[i], rule);
  }
}

TENSORVIEW_KERNEL_CLONES
void updateSgdWithMoments(
  const UpdateSpan& span, const SgdRule& given, Moments& values, Moments& gradients)
{
  const SgdRule rule = given;
  float* weights = span.values;
  const float* slopes = span.gradients;
  float* momenta = span.firstMoments;
  TENSORVIEW_REDUCTIONS(w);
  TENSORVIEW_REDUCTIONS(g);
#pragma omp simd reduction(+ : wSum, wAbsolute, wSquare, wNonZero)                                 \
  reduction(+ : gSum, gAbsolute, gSquare, gNonZero) reduction(min : wMin, gMin)                    \
  reduction(max : wMax, gMax)
  for (std::size_t i = 0; i < span.count; ++i)
  {
    const float slope = slopes[i];
    const float weight = sgd(slope, weights[i], momenta[i], rule);
    TENSORVIEW_REDUCE(w, weight);
    TENSORVIEW_REDUCE(g, slope);
  }
  values.add(TENSORVIEW_MOMENTS(w));
  gradients.add(TENSORVIEW_MOMENTS(g));
}

TENSORVIEW_KERNEL_CLONES
void updateAdamWithMoments(
  const UpdateSpan& span, const AdamRule& given, Moments& values, Moments& gradients)
{
  const AdamRule rule = given;
  float* weights = span.values;
  const float* slopes = span.gradients;
  float* first = span.firstMoments;
  float* second = span.secondMoments;
  TENSORVIEW_REDUCTIONS(w);
  TENSORVIEW_REDUCTIONS(g);
#pragma omp simd reduction(+ : wSum, wAbsolute, wSquare, wNonZero)                                 \
  reduction(+ : gSum, gAbsolute, gSquare, gNonZero) reduction(min : wMin, gMin)                    \
  reduction(max : wMax, gMax)
  for (std::size_t i = 0; i < span.count; ++i)
  {
    const float slope = slopes[i];
    const float weight = adam(slope, weights[i], first[i], second[i], rule);
    TENSORVIEW_REDUCE(w, weight);
    TENSORVIEW_REDUCE(g, slope);
  }
  values.add(TENSORVIEW_MOMENTS(w));
  gradients.add(TENSORVIEW_MOMENTS(g));
}

} // namespace tensorview
