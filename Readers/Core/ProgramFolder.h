#ifndef TENSORVIEW_PROGRAM_FOLDER_H
#define TENSORVIEW_PROGRAM_FOLDER_H

#include <string>

namespace tensorview
{

/// Folder of the executable or shared library that `address` (of one of its functions) lies in;
/// empty if unknown.
std::string folderOf(const void* address);

} // namespace tensorview

#endif
