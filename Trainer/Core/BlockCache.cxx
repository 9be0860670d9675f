#include "BlockCache.h"

namespace tensorview
{

BlockCache::BlockCache(std::size_t most, Clock::duration patience)
  : most_(most)
  , patience_(patience)
{
}

void* BlockCache::take(std::size_t size)
{
  const auto found = this->blocks_.find(size);
  if (found == this->blocks_.end() || found->second.empty())
  {
    return nullptr;
  }
  void* data = found->second.back().data;
  found->second.pop_back();
  this->kept_ -= size;
  return data;
}

bool BlockCache::keep(Block block, Clock::time_point now)
{
  if (block.size > this->most_ - this->kept_)
  {
    return false;
  }
  this->blocks_[block.size].push_back({ block.data, now });
  this->kept_ += block.size;
  return true;
}

std::vector<BlockCache::Block> BlockCache::takeUnused(Clock::time_point now)
{
  std::vector<Block> unused;
  if (now < this->nextLook_)
  {
    return unused;
  }
  this->nextLook_ = now + this->patience_ / 4;
  for (auto& [size, blocks] : this->blocks_)
  {
    while (!blocks.empty() && now - blocks.front().since >= this->patience_)
    {
      unused.push_back({ blocks.front().data, size });
      blocks.pop_front();
      this->kept_ -= size;
    }
  }
  return unused;
}

} // namespace tensorview
