#ifndef TENSORVIEW_PROGRESS_LINE_H
#define TENSORVIEW_PROGRESS_LINE_H

#include "Engine.h"

#include <cstdio>
#include <string>

namespace tensorview
{

/// "1:02:03", "4:05", "12 s"; "?" for a negative number.
std::string formatDuration(double seconds);

/// How far the training is, with speed and time left, in at most `width` characters.
std::string formatProgress(const EngineStatus& status, int width);

/// One line on a terminal that is written over and over. Does nothing where there is no terminal.
class ProgressLine
{
public:
  explicit ProgressLine(std::FILE* terminal);
  ~ProgressLine(); ///< clears the line

  void show(const EngineStatus& status);
  /// Makes room for ordinary output; the next show() draws the line anew.
  void clear();

private:
  int width() const;

  std::FILE* terminal_; ///< null where there is none
  bool drawn_ = false;
};

} // namespace tensorview

#endif
