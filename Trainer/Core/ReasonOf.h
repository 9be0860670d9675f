#ifndef TENSORVIEW_REASON_OF_H
#define TENSORVIEW_REASON_OF_H

#include <exception>
#include <new>
#include <string>

namespace tensorview
{

/// Calls `f` and returns what it threw, in words; empty if it threw nothing.
template <typename F>
std::string reasonOf(F f) noexcept
{
  try
  {
    f();
    return {};
  }
  catch (const std::bad_alloc&)
  {
    return "out of memory"; // short enough to take none
  }
  catch (const std::exception& error)
  {
    const std::string text = error.what();
    return text.empty() ? "unknown error" : text;
  }
  catch (...)
  {
    return "unknown error";
  }
}

} // namespace tensorview

#endif
