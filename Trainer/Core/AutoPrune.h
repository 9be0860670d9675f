#ifndef TENSORVIEW_AUTO_PRUNE_H
#define TENSORVIEW_AUTO_PRUNE_H

#include "../../Readers/Core/TensorTypes.h"
#include "Edit.h"
#include "TrainerOptions.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace tensorview
{

/// A layer that automatic pruning may take filters from.
struct AutoPruneLayer
{
  std::string layer;
  std::int64_t floor = 1; ///< filters that remain at least
};

/// What the option AutoPrune says: "conv1=12;conv2". A layer without a number keeps one filter.
/// @throws std::invalid_argument naming the part that is not a layer, or a layer and a number of
/// filters, or a layer that is named twice
std::vector<AutoPruneLayer> parseAutoPrune(const std::string& text);

/// @throws std::invalid_argument if AutoPrune names a layer without filters; naming those with
void checkAutoPrune(const TrainerOptions& options, const ModelDescription& model);

/// Which edits automatic pruning wants next: at the end of an epoch, one for each of its layers, in
/// their order. Groups of filters as they were found in the paper (SCIENCE: coefficient lowered
/// from 0.99 until a pair reaches it, not below AutoPruneCorrelation) become one filter each.
class AutoPrune
{
public:
  /// @param epoch that ends, counted from 1
  void epochEnds(const TrainerOptions& options, std::int64_t epoch);
  /// The next wish, which is forgotten by this; none for layers that have no more filters than
  /// shall remain.
  std::optional<EditRequest> take(const ModelDescription& model);
  /// A wish that was taken comes next again.
  void putBack(const EditRequest& request) { this->wishes_.push_front(request); }
  void clear() { this->wishes_.clear(); }

private:
  std::deque<EditRequest> wishes_;
};

} // namespace tensorview

#endif
