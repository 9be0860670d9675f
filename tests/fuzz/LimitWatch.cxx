#include "LimitWatch.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include <sanitizer/allocator_interface.h>
#include <unistd.h>

namespace tensorview::fuzz
{
namespace
{

std::atomic<std::int64_t> taken{ 0 };
std::atomic<std::int64_t> allowed{ 0 };
std::atomic<bool> watching{ false };

[[noreturn]] void fail(std::string_view message)
{
  watching = false;
  const ssize_t written = ::write(STDERR_FILENO, message.data(), message.size());
  static_cast<void>(written);
  std::abort();
}

/// Seconds of the processor that this thread has taken.
double threadSeconds()
{
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void onMalloc(const volatile void* /*memory*/, std::size_t size)
{
  if (watching && (taken += static_cast<std::int64_t>(size)) > allowed)
  {
    fail("LimitWatch: more memory than 64 MB and the tensors declared\n");
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

LimitWatch::LimitWatch()
  : begin_(threadSeconds())
{
  static const int installed = __sanitizer_install_malloc_and_free_hooks(onMalloc, onFree);
  static_cast<void>(installed);
  taken = 0;
  allowed = parserMemory;
  watching = true;
}

LimitWatch::~LimitWatch()
{
  watching = false;
  if (threadSeconds() - this->begin_ > parserSeconds)
  {
    fail("LimitWatch: longer than a second\n");
  }
}

void LimitWatch::allow(std::int64_t bytes)
{
  allowed += bytes;
}

} // namespace tensorview::fuzz
