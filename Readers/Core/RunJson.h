#ifndef TENSORVIEW_RUN_JSON_H
#define TENSORVIEW_RUN_JSON_H

#include "RunLayout.h"

#include <string>

namespace tensorview
{

/// The `layout` text of a run file (docs/run-format.md, "Layout").
std::string runLayoutToJson(const RunLayout& layout);

/// @throws RunFileError with the place in the JSON; `file` is named in the message. Extents are
/// checked to be sane, not to fit the file.
RunLayout runLayoutFromJson(const std::string& json, const std::string& file);

/// Data set of a tensor: tensors/<layer>/<kind>, with '/' and '.' inside names replaced so that
/// HDF5 takes them.
std::string tensorPath(const std::string& group, const TensorDescription& tensor);
/// Data set of a layer's slot table.
std::string slotTablePath(const LayerDescription& layer);
/// Data set of a per-filter series.
std::string filterSeriesPath(const FilterSeriesDescription& series);

} // namespace tensorview

#endif
