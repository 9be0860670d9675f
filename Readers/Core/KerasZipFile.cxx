#include "KerasZipFile.h"

#include "Hdf5TensorFile.h"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace tensorview
{
namespace
{

constexpr const char* weightsName = "model.weights.h5";
constexpr std::uint64_t largestText = std::uint64_t(64) << 20;
constexpr std::uint64_t largestInflated = std::uint64_t(1) << 30;

/// An entry's text; empty if there is none.
std::string textOf(const ZipArchive& archive, const char* name)
{
  const std::ptrdiff_t entry = archive.find(name);
  return entry < 0 ? std::string()
                   : archive.contentOf(static_cast<std::size_t>(entry), largestText);
}

} // namespace

bool looksLikeKeras(const ZipArchive& archive)
{
  return archive.find(weightsName) >= 0;
}

TensorCatalogue readKerasCatalogue(const ZipArchive& archive)
{
  const auto entry = static_cast<std::size_t>(archive.find(weightsName));
  const ZipEntry& weights = archive.entries()[entry];
  const std::string config = textOf(archive, "config.json");
  TensorCatalogue catalogue;
  if (weights.compressed)
  {
    const auto inflated = ownedBytes(archive.contentOf(entry, largestInflated));
    catalogue = readHdf5Catalogue(inflated, 0, inflated->size(), config);
  }
  else
  {
    catalogue =
      readHdf5Catalogue(archive.source(), archive.contentOffset(entry), weights.size, config);
  }
  catalogue.format = "Keras";
  const auto metadata = nlohmann::json::parse(textOf(archive, "metadata.json"), nullptr, false);
  const auto version = metadata.is_object() ? metadata.find("keras_version") : metadata.end();
  if (metadata.is_object() && version != metadata.end() && version->is_string())
  {
    catalogue.metadata["keras_version"] = printableText(version->get<std::string>());
  }
  return catalogue;
}

} // namespace tensorview
