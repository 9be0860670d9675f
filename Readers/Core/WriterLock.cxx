#include "WriterLock.h"

#include "RunLayout.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace tensorview
{
namespace
{

/// No file reaches so far, so that the byte never collides with HDF5's own locks on contents.
constexpr off_t lockedByte = off_t(1) << 62;

std::string cannotCreate(const std::string& path, int error)
{
  std::string remedy = "choose another place";
  if (error == ENOENT)
  {
    remedy = "create its folder first";
  }
  else if (error == EACCES || error == EPERM || error == EROFS)
  {
    remedy = "choose a folder that you may write to";
  }
  else if (error == EISDIR)
  {
    remedy = "name a file, not a folder";
  }
  else if (error == ENOSPC)
  {
    remedy = "free some space or choose another disk";
  }
  return "cannot create the run file " + path + ": " + std::strerror(error) + "; " + remedy;
}

} // namespace

WriterLock::WriterLock(const std::string& path, bool overwrite)
{
  this->descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  this->created_ = this->descriptor_ >= 0;
  if (!this->created_)
  {
    if (errno != EEXIST)
    {
      throw RunFileError(cannotCreate(path, errno));
    }
    if (!overwrite)
    {
      throw RunFileError(
        "the run file " + path +
        " exists already; choose another name, or allow it to be overwritten (Overwrite)");
    }
    this->descriptor_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (this->descriptor_ < 0)
    {
      throw RunFileError(cannotCreate(path, errno));
    }
  }
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = lockedByte;
  lock.l_len = 1;
  // A file system without locks (ENOLCK, EINVAL) does not keep anybody from recording.
  if (::fcntl(this->descriptor_, F_OFD_SETLK, &lock) < 0 && (errno == EAGAIN || errno == EACCES))
  {
    ::close(this->descriptor_);
    throw RunFileError("another training is recording to " + path + "; choose another name");
  }
}

WriterLock::~WriterLock()
{
  ::close(this->descriptor_);
}

} // namespace tensorview
