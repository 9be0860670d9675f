#include "HeapWatch.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>

#include <sanitizer/allocator_interface.h>
#include <unistd.h>

namespace tensorview::fuzz
{
namespace
{

std::atomic<std::int64_t> taken{ 0 };
std::atomic<std::int64_t> allowed{ 0 };
std::atomic<bool> watching{ false };

void onMalloc(const volatile void* /*memory*/, std::size_t size)
{
  if (watching && (taken += static_cast<std::int64_t>(size)) > allowed)
  {
    watching = false;
    constexpr char message[] = "HeapWatch: more memory than 64 MB and the tensors declared\n";
    const ssize_t written = ::write(STDERR_FILENO, message, sizeof(message) - 1);
    static_cast<void>(written);
    std::abort();
  }
}

void onFree(const volatile void* memory)
{
  if (watching && memory)
  {
    taken -= static_cast<std::int64_t>(__sanitizer_get_allocated_size(memory));
  }
}

} // namespace

HeapWatch::HeapWatch()
{
  static const int installed = __sanitizer_install_malloc_and_free_hooks(onMalloc, onFree);
  static_cast<void>(installed);
  taken = 0;
  allowed = parserMemory;
  watching = true;
}

HeapWatch::~HeapWatch()
{
  watching = false;
}

void HeapWatch::allow(std::int64_t bytes)
{
  allowed += bytes;
}

} // namespace tensorview::fuzz
