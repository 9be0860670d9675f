#ifndef TENSORVIEW_SAFETENSORS_FILE_H
#define TENSORVIEW_SAFETENSORS_FILE_H

#include "ByteSource.h"
#include "TensorCatalogue.h"

namespace tensorview
{

/// True if the first bytes are those of a .safetensors file: a length that may be one, then '{'.
bool looksLikeSafetensors(const ByteSource& source);

/// What a .safetensors file holds, in the order in which the elements lie.
/// @throws TensorFileError without the file's name
TensorCatalogue readSafetensorsCatalogue(const std::shared_ptr<const ByteSource>& source);

} // namespace tensorview

#endif
