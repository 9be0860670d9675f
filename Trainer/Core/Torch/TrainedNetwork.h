#ifndef TENSORVIEW_TRAINED_NETWORK_H
#define TENSORVIEW_TRAINED_NETWORK_H

#include "../TrainerOptions.h"
#include "ActivationSums.h"
#include "ModelTensors.h"
#include "NetworkData.h"
#include "NetworkExecutor.h"
#include "Optimizer.h"
#include "StepWatcher.h"

#include <string>
#include <vector>

namespace tensorview
{

/// A network with all that is made for it to be trained and watched. An edit makes another one.
struct TrainedNetwork
{
  /// @throws std::invalid_argument if an option does not fit
  TrainedNetwork(NetworkData content, const TrainerOptions& options, at::MemoryFormat format);
  TrainedNetwork(const TrainedNetwork&) = delete;
  TrainedNetwork& operator=(const TrainedNetwork&) = delete;

  /// Lets updates change filters of a layer no more, or again.
  /// @param slots that are there
  void setFrozen(int layer, const std::vector<int>& slots, bool frozen);

  /// Goes on with another optimizer, whose moments begin at zero.
  /// @throws std::invalid_argument if there is none of that name; nothing has changed then
  void setOptimizer(const std::string& name);

  NetworkData data;
  NetworkExecutor executor;
  Optimizer optimizer;
  ModelTensors tensors;
  StepWatcher watcher;
  ActivationSums activationSums;
  ActivationSums gradientSums; ///< of nothing unless gradients are recorded

private:
  void freeze();
};

} // namespace tensorview

#endif
