#include "CachingAllocator.h"

#include "../BlockCache.h"
#include "../MachineMemory.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/DeviceType.h>

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <new>
#include <vector>

namespace tensorview
{

namespace
{
constexpr std::size_t alignment = 64;
constexpr std::size_t page = 4096;
/// Freed memory that is kept at most, where the machine has plenty; more goes back to the system.
constexpr std::size_t maximumKept = std::size_t(4) << 30;
constexpr std::size_t shareKept = 8; ///< one of so many parts of the machine's memory, at most
/// Longer than between two steps, mostly; so long, memory stays that an evaluation beside a preview
/// needed, or a network before its filters were removed.
constexpr std::chrono::seconds patience(10);
/// From here on, blocks are the system's own mappings: those go back whole, wherever they lie.
constexpr std::size_t mapped = std::size_t(1) << 20;

/// What lies in front of every block.
struct Header
{
  std::size_t size; ///< of the block, with this header
};
static_assert(sizeof(Header) <= alignment);

/// Sizes come in classes that grow by a quarter, so that batches of slightly different extents
/// share blocks.
std::size_t roundUp(std::size_t bytes)
{
  if (bytes <= page)
  {
    return (bytes + alignment - 1) / alignment * alignment;
  }
  std::size_t size = page;
  while (size < bytes)
  {
    const std::size_t quarter = size / 4 / page * page;
    size += quarter > page ? quarter : page;
  }
  return size;
}

/// `size` bytes, nullptr if there are none.
void* allocateBlock(std::size_t size)
{
  if (size >= mapped)
  {
    void* block = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return block == MAP_FAILED ? nullptr : block;
  }
  return std::aligned_alloc(alignment, size);
}

void freeBlock(const BlockCache::Block& block)
{
  if (block.size >= mapped)
  {
    munmap(block.data, block.size);
  }
  else
  {
    std::free(block.data);
  }
}

class CachingAllocator final : public c10::Allocator
{
public:
  /// Never destroyed: tensors in static variables may outlive everything else.
  static CachingAllocator& instance()
  {
    static CachingAllocator* const allocator = new CachingAllocator;
    return *allocator;
  }

  c10::DataPtr allocate(std::size_t bytes) override
  {
    const c10::Device cpu(c10::DeviceType::CPU);
    if (bytes == 0)
    {
      return { nullptr, nullptr, &CachingAllocator::release, cpu };
    }
    if (bytes > SIZE_MAX / 2)
    {
      throw std::bad_alloc();
    }
    void* data = this->take(roundUp(bytes + alignment));
    return { data, data, &CachingAllocator::release, cpu };
  }

  c10::DeleterFnPtr raw_deleter() const override { return &CachingAllocator::release; }

  void copy_data(void* destination, const void* source, std::size_t bytes) const override
  {
    default_copy_data(destination, source, bytes);
  }

private:
  static Header* headerOf(void* data)
  {
    return reinterpret_cast<Header*>(static_cast<char*>(data) - alignment);
  }

  void* take(std::size_t size)
  {
    void* block = nullptr;
    {
      std::lock_guard<std::mutex> lock(this->mutex_);
      block = this->cache_.take(size);
    }
    if (block == nullptr)
    {
      block = allocateBlock(size);
      if (block == nullptr)
      {
        throw std::bad_alloc();
      }
      static_cast<Header*>(block)->size = size;
    }
    return static_cast<char*>(block) + alignment;
  }

  static void release(void* data)
  {
    if (data == nullptr)
    {
      return;
    }
    CachingAllocator& self = CachingAllocator::instance();
    const BlockCache::Block block = { headerOf(data), headerOf(data)->size };
    const BlockCache::Clock::time_point now = BlockCache::Clock::now();
    bool kept = false;
    std::vector<BlockCache::Block> unused;
    {
      std::lock_guard<std::mutex> lock(self.mutex_);
      kept = self.cache_.keep(block, now);
      unused = self.cache_.takeUnused(now);
    }
    if (!kept)
    {
      freeBlock(block);
    }
    std::for_each(unused.begin(), unused.end(), freeBlock);
  }

  std::mutex mutex_;
  BlockCache cache_{ std::min(maximumKept, machineMemory() / shareKept), patience };
};
}

void installCachingAllocator()
{
  static std::once_flag once;
  std::call_once(once, [] { c10::SetCPUAllocator(&CachingAllocator::instance(), 255); });
}

} // namespace tensorview
