#ifndef TENSORVIEW_ONNX_FILE_H
#define TENSORVIEW_ONNX_FILE_H

#include "ByteSource.h"
#include "TensorCatalogue.h"

#include <memory>
#include <string>

namespace tensorview
{

/// The initialisers of an ONNX file's main graph, in the order in which its nodes take them, then
/// those that are not read: of branches and loops, and sparse ones. The messages are walked without
/// reading the elements.
/// @param folder of the file, for values that lie in files beside it (external data; only by a
///               relative path that stays in the folder); empty if the bytes are of no file
/// @throws TensorFileError without the file's name
TensorCatalogue readOnnxCatalogue(
  const std::shared_ptr<const ByteSource>& source, const std::string& folder);

} // namespace tensorview

#endif
