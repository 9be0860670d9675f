#ifndef TENSORVIEW_SEGMENT_CHECK_H
#define TENSORVIEW_SEGMENT_CHECK_H

#include "RunReport.h"
#include "SegmentFile.h"

namespace tensorview
{

/// Looks at everything in an open segment and adds what it finds to `report`.
void checkSegment(SegmentFile& file, SegmentReport& report);

} // namespace tensorview

#endif
