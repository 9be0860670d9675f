#include "OnnxFile.h"

#include "OnnxGraph.h"
#include "OnnxRoles.h"
#include "TensorGeometry.h"
#include "UniqueNames.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <utility>

namespace fs = std::filesystem;

namespace tensorview
{
namespace
{

/// Bytes of a tensor: pieces of a file, one after the other.
struct Block
{
  std::shared_ptr<const ByteSource> source;
  std::vector<OnnxTensor::Piece> pieces;
  bool varints = false;
  std::size_t elementSize = 0;
};

/// The pieces of a block as one stream.
class PieceStream : public ByteStream
{
public:
  PieceStream(const Block& block, std::uint64_t offset)
    : block_(block)
  {
    while (this->piece_ < block.pieces.size() && offset >= block.pieces[this->piece_].size)
    {
      offset -= block.pieces[this->piece_++].size;
    }
    this->offset_ = offset;
  }

  void read(void* destination, std::size_t size) override
  {
    char* to = static_cast<char*>(destination);
    while (size > 0)
    {
      if (this->piece_ >= this->block_.pieces.size())
      {
        throw TensorFileError("it ends before its last element");
      }
      const OnnxTensor::Piece& piece = this->block_.pieces[this->piece_];
      const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(size, piece.size - this->offset_));
      this->block_.source->read(piece.offset + this->offset_, to, count);
      to += count;
      size -= count;
      this->offset_ += count;
      if (this->offset_ == piece.size)
      {
        this->offset_ = 0;
        ++this->piece_;
      }
    }
  }

private:
  const Block& block_;
  std::size_t piece_ = 0;
  std::uint64_t offset_ = 0; ///< in it
};

/// Numbers of 7 bits a byte as little-endian elements.
class VarintStream : public ByteStream
{
public:
  VarintStream(const Block& block, std::uint64_t offset)
    : block_(block)
    , bytes_(block.source)
    , offset_(block.pieces.empty() ? 0 : block.pieces.front().offset)
  {
    for (std::uint64_t skipped = 0; skipped < offset; skipped += block.elementSize)
    {
      this->next();
    }
  }

  void read(void* destination, std::size_t size) override
  {
    char* to = static_cast<char*>(destination);
    for (std::size_t done = 0; done + this->block_.elementSize <= size;
         done += this->block_.elementSize)
    {
      std::uint64_t value = this->next();
      for (std::size_t i = 0; i < this->block_.elementSize; ++i)
      {
        to[done + i] = static_cast<char>(value & 0xFF);
        value >>= 8;
      }
    }
  }

private:
  std::uint64_t next()
  {
    const std::vector<OnnxTensor::Piece>& pieces = this->block_.pieces;
    while (this->piece_ < pieces.size() &&
           this->offset_ >= pieces[this->piece_].offset + pieces[this->piece_].size)
    {
      ++this->piece_;
      this->offset_ = this->piece_ < pieces.size() ? pieces[this->piece_].offset : 0;
    }
    if (this->piece_ >= pieces.size())
    {
      throw TensorFileError("it ends before its last element");
    }
    return this->bytes_.varint(
      this->offset_, pieces[this->piece_].offset + pieces[this->piece_].size);
  }

  const Block& block_;
  WireBytes bytes_;
  std::size_t piece_ = 0;
  std::uint64_t offset_; ///< in the file
};

class OnnxStore : public TensorStore
{
public:
  std::size_t add(Block block)
  {
    this->blocks_.push_back(std::move(block));
    return this->blocks_.size() - 1;
  }

  std::unique_ptr<ByteStream> open(std::size_t block, std::uint64_t offset) const override
  {
    const Block& wanted = this->blocks_.at(block);
    if (wanted.varints)
    {
      return std::make_unique<VarintStream>(wanted, offset);
    }
    return std::make_unique<PieceStream>(wanted, offset);
  }

private:
  std::vector<Block> blocks_;
};

/// The files that hold values beside the ONNX file, each opened once.
class ExternalFiles
{
public:
  explicit ExternalFiles(std::string folder)
    : folder_(std::move(folder))
  {
  }

  /// Sets `problem` if there is no such file, or it is elsewhere.
  std::shared_ptr<const ByteSource> open(const std::string& location, std::string& problem)
  {
    if (this->folder_.empty())
    {
      problem = "has its values in another file, " + quotedText(location) +
                ", which is not opened here; open the ONNX file by its path";
      return nullptr;
    }
    if (!staysInside(location))
    {
      problem = "has its values in the file " + quotedText(location) +
                ", which is not in the folder of the ONNX file; TensorView opens no others";
      return nullptr;
    }
    const auto known = this->files_.find(location);
    if (known != this->files_.end())
    {
      problem = known->second.problem;
      return known->second.source;
    }
    File& file = this->files_[location];
    try
    {
      file.source = openFileBytes((fs::path(this->folder_) / location).string());
    }
    catch (const TensorFileError& reason)
    {
      file.problem = "has its values in the file " + quotedText(location) + " beside it, but " +
                     reason.what() + "; copy that file too";
    }
    problem = file.problem;
    return file.source;
  }

private:
  static bool staysInside(const std::string& location)
  {
    const fs::path path(location);
    return location.find('\0') == std::string::npos && path.is_relative() &&
           std::none_of(
             path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
  }

  struct File
  {
    std::shared_ptr<const ByteSource> source;
    std::string problem;
  };
  std::string folder_;
  std::map<std::string, File> files_;
};

/// The bytes of a tensor that lie in another file; sets its problem if they do not.
Block externalBlock(OnnxTensor& tensor, ExternalFiles& files)
{
  Block block;
  block.source = files.open(tensor.location, tensor.problem);
  if (!block.source)
  {
    return block;
  }
  const std::uint64_t needed = elementCount(tensor.shape).value_or(0) * elementSize(tensor.type);
  const std::uint64_t available = block.source->size();
  if (tensor.externalOffset > available || needed > available - tensor.externalOffset)
  {
    tensor.problem = "has its values in the file " + quotedText(tensor.location) + " from byte " +
                     std::to_string(tensor.externalOffset) + " on, but that ends after " +
                     std::to_string(available) + " bytes: it is not whole, take another copy";
  }
  else if (tensor.externalSized && tensor.externalSize != needed)
  {
    tensor.problem = "has " + std::to_string(tensor.externalSize) +
                     " bytes of values in another file, but its shape and type need " +
                     std::to_string(needed);
  }
  block.pieces = { { tensor.externalOffset, needed } };
  return block;
}

} // namespace

TensorCatalogue readOnnxCatalogue(
  const std::shared_ptr<const ByteSource>& source, const std::string& folder)
{
  OnnxGraph graph = readOnnxGraph(source);
  std::vector<OnnxRole> roles = onnxRoles(graph);
  std::vector<std::size_t> order(roles.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(),
    [&roles](std::size_t a, std::size_t b)
    {
      return std::make_pair(roles[a].place, roles[a].input) <
             std::make_pair(roles[b].place, roles[b].input);
    });

  TensorCatalogue catalogue;
  catalogue.format = "ONNX";
  catalogue.metadata["order"] = "network";
  if (!graph.producer.empty())
  {
    catalogue.metadata["producer"] = printableText(graph.producer);
  }
  const auto store = std::make_shared<OnnxStore>();
  catalogue.store = store;
  UniqueNames names;
  ExternalFiles files(folder);
  const auto add = [&](OnnxTensor& tensor, TensorRole role)
  {
    Block block;
    if (tensor.problem.empty())
    {
      block = tensor.location.empty() ? Block{ source, std::move(tensor.pieces), tensor.varints, 0 }
                                      : externalBlock(tensor, files);
    }
    block.elementSize = elementSize(tensor.type);
    TensorEntry entry;
    entry.name = names.give(printableText(tensor.name.empty() ? "tensor" : tensor.name));
    entry.shape = std::move(tensor.shape);
    entry.type = tensor.type;
    entry.block = store->add(std::move(block));
    entry.problem = std::move(tensor.problem);
    entry.role = std::move(role);
    catalogue.tensors.push_back(std::move(entry));
  };
  for (const std::size_t i : order)
  {
    add(graph.initializers[i], std::move(roles[i].role));
  }
  for (OnnxTensor& other : graph.others)
  {
    add(other, {});
  }
  return catalogue;
}

} // namespace tensorview
