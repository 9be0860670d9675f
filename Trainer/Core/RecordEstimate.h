#ifndef TENSORVIEW_RECORD_ESTIMATE_H
#define TENSORVIEW_RECORD_ESTIMATE_H

#include "RunLayout.h"
#include "TrainerOptions.h"

#include <cstdint>
#include <string>

namespace tensorview
{

/// What a viewer is told of a record file before the start.
struct RecordEstimate
{
  std::int64_t bytes = 0; ///< 0 = no recording, or not known
  std::string message;    ///< in words; empty without recording
};

/// @param layout of the network that is prepared
/// @param prepared the options it was prepared with
/// @param wanted the options of the next start; where they ask for another network or other data,
///   the size is not known
/// @param firstStep where training goes on
/// @param goesOn the record continues another segment, which has the snapshot at `firstStep`
RecordEstimate estimateRecord(const RunLayout& layout, const TrainerOptions& prepared,
  const TrainerOptions& wanted, std::int64_t firstStep, bool goesOn);

} // namespace tensorview

#endif
