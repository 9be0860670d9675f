#include "ProgressLine.h"

#include <algorithm>
#include <cmath>

#include <sys/ioctl.h>
#include <unistd.h>

namespace tensorview
{

std::string formatDuration(double seconds)
{
  if (!(seconds >= 0.0) || seconds > 1e9)
  {
    return "?";
  }
  const auto total = static_cast<long long>(std::ceil(seconds));
  char text[64];
  if (total < 60)
  {
    std::snprintf(text, sizeof(text), "%lld s", total);
  }
  else if (total < 3600)
  {
    std::snprintf(text, sizeof(text), "%lld:%02lld", total / 60, total % 60);
  }
  else
  {
    std::snprintf(
      text, sizeof(text), "%lld:%02lld:%02lld", total / 3600, total / 60 % 60, total % 60);
  }
  return text;
}

std::string formatProgress(const EngineStatus& status, int width)
{
  std::string line;
  if (status.state != TrainingState::Running)
  {
    line = status.message;
  }
  else
  {
    const double part = status.totalSteps > 0
                          ? std::clamp(double(status.step) / double(status.totalSteps), 0.0, 1.0)
                          : 0.0;
    constexpr int barWidth = 20;
    const int filled = static_cast<int>(part * barWidth);
    char text[256];
    // The rest is cut off where the terminal is narrow: speed and time left come first.
    std::snprintf(text, sizeof(text),
      "[%s%s] step %lld/%lld, %.1f steps/s, %s left, epoch %.2f, loss %.4f, accuracy %.3f",
      std::string(filled, '#').c_str(), std::string(barWidth - filled, '.').c_str(),
      static_cast<long long>(status.step), static_cast<long long>(status.totalSteps),
      status.stepsPerSecond, formatDuration(status.secondsLeft).c_str(), status.epoch, status.loss,
      status.accuracy);
    line = text;
  }
  return line.substr(0, static_cast<std::size_t>(std::max(0, width)));
}

ProgressLine::ProgressLine(std::FILE* terminal)
  : terminal_(terminal && ::isatty(::fileno(terminal)) ? terminal : nullptr)
{
}

ProgressLine::~ProgressLine()
{
  this->clear();
}

int ProgressLine::width() const
{
  winsize size{};
  const bool known = ::ioctl(::fileno(this->terminal_), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col - 1 : 79;
}

void ProgressLine::show(const EngineStatus& status)
{
  if (this->terminal_)
  {
    std::fprintf(this->terminal_, "\r%s\033[K", formatProgress(status, this->width()).c_str());
    std::fflush(this->terminal_);
    this->drawn_ = true;
  }
}

void ProgressLine::clear()
{
  if (this->drawn_)
  {
    std::fputs("\r\033[K", this->terminal_);
    std::fflush(this->terminal_);
    this->drawn_ = false;
  }
}

} // namespace tensorview
