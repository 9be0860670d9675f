#ifndef TENSORVIEW_OPTIMIZER_H
#define TENSORVIEW_OPTIMIZER_H

#include "../Network/Moments.h"
#include "OptimizerRules.h"
#include "ParameterStore.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// Moments of every parameter (in the order of ParameterStore::parameters) after an update.
struct ParameterMoments
{
  std::vector<Moments> values;
  std::vector<Moments> gradients;
};

/// Values that may change between updates.
struct Hyperparameters
{
  double learningRate = 0.01; ///< in force, after the schedule
  double momentum = 0.9;      ///< SGD
  double weightDecay = 0.0;
  double beta1 = 0.9; ///< Adam, AdamW
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

/// Values in the flat buffers that updates leave as they are, with their moments.
struct FrozenStretch
{
  std::int64_t offset = 0;
  std::int64_t count = 0;
};

/// SGD with momentum, Adam or AdamW, as torch.optim defines them (dampening 0, no Nesterov, no
/// AMSGrad): one pass over the flat buffers of a ParameterStore. The state lies in the store's
/// moments, except the number of updates.
class Optimizer
{
public:
  /// @param name sgd, adam, adamw
  /// @throws std::invalid_argument if it is none of them
  Optimizer(const std::string& name, ParameterStore& store);

  const std::string& name() const { return this->name_; }

  /// Updates so far; Adam corrects its moments by it.
  std::int64_t updates() const { return this->updates_; }
  void setUpdates(std::int64_t updates) { this->updates_ = updates; }

  /// @param frozen filters or biases of a parameter; they do not overlap
  void setFrozen(const ParameterStore& store, std::vector<FrozenStretch> frozen);

  /// @param moments filled if not null; the parameters get the same bytes either way. On a GPU
  /// they wait in deviceMoments() instead
  void update(ParameterStore& store, const Hyperparameters& hyper, ParameterMoments* moments);

  /// What the last update on a GPU left there, for readMoments(): the same bytes on the CPU.
  const at::Tensor& deviceMoments() const { return this->deviceMoments_; }
  static void readMoments(const at::Tensor& bytes, ParameterMoments& moments);

private:
  /// A stretch of one parameter, small enough for sums in float.
  struct Chunk
  {
    std::size_t parameter;
    std::int64_t offset;
    std::int64_t count;
    bool frozen = false;
  };
  void makeChunks(const ParameterStore& store);
  void addChunks(std::size_t parameter, std::int64_t begin, std::int64_t end, bool frozen);
  template <typename Rule>
  void updateOnCpu(ParameterStore& store, const Rule& rule, ParameterMoments* moments);
  /// The update itself, of everything.
  void runOnCuda(ParameterStore& store, const Hyperparameters& hyper);
  void updateOnCuda(ParameterStore& store, const Hyperparameters& hyper, bool wantsMoments);
  SgdRule sgdRule(const Hyperparameters& hyper) const;
  AdamRule adamRule(const Hyperparameters& hyper) const;
  void foldMoments(const ParameterStore& store, ParameterMoments& moments) const;

  std::string name_;
  bool adam_ = false;
  bool decoupled_ = false; ///< weight decay of AdamW
  std::int64_t updates_ = 0;
  std::vector<Chunk> chunks_;
  std::vector<FrozenStretch> frozen_; ///< ascending
  ParameterMoments chunkMoments_;

  // On a GPU: where chunks lie, which of them are a parameter's, and their moments, as bytes.
  at::Tensor deviceChunks_;
  at::Tensor deviceRanges_;
  at::Tensor chunkBytes_;
  at::Tensor deviceMoments_;
};

} // namespace tensorview

#endif
