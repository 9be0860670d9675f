#include "ByteSource.h"
#include "NumpyFile.h"
#include "NumpyHeader.h"
#include "SafetensorsFile.h"
#include "ShardIndex.h"
#include "ShardedFile.h"
#include "TensorCatalogue.h"
#include "TensorLimits.h"
#include "TorchZipFile.h"
#include "ZipArchive.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace tensorview
{
namespace
{

/// What tells the formats apart.
constexpr std::size_t startBytes = 16;

/// After the two bytes of the protocol: a pickle of the number 0x1950A86A20F9469CFC6C.
constexpr std::string_view legacyTorch = "\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19";

/// Formats that are zip archives, told by what is in them.
TensorCatalogue readZipCatalogue(const std::shared_ptr<const ByteSource>& source)
{
  const auto archive = std::make_shared<ZipArchive>(source);
  if (looksLikeTorch(*archive))
  {
    return readTorchCatalogue(archive);
  }
  if (looksLikeNumpyArchive(*archive))
  {
    return readNumpyArchive(archive);
  }
  throw TensorFileError("it is a zip archive without the data.pkl that torch.save puts in and "
                        "without arrays of numpy.savez (.npy)");
}

/// Marks the tensors that ask for too much memory.
void applyLimits(const TensorLimits& limits, TensorCatalogue& catalogue)
{
  for (TensorEntry& tensor : catalogue.tensors)
  {
    const auto elements = static_cast<std::uint64_t>(tensor.size());
    if (tensor.problem.empty() && elements > limits.mostTensorBytes / sizeof(float))
    {
      tensor.problem = "takes " + std::to_string(elements * sizeof(float)) +
                       " bytes of memory, more than the " + std::to_string(limits.mostTensorBytes) +
                       " that one tensor may take; raise this limit if there is memory for it";
    }
  }
}

} // namespace

TensorCatalogue openTensorBytes(const std::shared_ptr<const ByteSource>& source)
{
  std::string start(
    static_cast<std::size_t>(std::min<std::uint64_t>(startBytes, source->size())), '\0');
  source->read(0, start.data(), start.size());
  if (start.empty())
  {
    throw TensorFileError("it is empty");
  }
  if (start.compare(0, 2, "PK") == 0)
  {
    return readZipCatalogue(source);
  }
  if (start.compare(0, numpyMagic.size(), numpyMagic) == 0)
  {
    return readNumpyCatalogue(source);
  }
  if (start.size() > 2 && start.compare(2, legacyTorch.size(), legacyTorch) == 0)
  {
    throw TensorFileError("it is in PyTorch's format from before version 1.6, which TensorView "
                          "does not read; save it again: torch.save(torch.load(file), other_file)");
  }
  if (looksLikeSafetensors(*source))
  {
    return readSafetensorsCatalogue(source);
  }
  throw TensorFileError("it is in no format that TensorView knows: it is neither a .safetensors "
                        "file nor one of PyTorch's torch.save (version 1.6 or later) nor of "
                        "NumPy's save or savez");
}

TensorCatalogue openTensorFile(const std::string& path, const TensorLimits& limits)
{
  try
  {
    const std::shared_ptr<const ByteSource> source = openFileBytes(path);
    // The length that a .safetensors file begins with may look like '{'.
    const bool isIndex = looksLikeShardIndex(*source) && !looksLikeSafetensors(*source);
    TensorCatalogue catalogue =
      isIndex ? readShardedCatalogue(path, *source) : openTensorBytes(source);
    applyLimits(limits, catalogue);
    catalogue.path = path;
    if (catalogue.format == "NumPy")
    {
      catalogue.tensors.front().name = printableText(std::filesystem::path(path).stem().string());
    }
    return catalogue;
  }
  catch (const TensorFileError& problem)
  {
    throw TensorFileError("cannot read the tensor file " + path + ": " + problem.what());
  }
}

} // namespace tensorview
