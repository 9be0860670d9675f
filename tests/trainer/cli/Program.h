#ifndef TENSORVIEW_PROGRAM_H
#define TENSORVIEW_PROGRAM_H

#include "TemporaryFolder.h"

#include <string>
#include <vector>

#include <sys/types.h>

namespace tensorview
{

struct ProgramResult
{
  int status = -1; ///< exit status; 1000 + the signal that ended it
  std::string out;
  std::string error;
};

/// A started program, its outputs caught in files.
class Program
{
public:
  /// @param environment NAME, value pairs to set for it
  Program(const std::vector<std::string>& words,
    const std::vector<std::pair<std::string, std::string>>& environment);

  void signal(int number) const;
  /// Waits until the standard output holds `text`, or the program has ended.
  void waitForOutput(const std::string& text) const;
  ProgramResult wait() const;

private:
  bool hasEnded() const;
  std::string outPath() const { return this->folder_ / "out"; }
  std::string errorPath() const { return this->folder_ / "error"; }

  TemporaryFolder folder_;
  pid_t process_ = 0;
};

} // namespace tensorview

#endif
