#ifndef TENSORVIEW_WAIT_UNTIL_H
#define TENSORVIEW_WAIT_UNTIL_H

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace tensorview
{

/// Waits on `condition` until `holds()`, at most `seconds` (< 0: no limit).
/// @return whether `holds()` at the end
template <typename Predicate>
bool waitUntil(std::condition_variable& condition, std::unique_lock<std::mutex>& lock,
  double seconds, Predicate holds)
{
  // A year is no limit that anyone meets, and cannot overflow the clock's arithmetic.
  constexpr double longest = 365.0 * 24.0 * 3600.0;
  if (!(seconds >= 0.0) || seconds > longest)
  {
    condition.wait(lock, holds);
    return true;
  }
  const auto end = std::chrono::steady_clock::now() +
                   std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                     std::chrono::duration<double>(seconds));
  return condition.wait_until(lock, end, holds);
}

} // namespace tensorview

#endif
