#include "Hdf5TensorFile.h"

#include "Hdf5Process.h"
#include "KerasNames.h"
#include "TensorGeometry.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tensorview
{
namespace
{

constexpr std::array<char, 8> signature{ '\x89', 'H', 'D', 'F', '\r', '\n', '\x1A', '\n' };

/// Where the signature may stand: at 0, 512, 1024, 2048, ...
constexpr std::uint64_t firstUserBlock = 512;

/// Values come from the reading process in pieces.
constexpr std::uint64_t pieceBytes = std::uint64_t(4) << 20;

/// Elements of an array that only HDF5 can read.
class ArrayStream : public ByteStream
{
public:
  ArrayStream(std::shared_ptr<Hdf5Process> process, std::size_t array, std::size_t elementSize,
    std::uint64_t offset)
    : process_(std::move(process))
    , array_(array)
    , elementSize_(elementSize)
    , element_(offset / elementSize)
  {
  }

  void read(void* destination, std::size_t size) override
  {
    char* to = static_cast<char*>(destination);
    for (std::uint64_t elements = size / this->elementSize_; elements > 0;)
    {
      const std::uint64_t count = std::min(elements, pieceBytes / this->elementSize_);
      const auto bytes = static_cast<std::size_t>(count) * this->elementSize_;
      this->process_->read(this->array_, this->element_, count, to, bytes);
      to += bytes;
      this->element_ += count;
      elements -= count;
    }
  }

private:
  std::shared_ptr<Hdf5Process> process_;
  std::size_t array_;
  std::size_t elementSize_;
  std::uint64_t element_;
};

/// Block 0: the file's bytes; block i + 1: array i of the listing, read by the process.
class Hdf5Store : public TensorStore
{
public:
  Hdf5Store(std::shared_ptr<const ByteSource> source, std::uint64_t offset, std::uint64_t size)
    : source_(std::move(source))
    , offset_(offset)
    , end_(offset + size)
  {
  }

  /// Arrays of these sizes of elements are read by `process`.
  void readBy(std::shared_ptr<Hdf5Process> process, std::vector<std::size_t> elementSizes)
  {
    this->process_ = std::move(process);
    this->elementSizes_ = std::move(elementSizes);
  }

  std::unique_ptr<ByteStream> open(std::size_t block, std::uint64_t offset) const override
  {
    if (block == 0)
    {
      return rangeStream(this->source_, this->offset_ + offset, this->end_);
    }
    return std::make_unique<ArrayStream>(
      this->process_, block - 1, this->elementSizes_.at(block - 1), offset);
  }

private:
  std::shared_ptr<const ByteSource> source_;
  std::uint64_t offset_;
  std::uint64_t end_;
  std::shared_ptr<Hdf5Process> process_;
  std::vector<std::size_t> elementSizes_;
};

/// What a process says that may have been led astray by the file is checked.
TensorEntry entryOf(Hdf5Array array, std::size_t index, std::uint64_t fileSize)
{
  TensorEntry entry;
  entry.name = std::move(array.path);
  entry.shape = std::move(array.shape);
  entry.type = array.type;
  entry.bigEndian = array.bigEndian;
  entry.problem = std::move(array.problem);
  entry.block = array.offset ? 0 : index + 1;
  entry.offset = array.offset.value_or(0);
  const std::optional<std::uint64_t> elements = elementCount(entry.shape);
  if (!elements)
  {
    entry.problem = "has an impossible shape";
    entry.shape.clear();
  }
  else if (array.offset && entry.problem.empty() &&
           (entry.offset > fileSize ||
             *elements > (fileSize - entry.offset) / elementSize(entry.type)))
  {
    entry.problem = "lies beyond the end of the file: it is not whole, take another copy";
  }
  return entry;
}

} // namespace

bool looksLikeHdf5(const ByteSource& source)
{
  const auto isAt = [&source](std::uint64_t offset)
  {
    std::array<char, signature.size()> found{};
    source.read(offset, found.data(), found.size());
    return found == signature;
  };
  if (source.size() < signature.size())
  {
    return false;
  }
  bool found = isAt(0);
  for (std::uint64_t offset = firstUserBlock; !found && offset <= source.size() - signature.size();
       offset *= 2)
  {
    found = isAt(offset);
  }
  return found;
}

TensorCatalogue readHdf5Catalogue(const std::shared_ptr<const ByteSource>& source)
{
  return readHdf5Catalogue(source, 0, source->size(), {});
}

TensorCatalogue readHdf5Catalogue(const std::shared_ptr<const ByteSource>& source,
  std::uint64_t offset, std::uint64_t size, std::string_view kerasConfig)
{
  auto process = std::make_shared<Hdf5Process>(*source, offset, size);
  Hdf5Listing listing = process->listing();
  if (listing.run)
  {
    throw TensorFileError("it is a run of TensorView; open it with TensorRunReader");
  }
  const auto store = std::make_shared<Hdf5Store>(source, offset, size);
  TensorCatalogue catalogue;
  catalogue.format = "HDF5";
  catalogue.metadata["order"] = "name";
  catalogue.store = store;
  std::vector<std::size_t> elementSizes;
  std::vector<std::uint64_t> written;
  bool processNeeded = false;
  for (std::size_t i = 0; i < listing.arrays.size(); ++i)
  {
    elementSizes.push_back(elementSize(listing.arrays[i].type));
    written.push_back(listing.arrays[i].address);
    catalogue.tensors.push_back(entryOf(std::move(listing.arrays[i]), i, size));
    const TensorEntry& entry = catalogue.tensors.back();
    processNeeded = processNeeded || (entry.problem.empty() && entry.block != 0);
  }
  if (processNeeded)
  {
    store->readBy(std::move(process), std::move(elementSizes));
  }
  nameKerasTensors(listing.texts, kerasConfig, written, catalogue);
  return catalogue;
}

} // namespace tensorview
