#include "ZipArchive.h"

#include "TensorFileError.h"
#include "TensorLimits.h"

#include <minizip/unzip.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <numeric>
#include <utility>

namespace tensorview
{
namespace
{

/// No more than this comes out of a byte of deflated data (zlib's manual).
constexpr std::uint64_t mostInflation = 1032;

/// minizip reads a byte at a time. A window begins small, as most of what it reads are headers here
/// and there, and grows while the reading goes on behind it.
constexpr std::uint64_t leastWindow = 1 << 10;
constexpr std::uint64_t windowBytes = 64 << 10;

/// Open archives that are kept for the next reading.
constexpr std::size_t mostIdle = 8;

constexpr std::size_t mostEntries = 2 * mostTensors;

constexpr unsigned encryptedFlag = 1;

/// A source as minizip wants it. Exceptions must not pass through its C code: a failed read is
/// remembered. The end of the file is an error as well, as minizip takes it for zeros otherwise.
class SourceForMinizip
{
public:
  explicit SourceForMinizip(const ByteSource& source)
    : source_(source)
  {
  }

  zlib_filefunc64_def functions()
  {
    zlib_filefunc64_def functions = {};
    functions.zopen64_file = [](voidpf self, const void*, int) { return self; };
    functions.zread_file = [](voidpf self, voidpf, void* to, uLong size)
    { return static_cast<SourceForMinizip*>(self)->read(to, size); };
    functions.zwrite_file = [](voidpf, voidpf, const void*, uLong) -> uLong { return 0; };
    functions.ztell64_file = [](voidpf self, voidpf) -> ZPOS64_T
    { return static_cast<SourceForMinizip*>(self)->position_; };
    functions.zseek64_file = [](voidpf self, voidpf, ZPOS64_T offset, int origin)
    { return static_cast<SourceForMinizip*>(self)->seek(offset, origin); };
    functions.zclose_file = [](voidpf, voidpf) { return 0; };
    functions.zerror_file = [](voidpf self, voidpf)
    { return static_cast<SourceForMinizip*>(self)->failed_ ? 1 : 0; };
    functions.opaque = this;
    return functions;
  }

  bool failed() const { return this->failed_; }
  const std::string& problem() const { return this->problem_; }

private:
  uLong read(void* destination, uLong size) noexcept
  {
    try
    {
      char* to = static_cast<char*>(destination);
      uLong done = 0;
      while (done < size && this->fillWindow())
      {
        const std::uint64_t inWindow = this->position_ - this->windowStart_;
        const std::uint64_t count =
          std::min<std::uint64_t>(size - done, this->window_.size() - inWindow);
        this->window_.copy(to + done, count, inWindow);
        done += count;
        this->position_ += count;
      }
      this->failed_ = this->failed_ || done < size;
      return done;
    }
    catch (const std::exception& problem)
    {
      this->failed_ = true;
      this->problem_ = problem.what();
      return 0;
    }
  }

  /// False at the end of the source.
  bool fillWindow()
  {
    if (this->position_ >= this->windowStart_ &&
        this->position_ - this->windowStart_ < this->window_.size())
    {
      return true;
    }
    if (this->position_ >= this->source_.size())
    {
      return false;
    }
    const bool goesOn = this->position_ == this->windowStart_ + this->window_.size();
    const std::uint64_t size =
      goesOn ? std::min<std::uint64_t>(2 * this->window_.size(), windowBytes) : leastWindow;
    this->window_.resize(static_cast<std::size_t>(
      std::min(std::max(size, leastWindow), this->source_.size() - this->position_)));
    this->windowStart_ = this->position_;
    this->source_.read(this->windowStart_, this->window_.data(), this->window_.size());
    return true;
  }

  long seek(ZPOS64_T offset, int origin)
  {
    const std::uint64_t base = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                               : origin == ZLIB_FILEFUNC_SEEK_CUR ? this->position_
                                                                  : this->source_.size();
    if (offset > this->source_.size() || base > this->source_.size() - offset)
    {
      return -1;
    }
    this->position_ = base + offset;
    return 0;
  }

  const ByteSource& source_;
  std::uint64_t position_ = 0;
  std::uint64_t windowStart_ = 0;
  std::string window_;
  bool failed_ = false;
  std::string problem_; ///< of the source, which says more than minizip
};

/// An archive as minizip has it open, for one reading at a time.
class OpenArchive
{
public:
  explicit OpenArchive(const ByteSource& source)
    : source_(source)
  {
    zlib_filefunc64_def functions = this->source_.functions();
    this->file_ = unzOpen2_64("", &functions);
    if (!this->file_)
    {
      this->refuse("its directory is missing or damaged: it is not whole, take another copy");
    }
  }
  ~OpenArchive() { unzClose(this->file_); }
  OpenArchive(const OpenArchive&) = delete;
  OpenArchive& operator=(const OpenArchive&) = delete;

  unzFile file() const { return this->file_; }
  /// True if a reading failed; what comes after it may be wrong.
  bool failed() const { return this->source_.failed(); }

  [[noreturn]] void refuse(const std::string& what) const
  {
    throw TensorFileError(this->source_.problem().empty() ? what : this->source_.problem());
  }

  /// Opens an entry for reading.
  void open(const ZipEntry& entry) const
  {
    if (!entry.problem.empty())
    {
      throw TensorFileError("its entry " + quotedText(entry.name) + " " + entry.problem);
    }
    const unz64_file_pos place = { entry.directoryOffset, entry.directoryNumber };
    if (unzGoToFilePos64(this->file_, &place) != UNZ_OK ||
        unzOpenCurrentFile(this->file_) != UNZ_OK)
    {
      this->damaged(entry);
    }
  }

  [[noreturn]] void damaged(const ZipEntry& entry) const
  {
    this->refuse("its entry " + quotedText(entry.name) + " is damaged; take another copy");
  }

private:
  SourceForMinizip source_;
  unzFile file_;
};

} // namespace

/// Archives that are open and not in use. Opening one means to search it for its directory, which
/// costs more than reading a small tensor.
class OpenArchives
{
public:
  explicit OpenArchives(std::shared_ptr<const ByteSource> source)
    : source_(std::move(source))
  {
  }

  std::unique_ptr<OpenArchive> take()
  {
    {
      const std::lock_guard<std::mutex> lock(this->mutex_);
      if (!this->idle_.empty())
      {
        std::unique_ptr<OpenArchive> archive = std::move(this->idle_.back());
        this->idle_.pop_back();
        return archive;
      }
    }
    return std::make_unique<OpenArchive>(*this->source_);
  }

  void giveBack(std::unique_ptr<OpenArchive> archive)
  {
    unzCloseCurrentFile(archive->file());
    const std::lock_guard<std::mutex> lock(this->mutex_);
    if (!archive->failed() && this->idle_.size() < mostIdle)
    {
      this->idle_.push_back(std::move(archive));
    }
  }

private:
  std::shared_ptr<const ByteSource> source_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<OpenArchive>> idle_;
};

namespace
{

/// An open archive for one reading, several of which may go on at once.
class ArchiveLease
{
public:
  explicit ArchiveLease(std::shared_ptr<OpenArchives> archives)
    : archives_(std::move(archives))
    , archive_(this->archives_->take())
  {
  }
  ~ArchiveLease() { this->archives_->giveBack(std::move(this->archive_)); }
  ArchiveLease(const ArchiveLease&) = delete;
  ArchiveLease& operator=(const ArchiveLease&) = delete;

  const OpenArchive& operator*() const { return *this->archive_; }
  const OpenArchive* operator->() const { return this->archive_.get(); }

private:
  std::shared_ptr<OpenArchives> archives_;
  std::unique_ptr<OpenArchive> archive_;
};

/// @param name room for the longest name: its length is a 16-bit number
ZipEntry currentEntry(const OpenArchive& archive, std::uint64_t archiveSize, std::string& name)
{
  unz_file_info64 info = {};
  unz64_file_pos place = {};
  if (unzGetCurrentFileInfo64(
        archive.file(), &info, name.data(), name.size(), nullptr, 0, nullptr, 0) != UNZ_OK ||
      unzGetFilePos64(archive.file(), &place) != UNZ_OK)
  {
    archive.refuse("its directory is damaged; take another copy");
  }
  ZipEntry entry;
  entry.name = name.substr(0, info.size_filename);
  entry.size = info.uncompressed_size;
  entry.storedSize = info.compressed_size;
  entry.compressed = info.compression_method == Z_DEFLATED;
  entry.directoryOffset = place.pos_in_zip_directory;
  entry.directoryNumber = place.num_of_file;
  if ((info.flag & encryptedFlag) != 0)
  {
    entry.problem = "is encrypted; decrypt the archive first";
  }
  else if (info.compression_method != 0 && !entry.compressed)
  {
    entry.problem = "is compressed by method " + std::to_string(info.compression_method) +
                    ", which TensorView does not read; store it or deflate it";
  }
  else if (entry.storedSize > archiveSize || (!entry.compressed && entry.size != entry.storedSize))
  {
    entry.problem = "is said to be larger than the file that holds it; take another copy";
  }
  else if (entry.compressed && entry.size / mostInflation > entry.storedSize)
  {
    entry.problem = "claims to hold more than its bytes can (a zip bomb, or damaged)";
  }
  return entry;
}

class InflatedStream : public ByteStream
{
public:
  InflatedStream(
    std::shared_ptr<OpenArchives> archives, const ZipEntry& entry, std::uint64_t offset)
    : archive_(std::move(archives))
    , entry_(entry)
  {
    this->archive_->open(this->entry_);
    this->skip(offset);
  }

  void read(void* destination, std::size_t size) override
  {
    char* to = static_cast<char*>(destination);
    while (size > 0)
    {
      const auto wanted = static_cast<unsigned>(std::min<std::size_t>(size, 1U << 30));
      const int got = unzReadCurrentFile(this->archive_->file(), to, wanted);
      if (got <= 0)
      {
        this->archive_->damaged(this->entry_);
      }
      to += got;
      size -= static_cast<std::size_t>(got);
    }
  }

private:
  ArchiveLease archive_;
  ZipEntry entry_;
};

} // namespace

ZipArchive::ZipArchive(std::shared_ptr<const ByteSource> source)
  : source_(std::move(source))
  , archives_(std::make_shared<OpenArchives>(this->source_))
{
  const ArchiveLease archive(this->archives_);
  unz_global_info64 global = {};
  unzGetGlobalInfo64(archive->file(), &global);
  if (global.number_entry == 0)
  {
    return;
  }
  int status = unzGoToFirstFile(archive->file());
  std::string name(std::numeric_limits<std::uint16_t>::max(), '\0');
  while (status == UNZ_OK)
  {
    if (this->entries_.size() == mostEntries)
    {
      throw TensorFileError("it has more than " + std::to_string(mostEntries) + " entries");
    }
    this->entries_.push_back(currentEntry(*archive, this->source_->size(), name));
    status = unzGoToNextFile(archive->file());
  }
  if (status != UNZ_END_OF_LIST_OF_FILE)
  {
    archive->refuse("its directory is damaged; take another copy");
  }
  this->byName_.resize(this->entries_.size());
  std::iota(this->byName_.begin(), this->byName_.end(), std::size_t(0));
  std::stable_sort(this->byName_.begin(), this->byName_.end(),
    [this](std::size_t a, std::size_t b)
    { return this->entries_[a].name < this->entries_[b].name; });
}

std::ptrdiff_t ZipArchive::find(const std::string& name) const
{
  const auto found = std::lower_bound(this->byName_.begin(), this->byName_.end(), name,
    [this](std::size_t entry, const std::string& wanted)
    { return this->entries_[entry].name < wanted; });
  return found == this->byName_.end() || this->entries_[*found].name != name
           ? -1
           : static_cast<std::ptrdiff_t>(*found);
}

std::string ZipArchive::contentOf(std::size_t entry, std::uint64_t most) const
{
  const ZipEntry& wanted = this->entries_.at(entry);
  const ArchiveLease archive(this->archives_);
  archive->open(wanted);
  if (wanted.size > most)
  {
    throw TensorFileError("its entry " + quotedText(wanted.name) + " is " +
                          std::to_string(wanted.size) + " bytes long, more than the " +
                          std::to_string(most) + " that TensorView takes");
  }
  std::string content;
  while (content.size() < wanted.size)
  {
    // Grows with what is really there.
    const std::size_t before = content.size();
    const auto piece =
      static_cast<unsigned>(std::min<std::uint64_t>(wanted.size - before, 16 * windowBytes));
    content.resize(before + piece);
    const int got = unzReadCurrentFile(archive->file(), content.data() + before, piece);
    if (got <= 0)
    {
      archive->damaged(wanted);
    }
    content.resize(before + static_cast<std::size_t>(got));
  }
  if (unzCloseCurrentFile(archive->file()) != UNZ_OK)
  {
    archive->damaged(wanted);
  }
  return content;
}

bool ZipArchive::startsAnywhere(std::size_t block) const
{
  return !this->entries_.at(block).compressed;
}

std::unique_ptr<ByteStream> ZipArchive::open(std::size_t entry, std::uint64_t offset) const
{
  const ZipEntry& wanted = this->entries_.at(entry);
  if (wanted.compressed)
  {
    return std::make_unique<InflatedStream>(this->archives_, wanted, offset);
  }
  const std::uint64_t start = this->contentOffset(entry);
  return rangeStream(this->source_, start + offset, start + wanted.size);
}

std::uint64_t ZipArchive::contentOffset(std::size_t entry) const
{
  const ZipEntry& wanted = this->entries_.at(entry);
  const ArchiveLease archive(this->archives_);
  archive->open(wanted);
  const std::uint64_t start = unzGetCurrentFileZStreamPos64(archive->file());
  if (start > this->source_->size() || wanted.size > this->source_->size() - start)
  {
    archive->damaged(wanted);
  }
  return start;
}

} // namespace tensorview
