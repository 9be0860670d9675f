#ifndef TENSORVIEW_OPTIMIZER_RULES_H
#define TENSORVIEW_OPTIMIZER_RULES_H

namespace tensorview
{

struct SgdRule
{
  float learningRate = 0.0F;
  float momentum = 0.0F;
  float weightDecay = 0.0F;
};

/// Adam (weight decay added to the gradient) and AdamW (weights shrunk first).
struct AdamRule
{
  float weightFactor = 1.0F;  ///< AdamW: 1 - learning rate * weight decay; Adam: 1
  float weightDecay = 0.0F;   ///< Adam; AdamW: 0
  float oneMinusBeta1 = 0.0F; ///< computed in double, as PyTorch does
  float beta2 = 0.0F;
  float oneMinusBeta2 = 0.0F;
  float stepSize = 0.0F;         ///< learning rate / (1 - beta1^t)
  float secondCorrection = 0.0F; ///< sqrt(1 - beta2^t)
  float epsilon = 0.0F;
};

} // namespace tensorview

#endif
