#ifndef TENSORVIEW_DATASET_FILES_H
#define TENSORVIEW_DATASET_FILES_H

#include "Dataset.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// The folder that a data set is read from: `directory`, or if that is empty `subfolder` of
/// $TENSORVIEW_DATA_DIR.
/// @throws DatasetError saying what to set if there is neither, or which part of the path exists
std::string dataFolder(
  const std::string& dataset, const std::string& directory, const std::string& subfolder);

/// "'/a/b/c' does not exist ('/a' does)": names the last part of a path that is there.
std::string describeMissing(const std::string& path);

/// The first of `names` that is a file in `folder`.
/// @throws DatasetError naming the folder and the names that were looked for
std::string findFile(const std::string& folder, const std::vector<std::string>& names);

/// Size of a regular file. @throws DatasetError
std::int64_t fileSize(const std::string& path);

/// Moves the last `count` images of `from` to a new part.
ImagePart splitLast(ImagePart& from, std::int64_t count, std::int64_t bytesPerImage);

} // namespace tensorview

#endif
