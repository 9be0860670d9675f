#include "MachineMemory.h"

#include <algorithm>
#include <cstdint>
#include <fstream>

#include <unistd.h>

namespace tensorview
{

namespace
{
/// What a control group of version 2 allows; as much as can be named if there is none.
std::size_t controlGroupLimit()
{
  std::ifstream file("/sys/fs/cgroup/memory.max");
  std::size_t bytes = 0;
  return file >> bytes ? bytes : SIZE_MAX; // the word "max" is no number
}
}

std::size_t machineMemory()
{
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long size = ::sysconf(_SC_PAGESIZE);
  const std::size_t physical = pages > 0 && size > 0
                                 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(size)
                                 : std::size_t(1) << 32;
  return std::min(physical, controlGroupLimit());
}

std::size_t snapshotMemory(int mebibytes)
{
  return mebibytes > 0 ? static_cast<std::size_t>(mebibytes) << 20 : machineMemory() / 4;
}

std::size_t undoMemory(int mebibytes)
{
  return mebibytes > 0 ? static_cast<std::size_t>(mebibytes) << 20 : machineMemory() / 8;
}

} // namespace tensorview
