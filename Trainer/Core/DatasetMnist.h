#ifndef TENSORVIEW_DATASET_MNIST_H
#define TENSORVIEW_DATASET_MNIST_H

#include "Dataset.h"

#include <string>

namespace tensorview
{

/// MNIST and what comes in its format: the four IDX files, plain or gzipped, named
/// train-images-idx3-ubyte (or train-images.idx3-ubyte) and so on. Validation: the last 5,000 of
/// the training file, or the last tenth if that is fewer.
/// @throws DatasetError
Dataset loadMnist(const std::string& directory, const DatasetProgress& progress);

} // namespace tensorview

#endif
