#ifndef TENSORVIEW_READ_TENSORS_H
#define TENSORVIEW_READ_TENSORS_H

#include "TensorCatalogue.h"

#include <functional>
#include <string_view>

namespace tensorview::fuzz
{

/// Opens bytes as a tensor file of any format and reads every tensor that has no problem. What the
/// parsers refuse is refused; all else (crash, hang, too much memory) is a finding.
void readTensors(std::string_view bytes);

/// The same for bytes that `open` opens.
void readTensors(const std::function<TensorCatalogue()>& open);

} // namespace tensorview::fuzz

#endif
