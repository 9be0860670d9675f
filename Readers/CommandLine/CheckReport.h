#ifndef TENSORVIEW_CHECK_REPORT_H
#define TENSORVIEW_CHECK_REPORT_H

#include "RunReport.h"
#include "TensorFileCheck.h"

#include <string>

namespace tensorview
{

/// What was done to a segment, in words; empty if nothing.
using RepairWords = std::string;

/// A segment in words: a line that says whether it is whole, one that counts, and one for each
/// damage, indented.
std::string toWords(const SegmentReport& segment, const RepairWords& repair);
/// The same as one JSON object on a line, see docs/check.md.
std::string toJsonLine(const SegmentReport& segment, const RepairWords& repair);

std::string toWords(const TensorFileReport& file);
std::string toJsonLine(const TensorFileReport& file);

/// A file that cannot be looked at, as a JSON object.
std::string toJsonLine(const std::string& path, const std::string& problem);

} // namespace tensorview

#endif
