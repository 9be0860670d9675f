#ifndef TENSORVIEW_RUN_FILE_OPEN_H
#define TENSORVIEW_RUN_FILE_OPEN_H

#include "Hdf5.h"

#include <string>

namespace tensorview
{

/// A run file, open for reading.
struct OpenRunFile
{
  hdf5::Handle file;
  /// Opened beside a writer, or after one was killed: rows may still come.
  bool live = false;
};

/// Opens a file whose root says that it is a run, of whatever version.
/// @throws RunFileError naming the file, the reason and a remedy.
OpenRunFile openRunFile(const std::string& path);

/// @throws RunFileError if the file's major version is not ours.
void checkRunVersion(hid_t file, const std::string& path);

} // namespace tensorview

#endif
