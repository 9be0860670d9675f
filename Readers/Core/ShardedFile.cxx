#include "ShardedFile.h"

#include "ShardIndex.h"
#include "UniqueNames.h"

#include <filesystem>
#include <unordered_map>
#include <utility>

namespace tensorview
{
namespace
{

/// One of the files, as far as it can be read.
struct Shard
{
  TensorCatalogue catalogue;
  std::unordered_map<std::string, std::size_t> byName;
  std::string problem; ///< why it cannot be read
};

Shard openShard(const std::filesystem::path& path)
{
  Shard shard;
  try
  {
    shard.catalogue = openTensorBytes(reopenedFileBytes(path.string()));
  }
  catch (const TensorFileError& problem)
  {
    shard.problem = problem.what();
  }
  for (std::size_t i = 0; i < shard.catalogue.tensors.size(); ++i)
  {
    shard.byName.emplace(shard.catalogue.tensors[i].name, i);
  }
  return shard;
}

/// Numbers the tensors of all files as blocks.
class ShardedStore : public TensorStore
{
public:
  /// @return the number of this block
  std::size_t add(std::shared_ptr<const TensorStore> store, std::size_t block)
  {
    this->blocks_.emplace_back(std::move(store), block);
    return this->blocks_.size() - 1;
  }

  std::unique_ptr<ByteStream> open(std::size_t block, std::uint64_t offset) const override
  {
    const auto& [store, its] = this->blocks_.at(block);
    return store->open(its, offset);
  }

private:
  std::vector<std::pair<std::shared_ptr<const TensorStore>, std::size_t>> blocks_;
};

} // namespace

TensorCatalogue readShardedCatalogue(const std::string& path, const ByteSource& index)
{
  const ShardIndex parsed = readShardIndex(index);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  TensorCatalogue catalogue;
  catalogue.metadata = parsed.metadata;
  std::vector<Shard> shards;
  for (const std::string& name : parsed.shards)
  {
    shards.push_back(openShard(folder / name));
    const TensorCatalogue& one = shards.back().catalogue;
    if (catalogue.format.empty())
    {
      catalogue.format = one.format;
    }
    catalogue.metadata.insert(one.metadata.begin(), one.metadata.end());
  }

  auto store = std::make_shared<ShardedStore>();
  UniqueNames names;
  for (const ShardIndex::Tensor& tensor : parsed.tensors)
  {
    const Shard& shard = shards[tensor.shard];
    const std::string file = quotedText(parsed.shards[tensor.shard]);
    const std::string name = printableText(tensor.name);
    const auto found = shard.byName.find(name);
    TensorEntry entry;
    if (!shard.problem.empty())
    {
      entry.problem = "is in the file " + file + " beside it, of which is to say: " + shard.problem;
    }
    else if (found == shard.byName.end())
    {
      entry.problem = "is not in the file " + file + " beside it, where the index puts it";
    }
    else
    {
      entry = shard.catalogue.tensors[found->second];
      entry.block = store->add(shard.catalogue.store, entry.block);
    }
    entry.name = names.give(name);
    catalogue.tensors.push_back(std::move(entry));
  }
  catalogue.store = std::move(store);
  return catalogue;
}

} // namespace tensorview
