#include "ElementRead.h"

#include "FloatBuffer.h"
#include "TensorGeometry.h"

#include <algorithm>
#include <future>
#include <thread>

namespace tensorview
{
namespace
{

/// Elements that are converted are read in pieces that stay in the cache.
constexpr std::size_t pieceBytes = 256 << 10;

/// Elements of a strided tensor that are read at once.
constexpr std::uint64_t mostGathered = 1 << 20;

/// A thread of its own pays from this many bytes on.
constexpr std::uint64_t bytesPerThread = 2 << 20;
constexpr std::uint64_t mostThreads = 4;

using Extents = std::vector<std::int64_t>;

bool isFloat(const TensorEntry& tensor)
{
  return tensor.type == ElementType::Float32 &&
         tensor.bigEndian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

/// The next `count` elements of a stream.
void readNext(
  ByteStream& stream, const TensorEntry& tensor, std::uint64_t count, float* destination)
{
  if (isFloat(tensor))
  {
    stream.read(destination, static_cast<std::size_t>(count) * sizeof(float));
    return;
  }
  const std::size_t size = elementSize(tensor.type);
  const std::uint64_t perPiece = pieceBytes / size;
  std::vector<char> piece(static_cast<std::size_t>(std::min(count, perPiece)) * size);
  while (count > 0)
  {
    const auto elements = static_cast<std::size_t>(std::min(count, perPiece));
    stream.read(piece.data(), elements * size);
    convertToFloat(tensor.type, tensor.bigEndian, piece.data(), elements, destination);
    destination += elements;
    count -= elements;
  }
}

/// `count` elements that lie one after the other, from byte `offset` of the tensor's block on.
void readRun(const TensorStore& store, const TensorEntry& tensor, std::uint64_t offset,
  std::uint64_t count, float* destination)
{
  const std::size_t size = elementSize(tensor.type);
  const auto readPart = [&](std::uint64_t begin, std::uint64_t end)
  {
    readNext(
      *store.open(tensor.block, offset + begin * size), tensor, end - begin, destination + begin);
  };
  const std::uint64_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::uint64_t parts =
    !store.startsAnywhere(tensor.block)
      ? 1
      : std::min({ mostThreads, cores, count * size / bytesPerThread + 1 });
  // If a part cannot be read, the others are waited for when these go.
  std::vector<std::future<void>> others;
  for (std::uint64_t part = 1; part < parts; ++part)
  {
    others.push_back(std::async(std::launch::async, readPart, count / parts * part,
      part + 1 == parts ? count : count / parts * (part + 1)));
  }
  readPart(0, parts == 1 ? count : count / parts);
  for (std::future<void>& other : others)
  {
    other.get();
  }
}

/// Reads a strided tensor piece by piece, each a part of it that lies together.
class StridedReading
{
public:
  StridedReading(const TensorStore& store, const TensorEntry& tensor, std::uint64_t offset)
    : tensor_(tensor)
    , stream_(store.open(tensor.block, offset))
  {
  }

  /// @param start of the first element, in elements from the stream's start
  void read(const Extents& shape, const Extents& strides, std::uint64_t start, float* to,
    const Extents& toStrides)
  {
    const std::uint64_t span = elementSpan(shape, strides).value_or(0);
    if (span > mostGathered)
    {
      const std::size_t axis = farthestAxis(shape, strides);
      Extents part = shape;
      part[axis] = 1;
      const std::uint64_t partSpan = elementSpan(part, strides).value_or(0);
      const auto stride = static_cast<std::uint64_t>(strides[axis]);
      if (partSpan <= stride)
      {
        const std::uint64_t together =
          partSpan > mostGathered ? 1 : 1 + (mostGathered - partSpan) / stride;
        for (std::int64_t at = 0; at < shape[axis]; at += part[axis])
        {
          part[axis] = std::min(static_cast<std::int64_t>(together), shape[axis] - at);
          this->read(part, strides, start + static_cast<std::uint64_t>(at) * stride,
            to + at * toStrides[axis], toStrides);
        }
        return;
      }
      // The parts overlap: all at once.
    }
    const std::size_t size = elementSize(this->tensor_.type);
    this->stream_->skip((start - this->position_) * size);
    const std::shared_ptr<float> all = makeFloats(static_cast<std::size_t>(span));
    readNext(*this->stream_, this->tensor_, span, all.get());
    this->position_ = start + span;
    gatherStrided(all.get(), shape, strides, to, toStrides);
  }

private:
  /// Of more than one element, and whose elements lie farthest from each other.
  static std::size_t farthestAxis(const Extents& shape, const Extents& strides)
  {
    std::size_t farthest = 0;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
    {
      if (shape[axis] > 1 && (shape[farthest] <= 1 || strides[axis] > strides[farthest]))
      {
        farthest = axis;
      }
    }
    return farthest;
  }

  const TensorEntry& tensor_;
  std::unique_ptr<ByteStream> stream_;
  std::uint64_t position_ = 0; ///< of the stream, in elements
};

} // namespace

void readElements(const TensorStore& store, const TensorEntry& tensor, std::int64_t first,
  std::int64_t count, float* destination)
{
  Extents shape = tensor.shape;
  if (!shape.empty())
  {
    shape.front() = count;
  }
  const std::uint64_t elements = elementCount(shape).value_or(0);
  if (elements == 0)
  {
    return;
  }
  const std::size_t size = elementSize(tensor.type);
  if (tensor.strides.empty())
  {
    const std::uint64_t perRow = elements / static_cast<std::uint64_t>(count);
    readRun(store, tensor, tensor.offset + static_cast<std::uint64_t>(first) * perRow * size,
      elements, destination);
    return;
  }
  const auto skipped =
    static_cast<std::uint64_t>(first) * static_cast<std::uint64_t>(tensor.strides.front());
  StridedReading(store, tensor, tensor.offset + skipped * size)
    .read(shape, tensor.strides, 0, destination, contiguousStrides(shape));
}

} // namespace tensorview
