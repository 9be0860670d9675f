#ifndef TENSORVIEW_DURABLE_FILE_H
#define TENSORVIEW_DURABLE_FILE_H

#include <string>

namespace tensorview
{

/// Writes `bytes` to `path` so that at any instant, power cuts included, there is either the old
/// file or the whole new one: a temporary file beside it, fsync, rename.
/// @throws std::runtime_error naming the file and the reason; a half-written temporary is removed
void writeDurably(const std::string& path, const std::string& bytes);

/// The whole of a file.
/// @throws std::runtime_error naming the file and the reason
std::string readWhole(const std::string& path);

} // namespace tensorview

#endif
