#include "ByteSource.h"

#include "TensorFileError.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tensorview
{
namespace
{

void checkRange(std::uint64_t offset, std::size_t size, std::uint64_t available)
{
  if (offset > available || size > available - offset)
  {
    throw TensorFileError("it ends after " + std::to_string(available) + " bytes, but " +
                          std::to_string(size) + " bytes from byte " + std::to_string(offset) +
                          " on are needed: it is not whole, take another copy");
  }
}

class FileBytes : public ByteSource
{
public:
  explicit FileBytes(const std::string& path)
    // Not to wait for a writer if it is a pipe.
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))
  {
    if (this->descriptor_ < 0)
    {
      throw TensorFileError(std::string("it cannot be opened: ") + std::strerror(errno));
    }
    struct stat status = {};
    if (::fstat(this->descriptor_, &status) != 0 || !S_ISREG(status.st_mode))
    {
      ::close(this->descriptor_);
      throw TensorFileError(
        S_ISDIR(status.st_mode) ? "it is a folder; name a file in it" : "it is not a regular file");
    }
    this->size_ = static_cast<std::uint64_t>(status.st_size);
    this->identity_ = { status.st_dev, status.st_ino };
  }
  ~FileBytes() override { ::close(this->descriptor_); }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  std::uint64_t size() const override { return this->size_; }

  /// What stays the same as long as it is the same file.
  std::pair<dev_t, ino_t> identity() const { return this->identity_; }

  void read(std::uint64_t offset, void* destination, std::size_t size) const override
  {
    checkRange(offset, size, this->size_);
    char* to = static_cast<char*>(destination);
    while (size > 0)
    {
      const ssize_t got = ::pread(this->descriptor_, to, size, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR)
      {
        continue;
      }
      if (got < 0)
      {
        throw TensorFileError("byte " + std::to_string(offset) +
                              " and what follows cannot be read: " + std::strerror(errno));
      }
      if (got == 0)
      {
        throw TensorFileError("it has become shorter since it was opened: somebody writes it anew; "
                              "open it again when it is whole");
      }
      to += got;
      offset += static_cast<std::uint64_t>(got);
      size -= static_cast<std::size_t>(got);
    }
  }

private:
  int descriptor_;
  std::uint64_t size_ = 0;
  std::pair<dev_t, ino_t> identity_;
};

class ReopenedFileBytes : public ByteSource
{
public:
  explicit ReopenedFileBytes(std::string path)
    : path_(std::move(path))
  {
    const FileBytes file(this->path_);
    this->size_ = file.size();
    this->identity_ = file.identity();
  }

  std::uint64_t size() const override { return this->size_; }

  void read(std::uint64_t offset, void* destination, std::size_t size) const override
  {
    checkRange(offset, size, this->size_);
    const FileBytes file(this->path_);
    if (file.identity() != this->identity_)
    {
      throw TensorFileError("another file has taken its place since it was opened; open it again");
    }
    file.read(offset, destination, size);
  }

private:
  std::string path_;
  std::uint64_t size_ = 0;
  std::pair<dev_t, ino_t> identity_;
};

class MemoryBytes : public ByteSource
{
public:
  explicit MemoryBytes(std::string_view bytes)
    : bytes_(bytes)
  {
  }

  std::uint64_t size() const override { return this->bytes_.size(); }

  void read(std::uint64_t offset, void* destination, std::size_t size) const override
  {
    checkRange(offset, size, this->bytes_.size());
    this->bytes_.copy(static_cast<char*>(destination), size, static_cast<std::size_t>(offset));
  }

private:
  std::string_view bytes_;
};

class RangeStream : public ByteStream
{
public:
  RangeStream(std::shared_ptr<const ByteSource> source, std::uint64_t offset, std::uint64_t end)
    : source_(std::move(source))
    , offset_(offset)
    , end_(std::min(end, this->source_->size()))
  {
  }

  void read(void* destination, std::size_t size) override
  {
    checkRange(this->offset_, size, this->end_);
    this->source_->read(this->offset_, destination, size);
    this->offset_ += size;
  }

private:
  std::shared_ptr<const ByteSource> source_;
  std::uint64_t offset_;
  std::uint64_t end_;
};

class RangeStore : public TensorStore
{
public:
  RangeStore(std::shared_ptr<const ByteSource> source, std::uint64_t start)
    : source_(std::move(source))
    , start_(start)
  {
  }

  std::unique_ptr<ByteStream> open(std::size_t /*block*/, std::uint64_t offset) const override
  {
    return rangeStream(this->source_, this->start_ + offset, this->source_->size());
  }

private:
  std::shared_ptr<const ByteSource> source_;
  std::uint64_t start_;
};

} // namespace

std::shared_ptr<const ByteSource> openFileBytes(const std::string& path)
{
  return std::make_shared<FileBytes>(path);
}

std::shared_ptr<const ByteSource> reopenedFileBytes(const std::string& path)
{
  return std::make_shared<ReopenedFileBytes>(path);
}

std::shared_ptr<const ByteSource> memoryBytes(std::string_view bytes)
{
  return std::make_shared<MemoryBytes>(bytes);
}

std::unique_ptr<ByteStream> rangeStream(
  std::shared_ptr<const ByteSource> source, std::uint64_t offset, std::uint64_t end)
{
  return std::make_unique<RangeStream>(std::move(source), offset, end);
}

std::shared_ptr<const TensorStore> rangeStore(
  std::shared_ptr<const ByteSource> source, std::uint64_t start)
{
  return std::make_shared<RangeStore>(std::move(source), start);
}

} // namespace tensorview
