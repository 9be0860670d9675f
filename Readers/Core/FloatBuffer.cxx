#include "FloatBuffer.h"

#include <cstdlib>
#include <limits>
#include <new>

#include <sys/mman.h>

namespace tensorview
{
namespace
{

constexpr std::size_t hugePage = 2 << 20;

/// With less there is little to gain.
constexpr std::size_t largeBytes = 2 * hugePage;

} // namespace

std::shared_ptr<float> makeFloats(std::size_t count)
{
  if (count < largeBytes / sizeof(float))
  {
    return { new float[count], std::default_delete<float[]>() };
  }
  if (count > std::numeric_limits<std::size_t>::max() / sizeof(float))
  {
    throw std::bad_alloc();
  }
  const std::size_t bytes = count * sizeof(float);
  void* memory = nullptr;
  if (::posix_memalign(&memory, hugePage, bytes) != 0)
  {
    throw std::bad_alloc();
  }
  // The last page stays an ordinary one. A kernel without huge pages does without.
  ::madvise(memory, bytes / hugePage * hugePage, MADV_HUGEPAGE);
  return { static_cast<float*>(memory), [](float* values) { std::free(values); } };
}

} // namespace tensorview
