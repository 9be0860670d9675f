#ifndef TENSORVIEW_PROBE_RESULT_H
#define TENSORVIEW_PROBE_RESULT_H

#include "../../Readers/Core/GramMatrix.h"
#include "../../Readers/Core/TensorTypes.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// What a network at one step made of its probe images, of the layers that were asked for.
/// Immutable once built.
struct ProbeResult
{
  std::int64_t step = 0;
  std::vector<std::string> layers; ///< asked for; of some there may be nothing
  /// [slot, 1, 1, sample], of layers whose maps have fewer than 16 pixels.
  std::vector<TensorValues> outputs;
  std::vector<GramMatrix> gram;

  bool answers(const std::string& layer) const
  {
    return std::find(this->layers.begin(), this->layers.end(), layer) != this->layers.end();
  }
};

} // namespace tensorview

#endif
