#ifndef TENSORVIEW_TRACKED_WEIGHTS_H
#define TENSORVIEW_TRACKED_WEIGHTS_H

#include "../../../Readers/Core/TensorTypes.h"

#include <string>
#include <vector>

namespace tensorview
{

/// A layer whose weights can be followed.
struct TrackableLayer
{
  std::int32_t id = 0;
  std::string name;
  std::int64_t weights = 0;
};

/// The coordinates followed at every step. Of each layer 0-8 and 100-102 where they exist, then
/// evenly spread ones up to 16; after these what the user names. Ascending within a layer.
/// @param named "conv1:0,1,2;fc1:7", may be empty
/// @throws std::invalid_argument naming what of `named` is wrong and what would be right
std::vector<TrackedCoordinate> chooseTrackedWeights(
  const std::vector<TrackableLayer>& layers, const std::string& named);

} // namespace tensorview

#endif
