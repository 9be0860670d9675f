#ifndef TENSORVIEW_STORED_ZIP_H
#define TENSORVIEW_STORED_ZIP_H

#include <string>
#include <utility>
#include <vector>

namespace tensorview::fuzz
{

/// A zip archive of these (name, content), stored as they are: the way past checksums to what is
/// parsed behind them.
std::string storedZip(const std::vector<std::pair<std::string, std::string>>& parts);

} // namespace tensorview::fuzz

#endif
