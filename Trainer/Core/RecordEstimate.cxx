#include "RecordEstimate.h"

#include "TrainingPlan.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

namespace fs = std::filesystem;

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

/// What can be seen to be in a record's way, with the remedy; empty if nothing.
std::string whyNot(const std::string& path, bool overwrite)
{
  std::error_code ignored;
  if (fs::is_directory(path, ignored))
  {
    return "'" + path + "' is a folder: name a file";
  }
  if (!overwrite && fs::exists(path, ignored))
  {
    return "'" + path + "' exists: set Overwrite or choose another name";
  }
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty() && !fs::is_directory(folder, ignored))
  {
    return "'" + folder.string() + "' is no folder: create it first, or choose another";
  }
  return {};
}

/// Whether a record of both would have the same tensors and rows.
bool sameContents(const TrainerOptions& a, const TrainerOptions& b)
{
  return a.mode == b.mode && a.network == b.network && a.classes == b.classes &&
         a.imageSize == b.imageSize && a.dataset == b.dataset &&
         a.dataDirectory == b.dataDirectory && a.batchSize == b.batchSize &&
         a.recordGradients == b.recordGradients && a.trackedWeights == b.trackedWeights;
}
}

RecordEstimate estimateRecord(const RunLayout& layout, const TrainerOptions& prepared,
  const TrainerOptions& wanted, std::int64_t firstStep, bool goesOn)
{
  RecordEstimate estimate;
  const std::string& path = wanted.recordFile;
  if (path.empty())
  {
    return estimate;
  }
  estimate.message = whyNot(path, wanted.overwrite);
  if (!estimate.message.empty())
  {
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
  const TrainingPlan plan(wanted, layout.clock);
  estimate.bytes = layout.expectedBytes(plan.totalSteps() - firstStep,
    plan.snapshotsAfter(firstStep) + (goesOn ? 0 : 1), plan.evaluationsAfter(firstStep));
  estimate.message = "about " + formatSize(estimate.bytes) + " will be written to '" + path + "'";
  return estimate;
}

} // namespace tensorview
