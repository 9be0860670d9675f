#include "ProgramFolder.h"

#include <filesystem>
#include <system_error>

#include <dlfcn.h>

namespace fs = std::filesystem;

namespace tensorview
{

std::string folderOf(const void* address)
{
  Dl_info info{};
  if (::dladdr(address, &info) == 0 || !info.dli_fname)
  {
    return {};
  }
  std::error_code failed;
  const fs::path path = fs::canonical(info.dli_fname, failed);
  if (!failed)
  {
    return path.parent_path().string();
  }
  // An executable started by PATH is known by its bare name only.
  const fs::path self = fs::read_symlink("/proc/self/exe", failed);
  return failed ? std::string() : self.parent_path().string();
}

} // namespace tensorview
