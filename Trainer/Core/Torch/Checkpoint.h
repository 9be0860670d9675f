#ifndef TENSORVIEW_CHECKPOINT_H
#define TENSORVIEW_CHECKPOINT_H

#include "../Network/NetworkGraph.h"
#include "../TrainerOptions.h"
#include "ParameterStore.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tensorview
{

/// What is wrong with a checkpoint: a sentence that names the entry and the reason.
class CheckpointError : public std::runtime_error
{
public:
  using std::runtime_error::runtime_error;
};

/// What a checkpoint keeps of a training.
struct TrainingState
{
  const ParameterStore& store;
  std::string optimizer;
  std::int64_t updates = 0; ///< of the optimizer
  at::Tensor generator;     ///< state of the random generator, uint8
  std::int64_t step = 0;
};

/// The bytes of a checkpoint file, see docs/checkpoint-format.md; torch.load reads it, also with
/// weights_only.
std::string writeCheckpoint(
  const NetworkGraph& graph, const TrainerOptions& options, const TrainingState& state);

/// A checkpoint that was read and found to fit, not yet in force.
struct CheckpointContent
{
  /// Flat buffers of a ParameterStore of the same graph.
  at::Tensor values;
  at::Tensor firstMoments;
  at::Tensor secondMoments; ///< undefined unless the optimizer has some
  std::vector<RunningStatistics> running;
  std::int64_t updates = 0;
  at::Tensor generator;
  std::int64_t step = 0;

  void apply(ParameterStore& store) const;
};

/// @param store of the network that the checkpoint is for; not changed
/// @throws CheckpointError if the bytes are no checkpoint of this version, or of another network
/// or optimizer
CheckpointContent readCheckpoint(const std::string& bytes, const NetworkGraph& graph,
  const ParameterStore& store, const std::string& optimizer);

} // namespace tensorview

#endif
