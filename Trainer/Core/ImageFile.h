#ifndef TENSORVIEW_IMAGE_FILE_H
#define TENSORVIEW_IMAGE_FILE_H

#include <cstdint>
#include <string>
#include <vector>

namespace tensorview
{

/// An image of 8 bits a sample, [channels, rows, columns] in C order; 1 channel (gray) or 3 (red,
/// green, blue).
struct ImageFile
{
  std::int64_t channels = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<std::uint8_t> samples;
};

/// Reads a PNG or JPEG file, told apart by its first bytes. Alpha is composed onto black, 16 bits
/// become 8, palettes become colours. Images of more than 8,192 rows or columns are refused.
/// @throws DatasetError naming the file and the reason
ImageFile readImage(const std::string& path);

} // namespace tensorview

#endif
