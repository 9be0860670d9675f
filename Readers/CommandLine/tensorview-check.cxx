// tensorview-check: is a run file, or a tensor file, whole? See docs/check.md.

#include "CheckArguments.h"
#include "CheckReport.h"
#include "RunCheck.h"
#include "RunReader.h"
#include "RunSegments.h"
#include "Superblock.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <set>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace
{
using namespace tensorview;

CheckStatus worse(CheckStatus a, CheckStatus b)
{
  return std::max(a, b);
}

void print(const std::string& line)
{
  std::puts(line.c_str());
}

/// Clears the marks of a killed writer; in words what was done, or why not.
std::string repair(const SegmentReport& segment)
{
  if (segment.writer == SegmentReport::Writer::Lives)
  {
    return "left as it is: a training is recording to it; stop it first";
  }
  if (segment.writer == SegmentReport::Writer::Closed)
  {
    return {};
  }
  if (!segment.whole())
  {
    return "left as it is: the marks tell that it is not all there";
  }
  clearWriterMarks(segment.path);
  return "cleared the marks of its killed writer and noted its size of " +
         std::to_string(segment.bytes) + " bytes";
}

CheckStatus checkRunFile(const std::string& path, const CheckArguments& arguments)
{
  CheckStatus status = CheckStatus::Whole;
  for (const SegmentReport& segment : checkRun(path).segments)
  {
    std::string done;
    if (arguments.repair)
    {
      try
      {
        done = repair(segment);
      }
      catch (const RunFileError& problem)
      {
        done = problem.what();
        status = CheckStatus::Unknown;
      }
      if (segment.writer == SegmentReport::Writer::Lives)
      {
        status = CheckStatus::Unknown;
      }
    }
    print(arguments.json ? toJsonLine(segment, done) : toWords(segment, done));
    status = worse(status, segment.whole() ? CheckStatus::Whole : CheckStatus::Damaged);
  }
  return status;
}

CheckStatus checkFile(const std::string& path, const CheckArguments& arguments)
{
  try
  {
    if (RunReader::canRead(path) || std::filesystem::path(path).extension() == ".tvr")
    {
      return checkRunFile(path, arguments);
    }
    const TensorFileReport report = checkTensorFile(path);
    print(arguments.json ? toJsonLine(report) : toWords(report));
    return report.damage.empty() ? CheckStatus::Whole : CheckStatus::Damaged;
  }
  catch (const std::exception& problem)
  {
    print(arguments.json ? toJsonLine(path, problem.what()) : path + ": " + problem.what());
    return CheckStatus::Unknown;
  }
}

/// In a process of its own: HDF5 may end that one on a file made to harm, and the others are still
/// to be looked at.
CheckStatus checkApart(const std::string& path, const CheckArguments& arguments)
{
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0)
  {
    const CheckStatus status = checkFile(path, arguments);
    std::fflush(stdout);
    ::_exit(static_cast<int>(status));
  }
  int ended = 0;
  if (child < 0 || ::waitpid(child, &ended, 0) != child)
  {
    const std::string problem = std::string("no process to look at it: ") + std::strerror(errno);
    print(arguments.json ? toJsonLine(path, problem) : path + ": " + problem);
    return CheckStatus::Unknown;
  }
  if (WIFEXITED(ended) && WEXITSTATUS(ended) <= static_cast<int>(CheckStatus::Unknown))
  {
    return static_cast<CheckStatus>(WEXITSTATUS(ended));
  }
  const std::string problem =
    "it is so damaged that reading it ends the process" +
    (WIFSIGNALED(ended) ? std::string(" (") + ::strsignal(WTERMSIG(ended)) + ")" : std::string());
  print(arguments.json ? toJsonLine(path, problem) : path + ": " + problem);
  return CheckStatus::Damaged;
}

int run(const CheckArguments& arguments)
{
  CheckStatus status = CheckStatus::Whole;
  std::set<std::string> seen; // several segments of one run are looked at once
  for (const std::string& path : arguments.files)
  {
    if (seen.insert(rootSegmentPath(path)).second)
    {
      status = worse(status, checkApart(path, arguments));
    }
  }
  return static_cast<int>(status);
}
}

int main(int argc, char** argv)
{
  try
  {
    CheckArguments arguments;
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (const auto usage = parseArguments(words, arguments))
    {
      std::fputs(usage->text.c_str(), usage->status == CheckStatus::Whole ? stdout : stderr);
      return static_cast<int>(usage->status);
    }
    return run(arguments);
  }
  catch (const std::exception& problem)
  {
    std::fprintf(stderr, "tensorview-check: %s\n", problem.what());
    return static_cast<int>(CheckStatus::Unknown);
  }
}
