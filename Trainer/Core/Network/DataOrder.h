#ifndef TENSORVIEW_DATA_ORDER_H
#define TENSORVIEW_DATA_ORDER_H

#include "../../../Readers/Core/EpochClock.h"

#include <cstdint>
#include <vector>

namespace tensorview
{

/// In which order the training images are seen: a new permutation every epoch, which depends on
/// seed and epoch only, so that any step's batch can be told without going through those before.
/// The last, short batch of an epoch is left out. Another batch size is another order, from the
/// begin of an epoch on.
class DataOrder
{
public:
  /// @param images at least batchSize
  /// @param firstStep, firstEpoch where batches of this size begin
  DataOrder(std::int64_t seed, std::int64_t images, std::int64_t batchSize,
    std::int64_t firstStep = 0, std::int64_t firstEpoch = 0);

  const EpochClock& clock() const { return this->clock_; }
  std::int64_t images() const { return this->images_; }
  std::int64_t batchSize() const { return this->batchSize_; }
  std::int64_t seed() const { return this->seed_; }

  /// Indices of the batchSize() images that the update after `step` updates sees; valid until the
  /// next call.
  const std::int64_t* batch(std::int64_t step);

private:
  std::int64_t seed_;
  std::int64_t images_;
  std::int64_t batchSize_;
  EpochClock clock_;
  std::int64_t epoch_ = -1; ///< of permutation_
  std::vector<std::int64_t> permutation_;
};

} // namespace tensorview

#endif
