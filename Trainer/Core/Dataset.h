#ifndef TENSORVIEW_DATASET_H
#define TENSORVIEW_DATASET_H

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tensorview
{

/// What every loader throws: a sentence that names the file, the place and the remedy.
class DatasetError : public std::runtime_error
{
public:
  using std::runtime_error::runtime_error;
};

/// Images of one part, uint8 [count, channels, rows, columns] in C order; the network sees pixel /
/// 255.
struct ImagePart
{
  std::vector<std::uint8_t> images;
  std::vector<std::uint16_t> labels;
  std::vector<std::int64_t> indices; ///< index of each image in the original data set
  std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
};

struct Dataset
{
  std::string name;
  std::int64_t channels = 1;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<std::string> classNames;
  ImagePart training;
  ImagePart validation;
  ImagePart test;
  std::string note; ///< e.g. "CIFAR-10: 1 of 5 training batches found", empty if nothing to say
};

/// Told how far a loader is (0..1); returns false to stop it (the loader then throws DatasetError
/// "interrupted").
using DatasetProgress = std::function<bool(double)>;

/// @param name digits, mnist, cifar10, folder
/// @param directory the folder that holds the files; empty: below $TENSORVIEW_DATA_DIR. Ignored by
/// digits.
/// @param seed of digits (its images) only; splits never depend on it
/// @throws DatasetError
Dataset loadDataset(const std::string& name, const std::string& directory, std::int64_t seed,
  const DatasetProgress& progress = {});

/// Number of classes and image extents of a dataset without reading its images (so that a network
/// can be shown early).
struct DatasetShape
{
  std::int64_t channels = 1;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t classes = 0;
};

} // namespace tensorview

#endif
