#ifndef TENSORVIEW_ZIP_ARCHIVE_H
#define TENSORVIEW_ZIP_ARCHIVE_H

#include "ByteSource.h"
#include "TensorStore.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tensorview
{

/// A file in a zip archive, as the archive's directory describes it.
struct ZipEntry
{
  std::string name;
  std::uint64_t size = 0;       ///< of its content
  std::uint64_t storedSize = 0; ///< in the archive
  bool compressed = false;      ///< deflated; else stored as it is
  std::string problem;          ///< not empty: why it cannot be read (encrypted, ...)
  /// Where the directory describes it, and as which one.
  std::uint64_t directoryOffset = 0;
  std::uint64_t directoryNumber = 0;
};

class OpenArchives;

/// The directory of a zip archive (zip64 too) and its entries' contents, read through minizip.
/// Stored entries are read where they lie; deflated ones as a stream, so that opening one in the
/// middle inflates all before it. Sizes are checked against the archive's. The check sums of
/// entries read by contentOf() are checked; those of streams are not (neither does PyTorch), as one
/// of many tensors shall not cost reading all.
class ZipArchive : public TensorStore
{
public:
  /// @throws TensorFileError without the file's name
  explicit ZipArchive(std::shared_ptr<const ByteSource> source);

  const std::vector<ZipEntry>& entries() const { return this->entries_; }
  const std::shared_ptr<const ByteSource>& source() const { return this->source_; }

  /// Index of the first entry of this name, or -1.
  std::ptrdiff_t find(const std::string& name) const;

  /// All of a small entry.
  /// @throws TensorFileError if it is larger than `most` bytes, damaged, or has a problem
  std::string contentOf(std::size_t entry, std::uint64_t most) const;

  /// Where in the archive the content of a stored entry begins.
  /// @throws TensorFileError if the entry is damaged or has a problem
  std::uint64_t contentOffset(std::size_t entry) const;

  /// @throws TensorFileError if the entry is damaged or has a problem
  std::unique_ptr<ByteStream> open(std::size_t entry, std::uint64_t offset) const override;
  bool startsAnywhere(std::size_t block) const override;

private:
  std::shared_ptr<const ByteSource> source_;
  std::vector<ZipEntry> entries_;
  std::vector<std::size_t> byName_; ///< indices of the entries, sorted by their names
  std::shared_ptr<OpenArchives> archives_;
};

} // namespace tensorview

#endif
