#include "DatasetFolder.h"

#include "DatasetFiles.h"
#include "ImageFile.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>

namespace fs = std::filesystem;

namespace tensorview
{

namespace
{
constexpr const char* testFolder = "test";

std::vector<fs::path> sortedEntries(const fs::path& folder)
{
  std::vector<fs::path> entries;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed))
  {
    if (entry->path().filename().string().front() != '.')
    {
      entries.push_back(entry->path());
    }
  }
  if (failed)
  {
    throw DatasetError("cannot list the folder '" + folder.string() + "': " + failed.message());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

bool isImageName(const fs::path& path)
{
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
    [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

std::vector<fs::path> imagesIn(const fs::path& folder)
{
  std::vector<fs::path> images;
  for (const fs::path& entry : sortedEntries(folder))
  {
    if (isImageName(entry))
    {
      images.push_back(entry);
    }
  }
  return images;
}

/// Reads images into parts; the first image decides the size.
class Collector
{
public:
  Collector(Dataset& data, std::size_t total, const DatasetProgress& progress)
    : data_(data)
    , total_(total)
    , progress_(progress)
  {
  }

  void add(const fs::path& path, std::size_t label, ImagePart& part)
  {
    ImageFile image = readImage(path.string());
    if (this->first_.empty())
    {
      this->first_ = path.string();
      this->data_.channels = image.channels;
      this->data_.rows = image.rows;
      this->data_.columns = image.columns;
    }
    if (image.rows != this->data_.rows || image.columns != this->data_.columns)
    {
      throw DatasetError("'" + path.string() + "' is " + std::to_string(image.columns) + " x " +
                         std::to_string(image.rows) + " pixels, but '" + this->first_ + "' is " +
                         std::to_string(this->data_.columns) + " x " +
                         std::to_string(this->data_.rows) +
                         ": all images of a data set must have one size; resize it");
    }
    if (image.channels > this->data_.channels)
    {
      throw DatasetError("'" + path.string() + "' is coloured, but '" + this->first_ +
                         "' is gray: convert one of them");
    }
    for (std::int64_t copy = image.channels; copy <= this->data_.channels; copy += image.channels)
    {
      part.images.insert(part.images.end(), image.samples.begin(), image.samples.end());
    }
    part.labels.push_back(static_cast<std::uint16_t>(label));
    part.indices.push_back(this->count_);
    ++this->count_;
    if (this->progress_ && !this->progress_(double(this->count_) / double(this->total_)))
    {
      throw DatasetError("interrupted");
    }
  }

private:
  Dataset& data_;
  std::size_t total_;
  const DatasetProgress& progress_;
  std::string first_;
  std::int64_t count_ = 0;
};
}

Dataset loadImageFolder(const std::string& directory, const DatasetProgress& progress)
{
  const fs::path folder = dataFolder("folder", directory, "folder");
  std::vector<std::vector<fs::path>> images;
  std::vector<std::vector<fs::path>> testImages;
  Dataset data;
  data.name = "folder";
  std::error_code ignored;
  const bool hasTest = fs::is_directory(folder / testFolder, ignored);
  std::size_t total = 0;
  for (const fs::path& entry : sortedEntries(folder))
  {
    if (!fs::is_directory(entry, ignored) || entry.filename() == testFolder)
    {
      continue;
    }
    data.classNames.push_back(entry.filename().string());
    images.push_back(imagesIn(entry));
    const fs::path test = folder / testFolder / entry.filename();
    testImages.push_back(
      hasTest && fs::is_directory(test, ignored) ? imagesIn(test) : std::vector<fs::path>());
    const std::size_t least = hasTest ? 2 : 3;
    if (images.back().size() < least)
    {
      throw DatasetError("the class folder '" + entry.string() + "' holds " +
                         std::to_string(images.back().size()) + " PNG or JPEG images; at least " +
                         std::to_string(least) + " are needed");
    }
    total += images.back().size() + testImages.back().size();
  }
  if (data.classNames.size() < 2 || data.classNames.size() > 65535)
  {
    throw DatasetError(
      "'" + folder.string() + "' has " + std::to_string(data.classNames.size()) +
      " class folders; a data set is a folder of at least two folders of images, one a class");
  }

  Collector collector(data, total, progress);
  for (std::size_t label = 0; label < images.size(); ++label)
  {
    const std::size_t count = images[label].size();
    const std::size_t tenth = std::max<std::size_t>(1, count / 10);
    const std::size_t testBegin = count - (hasTest ? 1 : 2) * tenth;
    for (std::size_t i = 0; i < count; ++i)
    {
      ImagePart& part = i < testBegin       ? data.training
                        : i < count - tenth ? data.test
                                            : data.validation;
      collector.add(images[label][i], label, part);
    }
    for (const fs::path& path : testImages[label])
    {
      collector.add(path, label, data.test);
    }
  }
  if (data.test.count() == 0)
  {
    throw DatasetError("'" + (folder / testFolder).string() +
                       "' holds no images in folders named like the classes; fill or remove it");
  }
  return data;
}

} // namespace tensorview
