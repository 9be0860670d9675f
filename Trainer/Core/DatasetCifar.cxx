#include "DatasetCifar.h"

#include "DatasetFiles.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace fs = std::filesystem;

namespace tensorview
{

namespace
{
constexpr std::int64_t imageBytes = 3 * 32 * 32;
constexpr std::int64_t recordBytes = 1 + imageBytes; ///< label, then red, green, blue planes
constexpr int classes = 10;

/// Appends the records of one file; their data-set indices begin at `firstIndex`.
void appendBatch(const std::string& path, std::int64_t firstIndex, ImagePart& part)
{
  const std::int64_t size = fileSize(path);
  if (size == 0 || size % recordBytes != 0)
  {
    throw DatasetError("'" + path + "' has " + std::to_string(size) +
                       " bytes, which is not a whole number of CIFAR-10 records of " +
                       std::to_string(recordBytes) + " bytes: it is " +
                       (size == 0 ? "empty" : "truncated or of another format") +
                       "; fetch the binary version again");
  }
  std::ifstream file(path, std::ios::binary);
  const std::int64_t count = size / recordBytes;
  std::vector<char> record(recordBytes);
  part.images.reserve(part.images.size() + static_cast<std::size_t>(count * imageBytes));
  for (std::int64_t i = 0; i < count; ++i)
  {
    if (!file.read(record.data(), recordBytes))
    {
      throw DatasetError("cannot read image " + std::to_string(i) + " of '" + path + "'");
    }
    const auto label = static_cast<unsigned char>(record[0]);
    if (label >= classes)
    {
      throw DatasetError(
        "'" + path + "': image " + std::to_string(i) + " has the label " + std::to_string(label) +
        ", but CIFAR-10 has 0 to 9: it is damaged or of another format; fetch it again");
    }
    part.labels.push_back(label);
    part.indices.push_back(firstIndex + i);
    part.images.insert(part.images.end(), record.begin() + 1, record.end());
  }
}

std::vector<std::string> readClassNames(const std::string& folder)
{
  std::vector<std::string> names;
  std::ifstream file(fs::path(folder) / "batches.meta.txt");
  for (std::string line; names.size() < classes && std::getline(file, line);)
  {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
    {
      line.pop_back();
    }
    if (!line.empty())
    {
      names.push_back(line);
    }
  }
  if (names.size() != classes)
  {
    names = { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship",
      "truck" };
  }
  return names;
}
}

Dataset loadCifar(const std::string& directory, const DatasetProgress& progress)
{
  const std::string folder = dataFolder("cifar10", directory, "cifar-10-batches-bin");
  Dataset data;
  data.name = "cifar10";
  data.channels = 3;
  data.rows = data.columns = 32;
  data.classNames = readClassNames(folder);
  int found = 0;
  for (int number = 1; number <= 5; ++number)
  {
    const fs::path path = fs::path(folder) / ("data_batch_" + std::to_string(number) + ".bin");
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored))
    {
      appendBatch(path.string(), (number - 1) * std::int64_t(10000), data.training);
      ++found;
    }
    if (progress && !progress(number / 6.0))
    {
      throw DatasetError("interrupted");
    }
  }
  if (found == 0)
  {
    throw DatasetError(
      "'" + folder +
      "' has none of the files data_batch_1.bin to data_batch_5.bin; DataDirectory must be the "
      "folder cifar-10-batches-bin of the binary version");
  }
  if (data.training.count() < 2)
  {
    throw DatasetError("'" + folder + "' holds a single image; that is too few to train");
  }
  appendBatch(findFile(folder, { "test_batch.bin" }), 0, data.test);
  const std::int64_t tenth = std::max<std::int64_t>(1, data.training.count() / 10);
  data.validation = splitLast(data.training, tenth, imageBytes);
  if (found < 5)
  {
    data.note = "CIFAR-10: " + std::to_string(found) + " of 5 training batches found";
  }
  return data;
}

} // namespace tensorview
