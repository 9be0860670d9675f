#include "NumpyFile.h"

#include "NumpyHeader.h"
#include "UniqueNames.h"

#include <algorithm>
#include <string_view>

namespace tensorview
{
namespace
{

constexpr std::string_view suffix = ".npy";

bool isArray(const ZipEntry& entry)
{
  return entry.name.size() >= suffix.size() &&
         entry.name.compare(entry.name.size() - suffix.size(), suffix.size(), suffix) == 0;
}

TensorEntry describe(const ZipArchive& archive, std::size_t index)
{
  const ZipEntry& entry = archive.entries()[index];
  TensorEntry array;
  if (!entry.problem.empty())
  {
    array.problem = "cannot be read, as its entry in the archive " + entry.problem;
    return array;
  }
  try
  {
    array = readNumpyHeader(*archive.open(index, 0), entry.size);
  }
  catch (const TensorFileError& problem)
  {
    array.problem = std::string("cannot be read: ") + problem.what();
  }
  return array;
}

} // namespace

TensorCatalogue readNumpyCatalogue(const std::shared_ptr<const ByteSource>& source)
{
  TensorCatalogue catalogue;
  catalogue.format = "NumPy";
  catalogue.store = rangeStore(source, 0);
  catalogue.tensors.push_back(
    readNumpyHeader(*rangeStream(source, 0, source->size()), source->size()));
  catalogue.tensors.front().name = "array";
  return catalogue;
}

bool looksLikeNumpyArchive(const ZipArchive& archive)
{
  return std::any_of(archive.entries().begin(), archive.entries().end(), isArray);
}

TensorCatalogue readNumpyArchive(const std::shared_ptr<const ZipArchive>& archive)
{
  TensorCatalogue catalogue;
  catalogue.format = "NumPy archive";
  catalogue.store = archive;
  UniqueNames names;
  for (std::size_t i = 0; i < archive->entries().size(); ++i)
  {
    const std::string& name = archive->entries()[i].name;
    if (isArray(archive->entries()[i]))
    {
      catalogue.tensors.push_back(describe(*archive, i));
      catalogue.tensors.back().name =
        names.give(printableText(std::string_view(name).substr(0, name.size() - suffix.size())));
      catalogue.tensors.back().block = i;
    }
  }
  return catalogue;
}

} // namespace tensorview
