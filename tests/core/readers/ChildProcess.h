#ifndef TENSORVIEW_TESTS_CHILD_PROCESS_H
#define TENSORVIEW_TESTS_CHILD_PROCESS_H

#include <functional>
#include <string>

#include <sys/types.h>

namespace tensorview::testing
{

/// Forks; the child runs `work` and ends without cleaning up. Returns the child's id.
pid_t startChild(const std::function<void()>& work);

/// Runs `work` in a child and waits for it. What `work` returns or throws comes back as text; how
/// the child ended is added if it did not end by itself. Empty = all is well.
std::string inChild(const std::function<std::string()>& work);

} // namespace tensorview::testing

#endif
