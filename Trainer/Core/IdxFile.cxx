#include "IdxFile.h"

#include "DatasetFiles.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace tensorview
{

namespace
{
struct CloseGzip
{
  void operator()(gzFile file) const { ::gzclose(file); }
};
using GzipFile = std::unique_ptr<gzFile_s, CloseGzip>;

/// Deflate makes a byte at most this much longer.
constexpr std::int64_t largestRatio = 1032;

[[noreturn]] void refuse(const std::string& path, const std::string& reason)
{
  throw DatasetError(
    "'" + path + "' is not the IDX file that it should be: " + reason + "; fetch it again");
}

std::string gzipReason(gzFile file)
{
  int code = Z_OK;
  const char* text = ::gzerror(file, &code);
  return code == Z_ERRNO ? std::strerror(errno) : text;
}

/// Reads up to `size` bytes; fewer at the end of the file.
std::size_t readSome(gzFile file, const std::string& path, std::uint8_t* to, std::size_t size)
{
  std::size_t done = 0;
  while (done < size)
  {
    const auto piece = static_cast<unsigned>(std::min<std::size_t>(size - done, 1U << 20));
    const int count = ::gzread(file, to + done, piece);
    if (count < 0)
    {
      refuse(path, "its compressed data are damaged (" + gzipReason(file) + ")");
    }
    if (count == 0)
    {
      // A gzip stream that ends in the middle says so here only.
      int code = Z_OK;
      ::gzerror(file, &code);
      if (code != Z_OK && code != Z_STREAM_END)
      {
        refuse(path, "it is truncated after " + std::to_string(done) + " bytes");
      }
      break;
    }
    done += static_cast<std::size_t>(count);
  }
  return done;
}

std::int64_t bigEndian(const std::uint8_t* bytes)
{
  return (std::int64_t(bytes[0]) << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
}
}

IdxFile readIdx(const std::string& path, int axes)
{
  const std::int64_t onDisk = fileSize(path);
  const GzipFile file(::gzopen(path.c_str(), "rb"));
  if (!file)
  {
    throw DatasetError("cannot open '" + path + "': " + std::strerror(errno));
  }
  const std::size_t headerSize = 4 + 4 * static_cast<std::size_t>(axes);
  std::vector<std::uint8_t> header(headerSize);
  const std::size_t got = readSome(file.get(), path, header.data(), headerSize);
  if (got == 0)
  {
    refuse(path, "it is empty");
  }
  const bool compressed = ::gzdirect(file.get()) == 0;
  if (got < 4 || header[0] != 0 || header[1] != 0 || header[2] != 8 || header[3] != axes)
  {
    refuse(path, "it does not begin with the bytes 0 0 8 " + std::to_string(axes));
  }
  if (got < headerSize)
  {
    refuse(path, "it ends within its header");
  }

  IdxFile result;
  const std::int64_t possible =
    (compressed ? onDisk * largestRatio : onDisk) - static_cast<std::int64_t>(headerSize);
  std::int64_t size = 1;
  for (int axis = 0; axis < axes; ++axis)
  {
    const std::int64_t length = bigEndian(&header[4 + 4 * axis]);
    result.shape.push_back(length);
    if (length == 0)
    {
      refuse(path, "its header tells of no values at all");
    }
    // Compared by division, so that no product overflows.
    if (length > possible / size)
    {
      refuse(path, "its header promises more bytes than the file can hold (" +
                     std::to_string(onDisk) +
                     " on the disk): it is truncated or its header is wrong");
    }
    size *= length;
  }
  // Grows with what really comes out of a compressed file.
  constexpr std::int64_t stride = 16 << 20;
  while (static_cast<std::int64_t>(result.values.size()) < size)
  {
    const std::size_t before = result.values.size();
    const auto piece =
      static_cast<std::size_t>(std::min(stride, size - static_cast<std::int64_t>(before)));
    result.values.resize(before + piece);
    const std::size_t read = readSome(file.get(), path, result.values.data() + before, piece);
    if (read < piece)
    {
      refuse(path, "it is truncated: " + std::to_string(before + read) + " of " +
                     std::to_string(size) + " values are there");
    }
  }
  // Only at its very end does a compressed file tell whether it is whole (checksum).
  std::uint8_t behind = 0;
  readSome(file.get(), path, &behind, 1);
  return result;
}

} // namespace tensorview
