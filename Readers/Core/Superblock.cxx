#include "Superblock.h"

#include "Lookup3.h"
#include "NewRunFile.h"
#include "RunLayout.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace tensorview
{
namespace
{

constexpr std::array<unsigned char, 8> signature = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n' };
constexpr std::size_t versionAt = 8;
constexpr std::size_t flagsAt = 11;
constexpr std::size_t endOfFileAt = 28; ///< with addresses of 8 bytes
constexpr std::size_t checksumAt = 44;
constexpr std::size_t length = 48;
constexpr unsigned char version = 3;
constexpr unsigned char writeFlag = 0x01;
constexpr unsigned char swmrFlag = 0x04;

using Bytes = std::array<unsigned char, length>;

std::uint64_t number(const Bytes& bytes, std::size_t at, std::size_t size)
{
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
  {
    value |= std::uint64_t(bytes[at + i]) << (8 * i);
  }
  return value;
}

void setNumber(Bytes& bytes, std::size_t at, std::size_t size, std::uint64_t value)
{
  for (std::size_t i = 0; i < size; ++i)
  {
    bytes[at + i] = static_cast<unsigned char>(value >> (8 * i));
  }
}

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
  Bytes bytes{};
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
  result.foreignMarks = (bytes[flagsAt] & ~(writeFlag | swmrFlag)) != 0;
  result.endOfFile = number(bytes, endOfFileAt, 8);
  result.whole = number(bytes, checksumAt, 4) == lookup3(bytes.data(), checksumAt);
  return result;
}

void clearWriterMarks(const std::string& path)
{
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  const auto finish = [&](const std::string& problem)
  {
    if (descriptor >= 0)
    {
      ::close(descriptor);
    }
    if (!problem.empty())
    {
      throw RunFileError("cannot repair the run file " + path + ": " + problem);
    }
  };
  const auto fail = [&](int error)
  { finish(std::string(std::strerror(error ? error : EIO)) + "; check that you may write to it"); };
  if (descriptor < 0)
  {
    return fail(errno);
  }
  if (const int error = lockAsWriter(descriptor))
  {
    return finish(
      error == EAGAIN
        ? std::string("a training is recording to it; stop it first")
        : std::string("its file system has no locks, so that nobody can tell whether a training "
                      "still records to it; copy it to a local disk and repair the copy"));
  }
  Bytes bytes{};
  errno = 0;
  const off_t size = ::lseek(descriptor, 0, SEEK_END);
  if (size < 0 || ::pread(descriptor, bytes.data(), length, 0) != ssize_t(length))
  {
    return fail(errno);
  }
  bytes[flagsAt] = 0;
  setNumber(bytes, endOfFileAt, 8, static_cast<std::uint64_t>(size));
  setNumber(bytes, checksumAt, 4, lookup3(bytes.data(), checksumAt));
  if (::pwrite(descriptor, bytes.data(), length, 0) != ssize_t(length) || ::fsync(descriptor) != 0)
  {
    return fail(errno);
  }
  finish({});
}

} // namespace tensorview
