#include "Superblock.h"

#include "RunLayout.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace fs = std::filesystem;

namespace tensorview
{
namespace
{

constexpr std::array<unsigned char, 8> signature = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n' };
constexpr std::size_t versionAt = 8;
constexpr std::size_t flagsAt = 11;
constexpr std::size_t endOfFileAt = 28; ///< with addresses of 8 bytes
constexpr std::size_t length = 48;
constexpr unsigned char version = 3;
constexpr unsigned char writeFlag = 0x01;
constexpr unsigned char swmrFlag = 0x04;

[[noreturn]] void cannotOpen(const std::string& path, const std::string& why)
{
  throw RunFileError("cannot open the run file " + path + ": " + why);
}

void refuseWhatIsNoFile(const std::string& path)
{
  std::error_code problem;
  const fs::file_status status = fs::status(path, problem);
  if (status.type() == fs::file_type::directory)
  {
    cannotOpen(path, "it is a folder; name a .tvr file inside it");
  }
  if (status.type() == fs::file_type::not_found)
  {
    const fs::path folder = fs::path(path).parent_path();
    cannotOpen(path, !folder.empty() && !fs::exists(folder, problem)
                       ? "there is no folder " + folder.string() + "; check the path"
                       : "there is no such file; check the name");
  }
  if (status.type() != fs::file_type::regular)
  {
    cannotOpen(path, "it is not an ordinary file; name a .tvr file");
  }
}

} // namespace

Superblock readSuperblock(const std::string& path)
{
  refuseWhatIsNoFile(path);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file)
  {
    cannotOpen(
      path, std::string(std::strerror(errno ? errno : EIO)) + "; check that you may read it");
  }
  std::array<unsigned char, length> bytes{};
  file.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
  const auto count = static_cast<std::size_t>(file.gcount());

  Superblock result;
  std::error_code problem;
  const auto size = fs::file_size(path, problem);
  result.fileSize = problem ? count : size;
  if (count < signature.size() ||
      std::memcmp(bytes.data(), signature.data(), signature.size()) != 0)
  {
    return result;
  }
  if (count > versionAt && bytes[versionAt] != version)
  {
    result.kind = Superblock::Kind::Older;
    return result;
  }
  if (count < length)
  {
    result.kind = Superblock::Kind::Damaged;
    return result;
  }
  result.kind = Superblock::Kind::Current;
  result.writing = (bytes[flagsAt] & writeFlag) != 0;
  result.swmr = (bytes[flagsAt] & swmrFlag) != 0;
  for (std::size_t i = 0; i < 8; ++i)
  {
    result.endOfFile |= std::uint64_t(bytes[endOfFileAt + i]) << (8 * i);
  }
  return result;
}

} // namespace tensorview
