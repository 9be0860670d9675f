#ifndef TENSORVIEW_BLOCK_CACHE_H
#define TENSORVIEW_BLOCK_CACHE_H

#include <chrono>
#include <cstddef>
#include <deque>
#include <unordered_map>
#include <vector>

namespace tensorview
{

/// Freed blocks of memory that are kept for the next one who wants that size, until nobody has for
/// a while. It neither allocates nor frees them, and does not look into them. For one thread at a
/// time.
class BlockCache
{
public:
  using Clock = std::chrono::steady_clock;

  struct Block
  {
    void* data = nullptr;
    std::size_t size = 0; ///< bytes
  };

  /// @param most bytes that are kept at most
  /// @param patience how long a block stays that nobody takes
  BlockCache(std::size_t most, Clock::duration patience);

  /// The block of `size` bytes that was kept last; nullptr if there is none.
  void* take(std::size_t size);

  /// False if there is no room: the block stays the caller's.
  bool keep(Block block, Clock::time_point now);

  /// Blocks that nobody has taken for `patience`; they are the caller's. Looks once in a quarter of
  /// it only, so it may be called often.
  std::vector<Block> takeUnused(Clock::time_point now);

  /// Bytes.
  std::size_t kept() const { return this->kept_; }

private:
  struct Kept
  {
    void* data;
    Clock::time_point since;
  };

  std::size_t most_;
  Clock::duration patience_;
  Clock::time_point nextLook_;
  std::unordered_map<std::size_t, std::deque<Kept>> blocks_; ///< by size, the oldest first
  std::size_t kept_ = 0;
};

} // namespace tensorview

#endif
