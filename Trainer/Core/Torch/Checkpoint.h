#ifndef TENSORVIEW_CHECKPOINT_H
#define TENSORVIEW_CHECKPOINT_H

#include "../TrainerOptions.h"
#include "NetworkData.h"

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
struct TrainingProgress
{
  std::string optimizer;
  std::int64_t updates = 0; ///< of the optimizer
  at::Tensor generator;     ///< state of the random generator, uint8
  std::int64_t step = 0;
  /// @name The batch size in force, and where it began
  ///@{
  std::int64_t batchSize = 0;
  std::int64_t firstStep = 0;
  std::int64_t firstEpoch = 0;
  ///@}
};

/// The bytes of a checkpoint file, see docs/checkpoint-format.md; torch.load reads it, also with
/// weights_only.
std::string writeCheckpoint(
  const NetworkData& network, const TrainerOptions& options, const TrainingProgress& progress);

/// A checkpoint that was read and found to fit, not yet in force.
struct CheckpointContent
{
  NetworkData network; ///< with gradients of zero
  TrainingProgress progress;
};

/// @param network the one that the checkpoint is for, whatever was removed from either; not changed
/// @param images of the training part, which a batch must be taken from
/// @throws CheckpointError if the bytes are no checkpoint of this version, or of another network
/// or optimizer
CheckpointContent readCheckpoint(const std::string& bytes, const NetworkData& network,
  const std::string& optimizer, std::int64_t images);

} // namespace tensorview

#endif
