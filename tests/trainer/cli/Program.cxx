#include "Program.h"

#include "DurableFile.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tensorview
{

namespace
{
std::string contents(const std::string& path)
{
  return std::filesystem::exists(path) ? readWhole(path) : std::string();
}
}

Program::Program(const std::vector<std::string>& words,
  const std::vector<std::pair<std::string, std::string>>& environment)
{
  std::vector<char*> arguments;
  for (const std::string& word : words)
  {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  this->process_ = ::fork();
  if (this->process_ == 0)
  {
    for (const auto& [name, value] : environment)
    {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
    ::dup2(::open(this->outPath().c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    ::dup2(::open(this->errorPath().c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
}

void Program::signal(int number) const
{
  ::kill(this->process_, number);
}

void Program::waitForOutput(const std::string& text) const
{
  while (contents(this->outPath()).find(text) == std::string::npos && !this->hasEnded())
  {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

bool Program::hasEnded() const
{
  siginfo_t info{};
  const auto process = static_cast<id_t>(this->process_);
  return ::waitid(P_PID, process, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

ProgramResult Program::wait() const
{
  int status = 0;
  ::waitpid(this->process_, &status, 0);
  return { WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status),
    contents(this->outPath()), contents(this->errorPath()) };
}

} // namespace tensorview
