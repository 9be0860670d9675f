#ifndef TENSORVIEW_HEAP_WATCH_H
#define TENSORVIEW_HEAP_WATCH_H

#include <cstdint>

namespace tensorview::fuzz
{

/// What a parser may take beside the tensors that it was asked for, in bytes.
inline constexpr std::int64_t parserMemory = std::int64_t(64) << 20;

/// Ends the process, as a crash does, when more heap is taken while the object lives than
/// parserMemory and what was allowed besides. One at a time.
class HeapWatch
{
public:
  HeapWatch();
  ~HeapWatch();
  HeapWatch(const HeapWatch&) = delete;
  HeapWatch& operator=(const HeapWatch&) = delete;

  /// Of tensors that the file declares and can hold.
  void allow(std::int64_t bytes);
};

} // namespace tensorview::fuzz

#endif
