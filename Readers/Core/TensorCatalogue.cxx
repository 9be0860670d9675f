#include "TensorCatalogue.h"

#include "FloatBuffer.h"
#include "TensorGeometry.h"

#include <algorithm>

namespace tensorview
{
namespace
{

/// Elements that are converted are read in pieces that stay in the cache.
constexpr std::size_t pieceBytes = 256 << 10;

bool isFloat(const TensorEntry& tensor)
{
  return tensor.type == ElementType::Float32 &&
         tensor.bigEndian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

/// `count` elements that lie one after the other, from byte `offset` of the tensor's block on.
void readRun(const TensorStore& store, const TensorEntry& tensor, std::uint64_t offset,
  std::uint64_t count, float* destination)
{
  const std::unique_ptr<ByteStream> stream = store.open(tensor.block, offset);
  if (isFloat(tensor))
  {
    stream->read(destination, static_cast<std::size_t>(count) * sizeof(float));
    return;
  }
  const std::size_t size = elementSize(tensor.type);
  const std::uint64_t perPiece = pieceBytes / size;
  std::vector<char> piece(static_cast<std::size_t>(std::min(count, perPiece)) * size);
  while (count > 0)
  {
    const auto elements = static_cast<std::size_t>(std::min(count, perPiece));
    stream->read(piece.data(), elements * size);
    convertToFloat(tensor.type, tensor.bigEndian, piece.data(), elements, destination);
    destination += elements;
    count -= elements;
  }
}

void readRows(const TensorStore& store, const TensorEntry& tensor, std::int64_t first,
  std::int64_t count, float* destination)
{
  std::vector<std::int64_t> shape = tensor.shape;
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
  const std::uint64_t span = elementSpan(shape, tensor.strides).value_or(0);
  const auto skipped =
    static_cast<std::uint64_t>(first) * static_cast<std::uint64_t>(tensor.strides.front());
  const std::shared_ptr<float> all = makeFloats(static_cast<std::size_t>(span));
  readRun(store, tensor, tensor.offset + skipped * size, span, all.get());
  gatherStrided(all.get(), shape, tensor.strides, destination, contiguousStrides(shape));
}

std::string inFile(const TensorCatalogue& catalogue, const TensorEntry& tensor)
{
  return "the tensor " + quotedText(tensor.name) + " of " + catalogue.path;
}

} // namespace

std::int64_t TensorEntry::size() const
{
  return static_cast<std::int64_t>(elementCount(this->shape).value_or(0));
}

std::ptrdiff_t TensorCatalogue::find(const std::string& name) const
{
  const auto found = std::find_if(this->tensors.begin(), this->tensors.end(),
    [&name](const TensorEntry& tensor) { return tensor.name == name; });
  return found == this->tensors.end() ? -1 : found - this->tensors.begin();
}

std::vector<std::string> TensorCatalogue::names() const
{
  std::vector<std::string> names;
  for (const TensorEntry& tensor : this->tensors)
  {
    names.push_back(tensor.name);
  }
  return names;
}

void readTensorRows(const TensorCatalogue& catalogue, std::size_t index, std::int64_t first,
  std::int64_t count, float* destination)
{
  const TensorEntry& tensor = catalogue.tensors.at(index);
  const std::int64_t rows = tensor.shape.empty() ? 1 : tensor.shape.front();
  if (!tensor.problem.empty())
  {
    throw TensorFileError(inFile(catalogue, tensor) + " " + tensor.problem);
  }
  if (first < 0 || count < 0 || first > rows || count > rows - first)
  {
    throw TensorFileError(inFile(catalogue, tensor) + " has " + std::to_string(rows) +
                          " rows; asked for were " + std::to_string(count) + " from row " +
                          std::to_string(first) + " on");
  }
  try
  {
    readRows(*catalogue.store, tensor, first, count, destination);
  }
  catch (const TensorFileError& problem)
  {
    throw TensorFileError(inFile(catalogue, tensor) + " cannot be read: " + problem.what());
  }
}

void readTensor(const TensorCatalogue& catalogue, std::size_t index, float* destination)
{
  const std::vector<std::int64_t>& shape = catalogue.tensors.at(index).shape;
  readTensorRows(catalogue, index, 0, shape.empty() ? 1 : shape.front(), destination);
}

std::shared_ptr<const float> readTensor(const TensorCatalogue& catalogue, std::size_t index)
{
  const auto size = static_cast<std::size_t>(catalogue.tensors.at(index).size());
  const std::shared_ptr<float> values = makeFloats(size);
  readTensor(catalogue, index, values.get());
  return values;
}

} // namespace tensorview
