#ifndef TENSORVIEW_IDX_FILE_H
#define TENSORVIEW_IDX_FILE_H

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// An array of unsigned bytes of the IDX format (http://yann.lecun.com/exdb/mnist): two zero bytes,
/// the type 8 (unsigned byte), the number of axes, one big-endian 32-bit length per axis, the
/// values in C order.
struct IdxFile
{
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> values;
};

/// Reads a plain or gzipped IDX file of unsigned bytes with `axes` axes. No length in the file is
/// trusted: memory is taken only for bytes that the file can hold.
/// @throws DatasetError naming the file, the place and the reason
IdxFile readIdx(const std::string& path, int axes);

} // namespace tensorview

#endif
