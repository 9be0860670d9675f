#include "DatasetFiles.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace fs = std::filesystem;

namespace tensorview
{

std::string describeMissing(const std::string& path)
{
  std::error_code ignored;
  fs::path present = fs::path(path).parent_path();
  while (!present.empty() && present != present.root_path() && !fs::exists(present, ignored))
  {
    present = present.parent_path();
  }
  std::string text = "'" + path + "' does not exist";
  if (!present.empty() && present != present.root_path())
  {
    text += " ('" + present.string() + "' does)";
  }
  return text;
}

std::string dataFolder(
  const std::string& dataset, const std::string& directory, const std::string& subfolder)
{
  std::string folder = directory;
  if (folder.empty())
  {
    const char* root = std::getenv("TENSORVIEW_DATA_DIR");
    if (!root || *root == '\0')
    {
      throw DatasetError(
        "data set " + dataset +
        ": give DataDirectory, the folder that holds its files, or set TENSORVIEW_DATA_DIR to the "
        "folder that holds '" +
        subfolder + "'");
    }
    folder = (fs::path(root) / subfolder).string();
  }
  std::error_code failed;
  if (!fs::exists(folder, failed))
  {
    throw DatasetError("data set " + dataset + ": the folder " + describeMissing(folder) +
                       "; correct DataDirectory" +
                       (directory.empty() ? " or TENSORVIEW_DATA_DIR" : ""));
  }
  if (!fs::is_directory(folder, failed))
  {
    throw DatasetError("data set " + dataset + ": '" + folder +
                       "' is not a folder; DataDirectory is the folder that holds the files");
  }
  return folder;
}

std::string findFile(const std::string& folder, const std::vector<std::string>& names)
{
  std::string list;
  for (const std::string& name : names)
  {
    std::error_code ignored;
    const fs::path path = fs::path(folder) / name;
    if (fs::is_regular_file(path, ignored))
    {
      return path.string();
    }
    list += (list.empty() ? "" : ", ") + name;
  }
  throw DatasetError("'" + folder + "' has none of the files " + list +
                     "; DataDirectory must be the folder that holds them");
}

std::int64_t fileSize(const std::string& path)
{
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  if (failed)
  {
    throw DatasetError("cannot read '" + path + "': " + failed.message());
  }
  return static_cast<std::int64_t>(size);
}

ImagePart splitLast(ImagePart& from, std::int64_t count, std::int64_t bytesPerImage)
{
  const auto images = static_cast<std::size_t>(from.count() - count);
  const auto bytes = images * static_cast<std::size_t>(bytesPerImage);
  ImagePart last;
  last.images.assign(from.images.begin() + bytes, from.images.end());
  last.labels.assign(from.labels.begin() + images, from.labels.end());
  last.indices.assign(from.indices.begin() + images, from.indices.end());
  from.images.resize(bytes);
  from.labels.resize(images);
  from.indices.resize(images);
  return last;
}

} // namespace tensorview
