#ifndef TENSORVIEW_TEXT_CHECK_H
#define TENSORVIEW_TEXT_CHECK_H

#include "RunReport.h"
#include "SegmentFile.h"

namespace tensorview
{

/// Reads the lines of a text stream ("edits", "events") that the counters promise: ends that
/// ascend, a line feed at each end and nowhere else, JSON objects with an integer `step`.
/// @return how many lines are whole; what is wrong is added to `damage`
std::int64_t checkText(
  SegmentFile& file, const std::string& stream, std::int64_t lines, std::vector<RunDamage>& damage);

} // namespace tensorview

#endif
