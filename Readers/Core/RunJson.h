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

/// Data set of a tensor: <group>/<layer>/<kind>. In names '%' becomes "%25", '/' becomes "%2F", and
/// an empty name or one of dots only gets a '%' in front: HDF5 takes the rest.
std::string tensorPath(const std::string& group, const TensorDescription& tensor);
/// Data set of a layer's slot table.
std::string slotTablePath(const LayerDescription& layer);
/// Data set of a layer's Gram matrices.
std::string gramPath(const GramDescription& gram);
/// Data set of a per-filter series.
std::string filterSeriesPath(const FilterSeriesDescription& series);
/// Data sets of a text stream: its bytes, and where each line ends.
std::string textPath(const std::string& stream);
std::string textEndPath(const std::string& stream);

} // namespace tensorview

#endif
