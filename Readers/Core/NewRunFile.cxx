#include "NewRunFile.h"

#include "RunLayout.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace tensorview
{
namespace
{

/// No file reaches so far: the byte never collides with a lock on contents.
constexpr off_t lockedByte = off_t(1) << 62;

struct flock writerLock()
{
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = lockedByte;
  lock.l_len = 1;
  return lock;
}

std::string remedyFor(const std::string& path, int error)
{
  std::error_code ignored;
  const fs::path folder = fs::path(path).parent_path();
  switch (error)
  {
    case ENOENT:
    case ENOTDIR:
      return folder.empty() || fs::is_directory(folder, ignored)
               ? "its folder takes no files, choose another"
               : "create its folder first";
    case EACCES:
    case EPERM:
    case EROFS:
      return "choose a folder that you may write to";
    case EISDIR:
      return "name a file, not a folder";
    case ENAMETOOLONG:
      return "choose a shorter name";
    case ENOSPC:
    case EDQUOT:
      return "free some space or choose another disk";
    default:
      return "choose another place";
  }
}

RunFileError cannotCreate(const std::string& path, int error)
{
  return RunFileError("cannot create the run file " + path + ": " + std::strerror(error) + "; " +
                      remedyFor(path, error));
}

RunFileError exists(const std::string& path)
{
  return RunFileError("the run file " + path +
                      " exists already; choose another name, or allow it to be overwritten "
                      "(Overwrite)");
}

RunFileError busy(const std::string& path)
{
  return RunFileError(
    "another training is recording to " + path + "; choose another name, or stop it first");
}

/// Renames without replacing; 0 or an errno.
int renameNew(const std::string& from, const std::string& to)
{
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
  {
    return 0;
  }
  if (errno != EINVAL && errno != ENOSYS)
  {
    return errno;
  }
  // A file system that cannot promise it: look, then rename.
  if (::access(to.c_str(), F_OK) == 0)
  {
    return EEXIST;
  }
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

} // namespace

bool isBeingWritten(int descriptor)
{
  struct flock lock = writerLock();
  return ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

int lockAsWriter(int descriptor)
{
  struct flock lock = writerLock();
  if (::fcntl(descriptor, F_OFD_SETLK, &lock) == 0)
  {
    return 0;
  }
  return errno == EACCES ? EAGAIN : errno;
}

bool isBeingWritten(const std::string& path)
{
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
  {
    return false;
  }
  const bool written = isBeingWritten(descriptor);
  ::close(descriptor);
  return written;
}

NewRunFile::NewRunFile(std::string path, bool overwrite)
  : path_(std::move(path))
  , temporaryPath_(this->path_ + ".new")
  , overwrite_(overwrite)
{
  std::error_code problem;
  if (this->path_.empty())
  {
    throw RunFileError("cannot create a run file without a name; name one");
  }
  if (fs::is_directory(this->path_, problem))
  {
    throw cannotCreate(this->path_, EISDIR);
  }
  if (fs::exists(fs::symlink_status(this->path_, problem)))
  {
    if (isBeingWritten(this->path_))
    {
      throw busy(this->path_);
    }
    if (!overwrite)
    {
      throw exists(this->path_);
    }
  }
  this->descriptor_ = ::open(this->temporaryPath_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (this->descriptor_ < 0)
  {
    throw cannotCreate(this->path_, errno);
  }
  // A file system without locks (ENOLCK, EINVAL) does not keep anybody from recording.
  if (lockAsWriter(this->descriptor_) == EAGAIN)
  {
    ::close(this->descriptor_);
    throw busy(this->path_);
  }
}

NewRunFile::~NewRunFile()
{
  if (!this->published_)
  {
    std::remove(this->temporaryPath_.c_str());
  }
  ::close(this->descriptor_);
}

void NewRunFile::publish()
{
  if (this->overwrite_)
  {
    if (isBeingWritten(this->path_))
    {
      throw busy(this->path_);
    }
    if (::rename(this->temporaryPath_.c_str(), this->path_.c_str()) != 0)
    {
      throw cannotCreate(this->path_, errno);
    }
  }
  else if (const int error = renameNew(this->temporaryPath_, this->path_))
  {
    throw error == EEXIST ? exists(this->path_) : cannotCreate(this->path_, error);
  }
  this->published_ = true;
}

} // namespace tensorview
