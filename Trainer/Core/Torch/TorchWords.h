#ifndef TENSORVIEW_TORCH_WORDS_H
#define TENSORVIEW_TORCH_WORDS_H

#include <c10/util/Exception.h>

#include <stdexcept>
#include <string>

namespace tensorview
{

/// Runs `work`; torch's errors come out without their stack trace.
template <typename Work>
auto inWords(const char* doing, const Work& work)
{
  try
  {
    return work();
  }
  catch (const c10::Error& error)
  {
    throw std::runtime_error(
      std::string(doing) + " failed in torch: " + error.what_without_backtrace());
  }
}

} // namespace tensorview

#endif
