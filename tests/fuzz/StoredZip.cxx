#include "StoredZip.h"

#include <cstdint>

#include <zlib.h>

namespace tensorview::fuzz
{
namespace
{

void put(std::string& to, std::uint32_t value, int bytes)
{
  for (int i = 0; i < bytes; ++i)
  {
    to.push_back(static_cast<char>(value >> (8 * i)));
  }
}

/// What a local header and an entry of the directory have in common, from the version on.
void putDescription(std::string& to, const std::string& name, const std::string& content)
{
  const auto size = static_cast<std::uint32_t>(content.size());
  put(to, 20, 2);         // version needed
  put(to, 0, 2);          // flags
  put(to, 0, 2);          // stored
  put(to, 0x00210000, 4); // 1980-01-01 00:00
  put(to,
    static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(size))),
    4);
  put(to, size, 4);
  put(to, size, 4);
  put(to, static_cast<std::uint32_t>(name.size()), 2);
  put(to, 0, 2); // extra field
}

} // namespace

std::string storedZip(const std::vector<std::pair<std::string, std::string>>& parts)
{
  std::string file;
  std::string directory;
  for (const auto& [name, content] : parts)
  {
    const auto offset = static_cast<std::uint32_t>(file.size());
    put(file, 0x04034B50, 4);
    putDescription(file, name, content);
    file += name + content;
    put(directory, 0x02014B50, 4);
    put(directory, 20, 2); // made by
    putDescription(directory, name, content);
    put(directory, 0, 2); // comment
    put(directory, 0, 2); // disk
    put(directory, 0, 2); // attributes
    put(directory, 0, 4);
    put(directory, offset, 4);
    directory += name;
  }
  const auto start = static_cast<std::uint32_t>(file.size());
  const auto count = static_cast<std::uint32_t>(parts.size());
  file += directory;
  put(file, 0x06054B50, 4);
  put(file, 0, 4); // disks
  put(file, count, 2);
  put(file, count, 2);
  put(file, static_cast<std::uint32_t>(directory.size()), 4);
  put(file, start, 4);
  put(file, 0, 2); // comment
  return file;
}

} // namespace tensorview::fuzz
