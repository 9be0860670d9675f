#include "SafetensorsFile.h"

#include "SafetensorsHeader.h"

#include <array>
#include <utility>

namespace tensorview
{
namespace
{

std::uint64_t headerLength(const ByteSource& source)
{
  std::array<unsigned char, safetensorsLengthBytes> bytes{};
  source.read(0, bytes.data(), bytes.size());
  std::uint64_t length = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
  {
    length = length << 8 | bytes[i];
  }
  return length;
}

} // namespace

bool looksLikeSafetensors(const ByteSource& source)
{
  // Longer than the format allows by far, and it is something else.
  if (source.size() <= safetensorsLengthBytes ||
      headerLength(source) / safetensorsLongestHeader > safetensorsLongestHeader)
  {
    return false;
  }
  char first = 0;
  source.read(safetensorsLengthBytes, &first, 1);
  return first == '{';
}

TensorCatalogue readSafetensorsCatalogue(const std::shared_ptr<const ByteSource>& source)
{
  const std::uint64_t length = headerLength(*source);
  const std::uint64_t rest = source->size() - safetensorsLengthBytes;
  if (length > rest)
  {
    throw TensorFileError("its header is " + std::to_string(length) +
                          " bytes long, but the file has only " + std::to_string(rest) +
                          " bytes after its length: it is not whole, take another copy");
  }
  if (length > safetensorsLongestHeader)
  {
    throw TensorFileError("its header is " + std::to_string(length) +
                          " bytes long, more than the " + std::to_string(safetensorsLongestHeader) +
                          " that the format allows");
  }
  std::string json(static_cast<std::size_t>(length), '\0');
  source->read(safetensorsLengthBytes, json.data(), json.size());

  TensorCatalogue catalogue;
  catalogue.format = "safetensors";
  SafetensorsHeader header = parseSafetensorsHeader(json, rest - length);
  catalogue.tensors = std::move(header.tensors);
  catalogue.metadata = std::move(header.metadata);
  catalogue.store = rangeStore(source, safetensorsLengthBytes + length);
  return catalogue;
}

} // namespace tensorview
