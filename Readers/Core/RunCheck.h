#ifndef TENSORVIEW_RUN_CHECK_H
#define TENSORVIEW_RUN_CHECK_H

#include "RunReport.h"

namespace tensorview
{

/// Holds all segments of the run that `path` belongs to against docs/run-format.md: superblock,
/// data sets, types, counters, slot tables, ascending steps, lines of text, parents; reads every
/// counted row. Damage is told in the report; it is never more than told: other parts are looked at
/// all the same.
/// @throws RunFileError if `path` is no file that can be read, or is no run at all
RunReport checkRun(const std::string& path);

} // namespace tensorview

#endif
