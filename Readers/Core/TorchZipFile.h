#ifndef TENSORVIEW_TORCH_ZIP_FILE_H
#define TENSORVIEW_TORCH_ZIP_FILE_H

#include "TensorCatalogue.h"
#include "ZipArchive.h"

#include <memory>

namespace tensorview
{

/// True if the archive has the data.pkl that torch.save writes.
bool looksLikeTorch(const ZipArchive& archive);

/// For an archive that looksLikeTorch: what a zip archive of torch.save holds (PyTorch 1.6 and
/// later): <name>/data.pkl describes the tensors, <name>/data/<key> are their storages,
/// <name>/byteorder tells the order of bytes.
/// @throws TensorFileError without the file's name; also for TorchScript archives, which hold code
TensorCatalogue readTorchCatalogue(const std::shared_ptr<const ZipArchive>& archive);

} // namespace tensorview

#endif
