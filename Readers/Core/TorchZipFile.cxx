#include "TorchZipFile.h"

#include "PickleTensors.h"

#include <utility>

namespace tensorview
{
namespace
{

constexpr std::uint64_t largestPickle = 256 << 20;
constexpr std::uint64_t longestNote = 64;
constexpr const char* pickleName = "/data.pkl";

/// The folder in the archive that holds everything, with its slash; empty if there is none.
std::string topFolder(const ZipArchive& archive)
{
  for (const ZipEntry& entry : archive.entries())
  {
    const std::size_t slash = entry.name.find('/');
    if (slash != std::string::npos && entry.name.substr(slash) == pickleName)
    {
      return entry.name.substr(0, slash + 1);
    }
  }
  return {};
}

bool hasFolder(const ZipArchive& archive, const std::string& folder)
{
  for (const ZipEntry& entry : archive.entries())
  {
    if (entry.name.compare(0, folder.size(), folder) == 0)
    {
      return true;
    }
  }
  return false;
}

bool isBigEndian(const ZipArchive& archive, const std::string& folder)
{
  const std::ptrdiff_t entry = archive.find(folder + "byteorder");
  if (entry < 0)
  {
    return false;
  }
  const std::string order = archive.contentOf(static_cast<std::size_t>(entry), longestNote);
  if (order != "little" && order != "big")
  {
    throw TensorFileError("its byte order is " + quotedText(order) + ", not 'little' or 'big'");
  }
  return order == "big";
}

} // namespace

bool looksLikeTorch(const ZipArchive& archive)
{
  return !topFolder(archive).empty();
}

TensorCatalogue readTorchCatalogue(const std::shared_ptr<const ZipArchive>& archive)
{
  const std::string folder = topFolder(*archive);
  if (archive->find(folder + "constants.pkl") >= 0 || hasFolder(*archive, folder + "code/"))
  {
    throw TensorFileError("it is a TorchScript archive, which holds a program; save the tensors "
                          "alone: torch.save(torch.jit.load(file).state_dict(), other_file)");
  }
  const bool bigEndian = isBigEndian(*archive, folder);
  const std::string pickle = archive->contentOf(
    static_cast<std::size_t>(archive->find(folder + (pickleName + 1))), largestPickle);

  TensorCatalogue catalogue;
  catalogue.format = "PyTorch";
  catalogue.store = archive;
  for (PickledTensor& tensor : readPickledTensors(pickle))
  {
    if (tensor.entry.problem.empty())
    {
      const std::ptrdiff_t block = archive->find(folder + "data/" + tensor.storage);
      if (block < 0)
      {
        throw TensorFileError("it lacks the elements of " + quotedText(tensor.entry.name) + " (" +
                              quotedText(folder + "data/" + tensor.storage) +
                              "): it is not whole, take another copy");
      }
      const ZipEntry& storage = archive->entries()[static_cast<std::size_t>(block)];
      if (storage.problem.empty() && storage.size < tensor.storageBytes)
      {
        throw TensorFileError("its entry " + quotedText(storage.name) + " is " +
                              std::to_string(storage.size) + " bytes long, but " +
                              quotedText(tensor.entry.name) + " needs " +
                              std::to_string(tensor.storageBytes) + "; take another copy");
      }
      if (!storage.problem.empty())
      {
        tensor.entry.problem = "cannot be read, as its entry in the archive " + storage.problem;
      }
      tensor.entry.block = static_cast<std::size_t>(block);
      tensor.entry.bigEndian = bigEndian;
    }
    catalogue.tensors.push_back(std::move(tensor.entry));
  }
  return catalogue;
}

} // namespace tensorview
