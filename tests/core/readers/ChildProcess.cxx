#include "ChildProcess.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <stdexcept>

#include <sys/wait.h>
#include <unistd.h>

namespace tensorview::testing
{

pid_t startChild(const std::function<void()>& work)
{
  const pid_t child = ::fork();
  if (child < 0)
  {
    throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  }
  if (child == 0)
  {
    try
    {
      work();
    }
    catch (const std::exception& error)
    {
      const std::string text = std::string(error.what()) + '\n';
      [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
      ::_exit(1);
    }
    ::_exit(0);
  }
  return child;
}

std::string inChild(const std::function<std::string()>& work)
{
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0)
  {
    throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
  }
  const pid_t child = startChild(
    [&]
    {
      std::string text;
      try
      {
        text = work();
      }
      catch (const std::exception& error)
      {
        text = error.what();
      }
      [[maybe_unused]] const auto written = ::write(ends[1], text.data(), text.size());
    });
  ::close(ends[1]);
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t count = 0;
  while ((count = ::read(ends[0], buffer.data(), buffer.size())) > 0)
  {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status))
  {
    text += " [ended by signal " + std::to_string(WTERMSIG(status)) + "]";
  }
  else if (WEXITSTATUS(status) != 0)
  {
    text += " [ended with status " + std::to_string(WEXITSTATUS(status)) + "]";
  }
  return text;
}

} // namespace tensorview::testing
