#ifndef TENSORVIEW_PRUNE_REPORT_H
#define TENSORVIEW_PRUNE_REPORT_H

#include "../../Readers/Core/TensorTypes.h"
#include "Edit.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace tensorview
{

/// What would be in the way of --prune, before hours of training; the rest is known at its end.
/// @return empty: nothing
std::string checkPrunes(const ModelDescription& model, const std::vector<EditRequest>& prunes);

/// What one --prune did; accuracies are fractions of the test part. Of an edit in training: of the
/// validation part.
struct PruneResult
{
  std::string layer;
  std::int64_t filtersBefore = 0;
  std::int64_t filtersAfter = 0;
  double accuracyBefore = std::numeric_limits<double>::quiet_NaN();
  double accuracyAfter = std::numeric_limits<double>::quiet_NaN();
  std::int64_t step = -1; ///< of a --prune-at or --auto-prune; else -1
};

/// Of a line of Engine::edits(). @throws std::runtime_error if it is none of a prune
PruneResult pruneResult(const std::string& edit);

/// The same of an edit while the network trained, with its step.
PruneResult pruneResultAtStep(const std::string& edit);

/// The line of --json: of an edit in training step; layer, filters_before, filters_after,
/// accuracy_before, accuracy_after.
std::string toJsonLine(const PruneResult& result);
std::string toWords(const PruneResult& result);

} // namespace tensorview

#endif
