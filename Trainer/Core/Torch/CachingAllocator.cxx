#include "CachingAllocator.h"

#include "../MachineMemory.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/DeviceType.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <new>
#include <unordered_map>
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

/// What lies in front of every block.
struct Header
{
  std::size_t size; ///< of the block, after rounding
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
    void* data = this->take(roundUp(bytes));
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
    {
      std::lock_guard<std::mutex> lock(this->mutex_);
      const auto blocks = this->free_.find(size);
      if (blocks != this->free_.end() && !blocks->second.empty())
      {
        void* data = blocks->second.back();
        blocks->second.pop_back();
        this->kept_ -= size;
        return data;
      }
    }
    void* block = nullptr;
    if (posix_memalign(&block, alignment, size + alignment) != 0)
    {
      throw std::bad_alloc();
    }
    void* data = static_cast<char*>(block) + alignment;
    headerOf(data)->size = size;
    return data;
  }

  static void release(void* data)
  {
    if (data == nullptr)
    {
      return;
    }
    CachingAllocator& self = CachingAllocator::instance();
    const std::size_t size = headerOf(data)->size;
    {
      std::lock_guard<std::mutex> lock(self.mutex_);
      if (self.kept_ + size <= self.most_)
      {
        self.free_[size].push_back(data);
        self.kept_ += size;
        return;
      }
    }
    std::free(headerOf(data));
  }

  std::mutex mutex_;
  std::unordered_map<std::size_t, std::vector<void*>> free_; ///< by size
  std::size_t kept_ = 0;
  const std::size_t most_ = std::min(maximumKept, machineMemory() / shareKept);
};
}

void installCachingAllocator()
{
  static std::once_flag once;
  std::call_once(once, [] { c10::SetCPUAllocator(&CachingAllocator::instance(), 255); });
}

} // namespace tensorview
