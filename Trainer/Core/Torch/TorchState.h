#ifndef TENSORVIEW_TORCH_STATE_H
#define TENSORVIEW_TORCH_STATE_H

#include "../TrainingModel.h"
#include "Checkpoint.h"
#include "NetworkData.h"

#include <c10/core/InferenceMode.h>

#include <utility>

namespace tensorview
{

/// See ModelState.
class TorchState final : public ModelState
{
public:
  /// @param network a copy of its own
  TorchState(NetworkData network, TrainerOptions options, TrainingProgress progress)
    : network_(std::move(network))
    , options_(std::move(options))
    , progress_(std::move(progress))
  {
  }

  std::int64_t step() const override { return this->progress_.step; }
  std::size_t bytes() const override
  {
    const ParameterStore& store = this->network_.store;
    std::size_t bytes = store.values.nbytes();
    for (const at::Tensor& flat : { store.firstMoments, store.secondMoments })
    {
      bytes += flat.defined() ? flat.nbytes() : 0;
    }
    return bytes;
  }
  std::string serialize() const override
  {
    const c10::InferenceMode guard;
    return writeCheckpoint(this->network_, this->options_, this->progress_);
  }

  const NetworkData& network() const { return this->network_; }
  const TrainingProgress& progress() const { return this->progress_; }

private:
  NetworkData network_;
  TrainerOptions options_;
  TrainingProgress progress_;
};

} // namespace tensorview

#endif
