#include "UnnamedFile.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tensorview
{

namespace
{
/// Linux writes no more at once.
constexpr std::size_t mostAtOnce = std::size_t(1) << 30;

int openUnnamed(const std::string& folder)
{
  const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
  {
    return file;
  }
  // A file system that knows no such files (NFS): the name is taken away at once.
  std::string name = folder + "/.tensorview-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0)
  {
    ::unlink(name.c_str());
  }
  return named;
}
}

UnnamedFile::UnnamedFile(const std::string& folder)
  : folder_(folder.empty() ? "." : folder)
{
}

UnnamedFile::~UnnamedFile()
{
  this->close();
}

void UnnamedFile::close()
{
  if (this->number_ >= 0)
  {
    ::close(this->number_);
    this->number_ = -1;
  }
}

void UnnamedFile::fail(const char* what, int code) const
{
  throw std::runtime_error(
    std::string(what) + " a file in '" + this->folder_ + "': " + std::strerror(code));
}

void UnnamedFile::write(const std::string& bytes)
{
  this->number_ = openUnnamed(this->folder_);
  if (this->number_ < 0)
  {
    this->fail("cannot make", errno);
  }
  for (std::size_t done = 0; done < bytes.size();)
  {
    const ssize_t written =
      ::write(this->number_, bytes.data() + done, std::min(bytes.size() - done, mostAtOnce));
    if (written > 0)
    {
      done += static_cast<std::size_t>(written);
    }
    else if (written == 0 || errno != EINTR)
    {
      const int code = written == 0 ? ENOSPC : errno;
      this->close();
      this->fail("cannot write", code);
    }
  }
}

std::string UnnamedFile::read() const
{
  struct stat status = {};
  if (this->number_ < 0 || ::fstat(this->number_, &status) != 0)
  {
    this->fail("cannot read", this->number_ < 0 ? EBADF : errno);
  }
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  for (std::size_t done = 0; done < bytes.size();)
  {
    const ssize_t got = ::pread(this->number_, bytes.data() + done,
      std::min(bytes.size() - done, mostAtOnce), static_cast<off_t>(done));
    if (got > 0)
    {
      done += static_cast<std::size_t>(got);
    }
    else if (got == 0 || errno != EINTR)
    {
      this->fail("cannot read", got == 0 ? EIO : errno);
    }
  }
  return bytes;
}

} // namespace tensorview
