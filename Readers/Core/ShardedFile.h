#ifndef TENSORVIEW_SHARDED_FILE_H
#define TENSORVIEW_SHARDED_FILE_H

#include "ByteSource.h"
#include "TensorCatalogue.h"

#include <string>

namespace tensorview
{

/// The tensors of a model that was saved in several files beside each other, in the order of its
/// index (ShardIndex.h). The files may be of any format but an index. Those that are missing or
/// damaged give their tensors a problem that names them; the others can be read.
/// @param path of the index, whose content is `index`
/// @throws TensorFileError without the index' name
TensorCatalogue readShardedCatalogue(const std::string& path, const ByteSource& index);

} // namespace tensorview

#endif
