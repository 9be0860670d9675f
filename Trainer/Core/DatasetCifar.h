#ifndef TENSORVIEW_DATASET_CIFAR_H
#define TENSORVIEW_DATASET_CIFAR_H

#include "Dataset.h"

#include <string>

namespace tensorview
{

/// CIFAR-10, binary version: data_batch_1.bin to data_batch_5.bin, those that are there (the note
/// says how many), and test_batch.bin. Class names from batches.meta.txt where it is. Validation:
/// the last tenth of the training images.
/// @throws DatasetError
Dataset loadCifar(const std::string& directory, const DatasetProgress& progress);

} // namespace tensorview

#endif
