#ifndef TENSORVIEW_RUN_LAYOUT_CHECK_H
#define TENSORVIEW_RUN_LAYOUT_CHECK_H

#include "RunLayout.h"

namespace tensorview
{

/// What contradicts itself in a layout, as a sentence that names the layer or the column; empty if
/// nothing does. Writer and reader ask alike.
std::string contradictionIn(const RunLayout& layout);

} // namespace tensorview

#endif
