#ifndef TENSORVIEW_TEST_REFUSAL_OF_H
#define TENSORVIEW_TEST_REFUSAL_OF_H

#include <exception>
#include <functional>
#include <string>

namespace tensorview
{

/// The Refusal that `call` threw, in words, or "nothing was refused". Other exceptions pass.
template <typename Refusal = std::exception>
std::string refusalOf(const std::function<void()>& call)
{
  try
  {
    call();
  }
  catch (const Refusal& refusal)
  {
    return refusal.what();
  }
  return "nothing was refused";
}

} // namespace tensorview

#endif
