#ifndef TENSORVIEW_KERAS_ZIP_FILE_H
#define TENSORVIEW_KERAS_ZIP_FILE_H

#include "TensorCatalogue.h"
#include "ZipArchive.h"

#include <memory>

namespace tensorview
{

/// True if an archive is what Keras 3 saves as .keras: it has model.weights.h5.
bool looksLikeKeras(const ZipArchive& archive);

/// The weights of a .keras archive, in the order of its config.json. Stored weights are read where
/// they lie, compressed ones (up to 1 GB) are inflated into memory first.
/// @throws TensorFileError without the file's name
TensorCatalogue readKerasCatalogue(const ZipArchive& archive);

} // namespace tensorview

#endif
