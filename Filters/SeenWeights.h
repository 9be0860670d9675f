#ifndef SeenWeights_h
#define SeenWeights_h

#include "../Readers/Core/LayerHistory.h"

#include <map>

/// The history of a layer whose source keeps none: what was shown of it, in memory. Beyond a limit
/// every second snapshot is given up, and from then on fewer are kept, so that those that are there
/// stay evenly spread; the first and the newest are always among them.
class SeenWeights : public tensorview::LayerHistory
{
public:
  static constexpr std::size_t defaultBytes = std::size_t{ 256 } << 20;

  /// @param shape of all slots ever born
  SeenWeights(const tensorview::TensorShape& shape, std::size_t maximumBytes = defaultBytes);

  /// Can it hold two snapshots at least?
  bool isPossible() const { return this->most_ >= 2; }

  /// -1: nothing was added.
  std::int64_t lastStep() const
  {
    return this->snapshots_.empty() ? -1 : this->snapshots_.rbegin()->first;
  }

  /// Adds a snapshot, or replaces the one of the same step.
  /// @param tensor filters and channels that exist, in slot order; others become NaN
  void add(std::int64_t step, const tensorview::TensorValues& tensor);

  const tensorview::LayerHistoryDescription& description() const override
  {
    return this->description_;
  }
  void read(const tensorview::TensorBox& box, const std::vector<std::size_t>& snapshots,
    float* values) override;

private:
  struct Snapshot
  {
    std::size_t number = 0; ///< how many were added before
    std::vector<std::int32_t> slot;
    std::vector<std::int32_t> channelSlot;
    std::vector<float> values; ///< of shape
  };

  void thinOut();
  void describe();

  tensorview::LayerHistoryDescription description_;
  std::size_t most_ = 0;
  std::size_t every_ = 1; ///< snapshots whose number this divides are kept
  std::size_t added_ = 0;
  std::map<std::int64_t, Snapshot> snapshots_; ///< by step
};

#endif
