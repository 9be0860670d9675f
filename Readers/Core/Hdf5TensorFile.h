#ifndef TENSORVIEW_HDF5_TENSOR_FILE_H
#define TENSORVIEW_HDF5_TENSOR_FILE_H

#include "ByteSource.h"
#include "TensorCatalogue.h"

#include <cstdint>
#include <string_view>

namespace tensorview
{

/// True if the source has HDF5's signature at one of the places where it may stand.
bool looksLikeHdf5(const ByteSource& source);

/// The arrays of an HDF5 file, in natural order of their paths; if Keras wrote it, with roles and
/// in network order (nameKerasTensors). HDF5 lists them in a process of its own (Hdf5Process),
/// which stays only for arrays that are stored in chunks or in types of their own; others are read
/// from where they lie.
/// @throws TensorFileError without the file's name; names the remedy if the file is a run
TensorCatalogue readHdf5Catalogue(const std::shared_ptr<const ByteSource>& source);

/// The same for bytes [offset, offset + size) of a source, with the network's description that
/// stands beside them in a .keras archive.
TensorCatalogue readHdf5Catalogue(const std::shared_ptr<const ByteSource>& source,
  std::uint64_t offset, std::uint64_t size, std::string_view kerasConfig);

} // namespace tensorview

#endif
