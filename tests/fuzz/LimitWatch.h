#ifndef TENSORVIEW_LIMIT_WATCH_H
#define TENSORVIEW_LIMIT_WATCH_H

#include <cstdint>

namespace tensorview::fuzz
{

/// What a parser may take beside the tensors that it was asked for, in bytes.
inline constexpr std::int64_t parserMemory = std::int64_t(64) << 20;

/// How long it may take, in seconds of the processor: a busy machine makes nothing a hang.
inline constexpr double parserSeconds = 1.0;

/// Ends the process, as a crash does, when more heap is taken while the object lives than
/// parserMemory and what was allowed besides, or when it has lived longer than parserSeconds of
/// this thread. One at a time. (What never ends is left to libFuzzer's -timeout.)
class LimitWatch
{
public:
  LimitWatch();
  ~LimitWatch();
  LimitWatch(const LimitWatch&) = delete;
  LimitWatch& operator=(const LimitWatch&) = delete;

  /// Of tensors that the file declares and can hold.
  void allow(std::int64_t bytes);

private:
  double begin_;
};

} // namespace tensorview::fuzz

#endif
