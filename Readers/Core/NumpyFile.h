#ifndef TENSORVIEW_NUMPY_FILE_H
#define TENSORVIEW_NUMPY_FILE_H

#include "ByteSource.h"
#include "TensorCatalogue.h"
#include "ZipArchive.h"

#include <memory>

namespace tensorview
{

/// The one array of a file of numpy.save, named "array".
/// @throws TensorFileError without the file's name
TensorCatalogue readNumpyCatalogue(const std::shared_ptr<const ByteSource>& source);

/// True if there is an entry in the archive that numpy.savez would write: <name>.npy.
bool looksLikeNumpyArchive(const ZipArchive& archive);

/// The arrays of a file of numpy.savez or numpy.savez_compressed, in the archive's order. Each is
/// named as its entry without ".npy"; other entries are passed over. An array that is damaged or
/// encrypted has a problem, the others can be read.
TensorCatalogue readNumpyArchive(const std::shared_ptr<const ZipArchive>& archive);

} // namespace tensorview

#endif
