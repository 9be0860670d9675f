#ifndef TENSORVIEW_OPTIMIZER_KERNELS_H
#define TENSORVIEW_OPTIMIZER_KERNELS_H

#include "../Network/Moments.h"
#include "OptimizerRules.h"

#include <cstddef>

/// One optimizer update over a stretch of parameters, with PyTorch's semantics. The variants that
/// also yield moments update to the same bytes.
namespace tensorview
{

/// Parameters beside their gradients and optimizer state, `count` of each.
struct UpdateSpan
{
  float* values = nullptr;
  const float* gradients = nullptr;
  float* firstMoments = nullptr;  ///< momentum of SGD
  float* secondMoments = nullptr; ///< Adam only
  std::size_t count = 0;
};

void updateSgd(const UpdateSpan& span, const SgdRule& rule);
void updateAdam(const UpdateSpan& span, const AdamRule& rule);

/// Moments of the new values and of the gradients are added. Partial sums are kept in float: not
/// for more than some 16,384 values at a time.
void updateSgdWithMoments(
  const UpdateSpan& span, const SgdRule& rule, Moments& values, Moments& gradients);
void updateAdamWithMoments(
  const UpdateSpan& span, const AdamRule& rule, Moments& values, Moments& gradients);

} // namespace tensorview

#endif
