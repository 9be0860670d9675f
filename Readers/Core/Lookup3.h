#ifndef TENSORVIEW_LOOKUP3_H
#define TENSORVIEW_LOOKUP3_H

#include <cstddef>
#include <cstdint>

namespace tensorview
{

/// Bob Jenkins' hash "lookup3" of bytes, read as little-endian words, with start value 0: the
/// checksum of HDF5's descriptions (File Format Specification 3.0, "Checksum").
std::uint32_t lookup3(const unsigned char* bytes, std::size_t size);

} // namespace tensorview

#endif
