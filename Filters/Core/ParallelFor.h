#ifndef TENSORVIEW_PARALLEL_FOR_H
#define TENSORVIEW_PARALLEL_FOR_H

#include <cstddef>
#include <functional>

namespace tensorview
{

/// Work on the half-open range [begin, end) of items.
using RangeWork = std::function<void(std::size_t begin, std::size_t end)>;

/// Splits `count` items among threads and returns when all are done. Results of this library never
/// depend on how the items are split. The caller brings its own (a VTK filter: vtkSMPTools).
using ParallelFor = std::function<void(std::size_t count, const RangeWork& work)>;

/// Everything in the calling thread.
inline void serialFor(std::size_t count, const RangeWork& work)
{
  if (count > 0)
  {
    work(0, count);
  }
}

} // namespace tensorview

#endif
