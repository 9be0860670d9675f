#ifndef TENSORVIEW_FLOAT_BUFFER_H
#define TENSORVIEW_FLOAT_BUFFER_H

#include <cstddef>
#include <memory>

namespace tensorview
{

/// Memory for `count` values, not initialised. Huge pages are not asked for: they save page faults,
/// but virtual machines that give free memory back to their host get them from there anew each
/// time, and reading a file of 500 MB then took two to three times as long.
/// @throws std::bad_alloc
std::shared_ptr<float> makeFloats(std::size_t count);

} // namespace tensorview

#endif
