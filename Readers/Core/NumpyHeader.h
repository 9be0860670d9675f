#ifndef TENSORVIEW_NUMPY_HEADER_H
#define TENSORVIEW_NUMPY_HEADER_H

#include "TensorCatalogue.h"

#include <cstdint>
#include <string_view>

namespace tensorview
{

/// Bytes that a file of numpy.save begins with.
inline constexpr std::string_view numpyMagic = "\x93NUMPY";

/// The longest header that is read. NumPy's own are 128 bytes long; only those of records with
/// thousands of fields are longer.
inline constexpr std::uint64_t numpyLongestHeader = 1 << 20;

/// Describes the array of a .npy file, of the format's versions 1.0, 2.0 and 3.0
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Of the Python literal
/// that the header is, only what NumPy writes is understood. The entry has no name; its offset
/// counts from the start of the file; Fortran order becomes strides. An array of another type than
/// numbers has a problem. Bytes after the elements are left alone, as by numpy.load.
/// @param bytes the file from its start
/// @param size of the file
/// @throws TensorFileError without the file's name
TensorEntry readNumpyHeader(ByteStream& bytes, std::uint64_t size);

} // namespace tensorview

#endif
