#include "RecordEstimate.h"

#include "TrainingPlan.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

namespace tensorview
{

namespace
{
std::string formatSize(std::int64_t bytes)
{
  const auto size = static_cast<double>(bytes);
  char text[64];
  std::snprintf(
    text, sizeof(text), size >= 1e9 ? "%.1f GB" : "%.1f MB", size / (size >= 1e9 ? 1e9 : 1e6));
  return text;
}

/// Whether a record of both would have the same tensors and rows.
bool sameContents(const TrainerOptions& a, const TrainerOptions& b)
{
  return a.network == b.network && a.dataset == b.dataset && a.dataDirectory == b.dataDirectory &&
         a.batchSize == b.batchSize && a.recordGradients == b.recordGradients &&
         a.trackedWeights == b.trackedWeights;
}
}

RecordEstimate estimateRecord(const RunLayout& layout, const TrainerOptions& prepared,
  const TrainerOptions& wanted, std::int64_t firstStep, bool goesOn)
{
  RecordEstimate estimate;
  const std::string& path = wanted.recordFile;
  std::error_code ignored;
  if (path.empty())
  {
    return estimate;
  }
  if (!wanted.overwrite && std::filesystem::exists(path, ignored))
  {
    estimate.message = "'" + path + "' exists: set Overwrite or choose another name";
    return estimate;
  }
  const bool countable =
    wanted.snapshotInterval > 0 && wanted.evaluationInterval >= 0 && wanted.filterInterval > 0;
  if (!countable || !sameContents(prepared, wanted))
  {
    estimate.message =
      "'" + path + "' will be written; its size is known once the network is built";
    return estimate;
  }
  const TrainingPlan plan(wanted, layout.stepsPerEpoch);
  estimate.bytes = layout.expectedBytes(plan.totalSteps() - firstStep,
    plan.snapshotsAfter(firstStep) + (goesOn ? 0 : 1), plan.evaluationsAfter(firstStep));
  estimate.message = "about " + formatSize(estimate.bytes) + " will be written to '" + path + "'";
  return estimate;
}

} // namespace tensorview
