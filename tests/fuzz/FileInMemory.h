#ifndef TENSORVIEW_FILE_IN_MEMORY_H
#define TENSORVIEW_FILE_IN_MEMORY_H

#include <cstddef>
#include <string>

namespace tensorview::fuzz
{

/// A folder in memory for parsers that read by path; removed when the process ends by itself.
const std::string& memoryFolder();

/// Writes a file there and returns its path.
std::string writeInMemory(const std::string& name, const void* bytes, std::size_t size);

} // namespace tensorview::fuzz

#endif
