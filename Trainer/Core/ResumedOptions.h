#ifndef TENSORVIEW_RESUMED_OPTIONS_H
#define TENSORVIEW_RESUMED_OPTIONS_H

#include "TrainerOptions.h"

#include <string>

namespace tensorview
{

/// The options that a run goes on with, and what to say of them.
struct ResumedOptions
{
  TrainerOptions options;
  std::string changed; ///< settings that are not the run's any more, in words; empty if none
  std::string kept;    ///< settings that were asked otherwise and stay the run's; empty if none
};

/// The options of a recorded run, with those that whoever resumes it has set on purpose
/// (TrainerOptions::given). What would make it another training stays the run's, see
/// staysOnResume(). RecordFile, Overwrite and Resume are left as the run has them.
/// @throws std::invalid_argument naming an option that was set on purpose, cannot change and has
/// another value in the run
ResumedOptions mergeOptions(const TrainerOptions& run, const TrainerOptions& asked);

} // namespace tensorview

#endif
