#ifndef TENSORVIEW_NEW_RUN_FILE_H
#define TENSORVIEW_NEW_RUN_FILE_H

#include <string>

namespace tensorview
{

/// A run file in the making. It is written under another name, <path>.new, and takes its own when
/// it can be read, so that no one ever sees a half-made one, whenever the writer dies.
///
/// As long as this object lives, other writers are kept away by an advisory lock on one byte far
/// beyond the file's end. The lock belongs to this object's own descriptor and is gone when the
/// process is, however it ended. (HDF5 drops its own lock when SWMR starts.)
class NewRunFile
{
public:
  /// @throws RunFileError if `path` exists and `overwrite` is false, if another writer has `path`
  /// or its <path>.new, or if the folder is missing or not writable.
  NewRunFile(std::string path, bool overwrite);
  /// Removes what was not published.
  ~NewRunFile();
  NewRunFile(const NewRunFile&) = delete;
  NewRunFile& operator=(const NewRunFile&) = delete;

  /// Where to write until publish().
  const std::string& temporaryPath() const { return this->temporaryPath_; }

  /// Gives the file its name. Whoever still reads a file that it replaces goes on doing so.
  /// @throws RunFileError if another writer was faster.
  void publish();

private:
  std::string path_;
  std::string temporaryPath_;
  bool overwrite_ = false;
  bool published_ = false;
  int descriptor_ = -1;
};

/// True if a writer has the run file `path` open.
bool isBeingWritten(const std::string& path);
/// The same of any file that is open.
bool isBeingWritten(int descriptor);

/// Takes the writer's lock for as long as `descriptor` is open; 0 or an errno, EAGAIN if a writer
/// has it, others if the file system has no locks.
int lockAsWriter(int descriptor);

} // namespace tensorview

#endif
