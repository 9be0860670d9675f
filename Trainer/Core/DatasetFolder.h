#ifndef TENSORVIEW_DATASET_FOLDER_H
#define TENSORVIEW_DATASET_FOLDER_H

#include "Dataset.h"

#include <string>

namespace tensorview
{

/// Images in class folders: `directory`/<class>/<name>.png (.jpg, .jpeg). Classes and images are
/// sorted by name. All images have the size of the first; gray ones among coloured ones become
/// coloured. The last tenth of each class (at least one image) is the validation part. A folder
/// `directory`/test with the same class folders is the test part; without it, the tenth of each
/// class before the validation's is.
/// @throws DatasetError
Dataset loadImageFolder(const std::string& directory, const DatasetProgress& progress);

} // namespace tensorview

#endif
