#ifndef TENSORVIEW_FLOAT_BUFFER_H
#define TENSORVIEW_FLOAT_BUFFER_H

#include <cstddef>
#include <memory>

namespace tensorview
{

/// Memory for `count` values, not initialised. Of large buffers the kernel is asked to make huge
/// pages: writing to new memory for the first time, page by page, otherwise takes longer than
/// reading a file into it.
/// @throws std::bad_alloc
std::shared_ptr<float> makeFloats(std::size_t count);

} // namespace tensorview

#endif
