#include "RunFileOpen.h"

#include "ReadingDriver.h"
#include "RunFormat.h"
#include "RunLayout.h"
#include "Superblock.h"

#include <vector>

namespace tensorview
{
namespace
{

using hdf5::Handle;

constexpr const char* takeARun = "; take a file that a Trainer or tensorview-train has recorded";
constexpr std::size_t longestName = 256;

[[noreturn]] void refuse(const std::string& path, const std::string& why)
{
  throw RunFileError("cannot open the run file " + path + ": " + why);
}

/// @throws RunFileError unless HDF5 has a chance with the file.
void checkSuperblock(const Superblock& start, const std::string& path)
{
  if (start.fileSize == 0)
  {
    refuse(path, "it is empty; its writer never came to write anything, take another file");
  }
  switch (start.kind)
  {
    case Superblock::Kind::NotHdf5:
      refuse(path, std::string("it is not a TensorView run (no HDF5 signature)") + takeARun);
    case Superblock::Kind::Older:
      refuse(path,
        std::string("it is an HDF5 file of another program (its superblock is not version 3)") +
          takeARun);
    case Superblock::Kind::Damaged:
      refuse(
        path, "it is cut off after " + std::to_string(start.fileSize) + " bytes; copy it again");
    case Superblock::Kind::Current:
      break;
  }
  if (start.writing && !start.swmr)
  {
    refuse(path,
      "it is just being made, or its writer ended while making it; wait a moment, else record the "
      "run anew");
  }
  if (!start.writing && start.endOfFile > start.fileSize)
  {
    refuse(path, "it is cut off: " + std::to_string(start.fileSize) + " of " +
                   std::to_string(start.endOfFile) + " bytes are there; copy it again");
  }
}

/// Value of the attribute 'format', empty if it has none.
std::string formatOf(hid_t file)
{
  if (H5Aexists(file, runformat::formatAttribute) <= 0)
  {
    return {};
  }
  const Handle attribute(H5Aopen(file, runformat::formatAttribute, H5P_DEFAULT));
  const Handle type(H5Aget_type(attribute));
  const Handle space(H5Aget_space(attribute));
  if (H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1)
  {
    return {};
  }
  if (H5Tis_variable_str(type) > 0)
  {
    std::string name;
    char* text = nullptr;
    if (H5Aread(attribute, type, &text) >= 0 && text)
    {
      name = text;
    }
    H5free_memory(text);
    return name;
  }
  const std::size_t size = H5Tget_size(type);
  if (size == 0 || size > longestName)
  {
    return {};
  }
  std::vector<char> text(size + 1, '\0');
  return H5Aread(attribute, type, text.data()) >= 0 ? std::string(text.data()) : std::string();
}

} // namespace

OpenRunFile openRunFile(const std::string& path)
{
  const hdf5::Silence silence;
  const Superblock start = readSuperblock(path);
  checkSuperblock(start, path);

  OpenRunFile opened;
  opened.live = start.swmr;
  const auto open = [&]
  {
    const Handle access(readingAccess(opened.live));
    opened.file = Handle(
      H5Fopen(path.c_str(), H5F_ACC_RDONLY | (opened.live ? H5F_ACC_SWMR_READ : 0U), access));
    return bool(opened.file);
  };
  if (!open())
  {
    opened.live = !opened.live; // the writer may have closed the file, or started it, meanwhile
    if (readSuperblock(path).swmr != opened.live || !open())
    {
      refuse(path, hdf5::reason() + "; it is damaged, take another copy");
    }
  }
  if (formatOf(opened.file) != runformat::name)
  {
    refuse(path,
      std::string("it is an HDF5 file of another program (no attribute 'format' that says '") +
        runformat::name + "')" + takeARun);
  }
  return opened;
}

void checkRunVersion(hid_t file, const std::string& path)
{
  int major = -1;
  const bool there = H5Aexists(file, runformat::majorAttribute) > 0;
  const Handle version(
    there ? H5Aopen(file, runformat::majorAttribute, H5P_DEFAULT) : H5I_INVALID_HID);
  const Handle space(version ? H5Aget_space(version) : H5I_INVALID_HID);
  if (!version || H5Sget_simple_extent_npoints(space) != 1 ||
      H5Aread(version, H5T_NATIVE_INT, &major) < 0)
  {
    refuse(path, std::string("its version is missing (attribute '") + runformat::majorAttribute +
                   "'); take another copy");
  }
  if (major != runformat::versionMajor)
  {
    refuse(path,
      "its format version is " + std::to_string(major) + ", this TensorView reads version " +
        std::to_string(runformat::versionMajor) +
        (major > runformat::versionMajor ? "; use a newer TensorView" : "; record the run anew"));
  }
}

} // namespace tensorview
