#ifndef TENSORVIEW_DATASET_CHECK_H
#define TENSORVIEW_DATASET_CHECK_H

#include "RunFilePlan.h"
#include "RunReport.h"
#include "SegmentFile.h"

#include <functional>

namespace tensorview
{

/// What is wrong with how a data set is made (type, extents, fill value, storage), a sentence each.
/// @throws RunFileError if it cannot even be opened, is not chunked, does not hold numbers, or has
/// fewer than `rows` rows
std::vector<std::string> formProblems(
  SegmentFile& file, const DatasetPlan& plan, std::int64_t rows);

/// Rows [first, first + count) that are not whole, and why.
struct BadRows
{
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::string what;
};

/// Reads the first `rows` rows of a data set, chunk by chunk, and keeps nothing. Gives up on a data
/// set after some hundred bad chunks.
/// @param mustBeStored tells whether a row has to be in the file; others may be left out
/// @throws RunFileError as formProblems()
std::vector<BadRows> unreadableRows(SegmentFile& file, const DatasetPlan& plan, std::int64_t rows,
  const std::function<bool(std::int64_t row)>& mustBeStored);

} // namespace tensorview

#endif
