#ifndef TENSORVIEW_WRITER_LOCK_H
#define TENSORVIEW_WRITER_LOCK_H

#include <string>

namespace tensorview
{

/// Makes sure that one writer at a time has a run file. The lock is advisory, on one byte far
/// beyond the file's end, belongs to this object's own descriptor, and is gone when the process is,
/// however it ended. (HDF5 drops its own lock when SWMR starts.)
class WriterLock
{
public:
  /// Creates the file if it is missing. @throws RunFileError if it exists and `overwrite` is false,
  /// if another writer holds it, or if the folder is missing or not writable.
  WriterLock(const std::string& path, bool overwrite);
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

  /// True if this lock made the file.
  bool created() const { return this->created_; }

private:
  int descriptor_ = -1;
  bool created_ = false;
};

} // namespace tensorview

#endif
