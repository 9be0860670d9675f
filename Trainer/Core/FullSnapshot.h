#ifndef TENSORVIEW_FULL_SNAPSHOT_H
#define TENSORVIEW_FULL_SNAPSHOT_H

#include "RunLayout.h"
#include "SnapshotPool.h"

#include <cstdint>
#include <vector>

namespace tensorview
{

/// Slots of a layer that exist now, of `slots` that ever were, ascending; all of them for a layer
/// without a table (-1: of the image).
std::vector<std::int32_t> presentSlots(
  const ModelDescription& model, std::int32_t layerId, std::int64_t slots);

/// Snapshots as a run file holds them: with room for every slot that ever was, where a model hands
/// over those that exist (TrainingModel::copySnapshot). NaN stands where a slot was removed. What
/// has all its slots is passed on as it is.
class FullSnapshot
{
public:
  /// @param layout of the segment; its slot tables tell what exists
  explicit FullSnapshot(const RunLayout& layout);

  /// Looks at `values`, which must outlive the pointers below. A buffer of another size than the
  /// slot tables say counts as not available.
  void take(const SnapshotValues& values);

  /// @name One pointer per tensor, nullptr where it was not available
  ///@{
  const std::vector<const float*>& tensors() const { return this->tensors_; }
  const std::vector<const float*>& probe() const { return this->probe_; }
  const std::vector<const double*>& gram() const { return this->gram_; }
  ///@}

private:
  /// Where the values that exist belong.
  struct Place
  {
    TensorShape shape; ///< of all slots
    std::vector<std::int32_t> filters;
    std::vector<std::int32_t> channels;
    bool whole = true; ///< nothing was removed
    std::size_t values() const;
  };
  static std::vector<Place> placesOf(
    const ModelDescription& model, const std::vector<TensorDescription>& tensors);
  template <typename T>
  static void spread(const std::vector<Place>& places, const std::vector<std::vector<T>>& from,
    std::vector<std::vector<T>>& memory, std::vector<const T*>& to);

  std::vector<Place> tensorPlaces_;
  std::vector<Place> probePlaces_;
  std::vector<Place> gramPlaces_; ///< with the constant as the last filter and channel
  std::vector<std::vector<float>> tensorMemory_;
  std::vector<std::vector<float>> probeMemory_;
  std::vector<std::vector<double>> gramMemory_;
  std::vector<const float*> tensors_;
  std::vector<const float*> probe_;
  std::vector<const double*> gram_;
};

} // namespace tensorview

#endif
