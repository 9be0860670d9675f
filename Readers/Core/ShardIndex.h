#ifndef TENSORVIEW_SHARD_INDEX_H
#define TENSORVIEW_SHARD_INDEX_H

#include "ByteSource.h"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tensorview
{

/// What an index file says of a model that was saved in several files.
struct ShardIndex
{
  struct Tensor
  {
    std::string name;      ///< as it stands in the index
    std::size_t shard = 0; ///< into `shards`
  };
  std::vector<Tensor> tensors;                 ///< in the order of the index
  std::vector<std::string> shards;             ///< names of files in the folder of the index
  std::map<std::string, std::string> metadata; ///< texts and numbers, e.g. {"total_size", "12"}
};

/// True if the first character is that of a JSON object.
bool looksLikeShardIndex(const ByteSource& source);

/// Reads an index as Hugging Face's libraries write it (model.safetensors.index.json,
/// pytorch_model.bin.index.json): {"metadata": {...}, "weight_map": {"<tensor>": "<file>", ...}}.
/// Names that are not simply those of files in the same folder are refused.
/// @throws TensorFileError without the file's name
ShardIndex readShardIndex(const ByteSource& source);

} // namespace tensorview

#endif
