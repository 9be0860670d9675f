#ifndef TENSORVIEW_SUPERBLOCK_H
#define TENSORVIEW_SUPERBLOCK_H

#include <cstdint>
#include <string>

namespace tensorview
{

/// What the first 48 bytes of an HDF5 file say, read without HDF5: it tells a file that was cut off
/// from one whose writer still has it open, or was killed.
struct Superblock
{
  enum class Kind
  {
    NotHdf5, ///< another signature, or too short for one
    Older,   ///< HDF5, but not of the version that all run files have
    Damaged, ///< of the right version, but cut off within these bytes
    Current
  };
  Kind kind = Kind::NotHdf5;
  bool writing = false;        ///< a writer has it open, or did not live to close it
  bool swmr = false;           ///< ... and lets others read meanwhile
  bool foreignMarks = false;   ///< marks besides these two, which no writer of runs makes
  bool whole = false;          ///< its checksum is that of its bytes
  std::uint64_t endOfFile = 0; ///< size that the file had when it was closed
  std::uint64_t fileSize = 0;  ///< size that it has
};

/// @throws RunFileError if there is no such file, it is a folder or cannot be opened.
Superblock readSuperblock(const std::string& path);

/// Takes the marks of a writer that did not live to close the file out of its superblock, as HDF5's
/// own h5clear does, and gives it the size that the file has, as closing would have. These 48 bytes
/// lie in one sector and are written in one call: a power cut leaves the old ones or the new ones.
/// @throws RunFileError naming the file and the reason: a writer lives (its lock tells), the file
/// system has no locks, the file cannot be written
void clearWriterMarks(const std::string& path);

} // namespace tensorview

#endif
