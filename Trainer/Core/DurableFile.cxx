#include "DurableFile.h"

#include "Descriptor.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace tensorview
{

namespace
{
[[noreturn]] void fail(const std::string& what, const std::string& path)
{
  const int code = errno;
  throw std::runtime_error(what + " '" + path + "': " + std::strerror(code));
}

void writeAll(int file, const std::string& bytes, const std::string& path)
{
  std::size_t done = 0;
  while (done < bytes.size())
  {
    const ssize_t written = ::write(file, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno != EINTR)
    {
      fail("cannot write", path);
    }
    done += written > 0 ? static_cast<std::size_t>(written) : 0;
  }
}

/// Makes a rename within `folder` survive a power cut, where the file system can.
void syncFolder(const std::filesystem::path& folder)
{
  const Descriptor descriptor(
    ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor >= 0)
  {
    ::fsync(descriptor);
  }
}
}

void writeDurably(const std::string& path, const std::string& bytes)
{
  const std::string temporary = path + ".part";
  try
  {
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (file < 0)
    {
      fail("cannot create", temporary);
    }
    writeAll(file, bytes, temporary);
    if (::fsync(file) != 0 || ::close(file.release()) != 0)
    {
      fail("cannot write", temporary);
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0)
    {
      fail("cannot rename a temporary file to", path);
    }
  }
  catch (...)
  {
    ::unlink(temporary.c_str());
    throw;
  }
  syncFolder(std::filesystem::path(path).parent_path());
}

std::string readWhole(const std::string& path)
{
  std::ifstream file(path, std::ios::binary);
  if (!file)
  {
    fail("cannot open", path);
  }
  std::string bytes{ std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>() };
  if (file.bad())
  {
    fail("cannot read", path);
  }
  return bytes;
}

} // namespace tensorview
