#include "DatasetMnist.h"

#include "DatasetFiles.h"
#include "IdxFile.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tensorview
{

namespace
{
std::string locate(const std::string& folder, const std::string& stem, const std::string& axes)
{
  return findFile(folder, { stem + "-" + axes + "-ubyte", stem + "-" + axes + "-ubyte.gz",
                            stem + "." + axes + "-ubyte", stem + "." + axes + "-ubyte.gz" });
}

struct Part
{
  ImagePart images;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::string path;
};

Part readPart(const std::string& folder, const std::string& stem)
{
  Part part;
  part.path = locate(folder, stem + "-images", "idx3");
  const std::string labelPath = locate(folder, stem + "-labels", "idx1");
  IdxFile images = readIdx(part.path, 3);
  const IdxFile labels = readIdx(labelPath, 1);
  if (images.shape[0] != labels.shape[0])
  {
    throw DatasetError("'" + part.path + "' holds " + std::to_string(images.shape[0]) +
                       " images, but '" + labelPath + "' " + std::to_string(labels.shape[0]) +
                       " labels: they do not belong together; fetch both again");
  }
  part.rows = images.shape[1];
  part.columns = images.shape[2];
  part.images.images = std::move(images.values);
  part.images.labels.assign(labels.values.begin(), labels.values.end());
  part.images.indices.resize(part.images.labels.size());
  std::iota(part.images.indices.begin(), part.images.indices.end(), 0);
  return part;
}

void report(const DatasetProgress& progress, double fraction)
{
  if (progress && !progress(fraction))
  {
    throw DatasetError("interrupted");
  }
}
}

Dataset loadMnist(const std::string& directory, const DatasetProgress& progress)
{
  const std::string folder = dataFolder("mnist", directory, "mnist");
  report(progress, 0.0);
  Part training = readPart(folder, "train");
  report(progress, 0.8);
  Part test = readPart(folder, "t10k");
  if (test.rows != training.rows || test.columns != training.columns)
  {
    throw DatasetError(
      "the images of '" + test.path + "' have another size than those of '" + training.path + "'");
  }
  const std::int64_t count = training.images.count();
  if (count < 2)
  {
    throw DatasetError("'" + training.path + "' holds a single image; that is too few to train");
  }
  Dataset data;
  data.name = "mnist";
  data.rows = training.rows;
  data.columns = training.columns;
  const auto largest = [](const ImagePart& part)
  { return int(*std::max_element(part.labels.begin(), part.labels.end())); };
  const int classes = std::max({ 10, largest(training.images) + 1, largest(test.images) + 1 });
  for (int i = 0; i < classes; ++i)
  {
    data.classNames.push_back(std::to_string(i));
  }
  data.training = std::move(training.images);
  data.validation = splitLast(
    data.training, std::clamp<std::int64_t>(count / 10, 1, 5000), data.rows * data.columns);
  data.test = std::move(test.images);
  report(progress, 1.0);
  return data;
}

} // namespace tensorview
