#ifndef TENSORVIEW_GRAM_READ_H
#define TENSORVIEW_GRAM_READ_H

#include "GramMatrix.h"
#include "SegmentFile.h"

namespace tensorview
{

/// The Gram matrix of the filters that a layer has at `step`, the step of row `snapshot`; empty if
/// the segment has none of this layer or none was recorded then.
GramMatrix readGramAt(
  SegmentFile& file, const std::string& layer, std::int64_t snapshot, std::int64_t step);

} // namespace tensorview

#endif
