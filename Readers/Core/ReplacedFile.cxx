#include "ReplacedFile.h"

#include "TensorFileError.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace tensorview
{
namespace
{

/// Makes a rename within `folder` survive a power cut, where the file system can.
void syncFolder(const std::filesystem::path& folder)
{
  const int descriptor =
    ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor >= 0)
  {
    ::fsync(descriptor);
    ::close(descriptor);
  }
}

} // namespace

ReplacedFile::ReplacedFile(std::string path)
  : path_(std::move(path))
  , temporaryPath_(this->path_ + ".new")
  , descriptor_(
      ::open(this->temporaryPath_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666))
{
  if (this->descriptor_ < 0)
  {
    this->fail("created");
  }
}

ReplacedFile::~ReplacedFile()
{
  if (this->descriptor_ >= 0)
  {
    ::close(this->descriptor_);
    ::unlink(this->temporaryPath_.c_str());
  }
}

void ReplacedFile::fail(const char* what) const
{
  const int code = errno;
  throw TensorFileError("the file " + this->path_ + " cannot be " + what + ": " +
                        std::strerror(code) + "; choose another place or make room there");
}

void ReplacedFile::write(const void* bytes, std::size_t size)
{
  const char* from = static_cast<const char*>(bytes);
  while (size > 0)
  {
    const ssize_t written = ::write(this->descriptor_, from, size);
    if (written < 0 && errno != EINTR)
    {
      this->fail("written");
    }
    if (written > 0)
    {
      from += written;
      size -= static_cast<std::size_t>(written);
    }
  }
}

void ReplacedFile::publish()
{
  if (::fsync(this->descriptor_) != 0)
  {
    this->fail("written");
  }
  if (::rename(this->temporaryPath_.c_str(), this->path_.c_str()) != 0)
  {
    this->fail("given its name");
  }
  ::close(this->descriptor_);
  this->descriptor_ = -1;
  syncFolder(std::filesystem::path(this->path_).parent_path());
}

} // namespace tensorview
