#ifndef TENSORVIEW_COMMAND_LEDGER_H
#define TENSORVIEW_COMMAND_LEDGER_H

#include "Engine.h"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace tensorview
{

/// Ids, states and reasons of all commands given to an engine. Any thread may call any method.
/// The last 1,000 finished commands are remembered; older ones are told as forgotten.
class CommandLedger
{
public:
  /// A new command in state Requested; ids count from 1.
  std::int64_t add();

  void setRunning(std::int64_t id);
  /// Done with an optional remark, or Failed with a reason.
  void setDone(std::int64_t id, const std::string& remark = "");
  void setFailed(std::int64_t id, const std::string& reason);

  /// State of a command; an unknown id is Failed, "no such command".
  CommandStatus status(std::int64_t id) const;
  /// The command with the highest id; id 0 before the first.
  CommandStatus latest() const;

  /// Blocks until the command is done or failed, or `seconds` passed (< 0: no limit).
  CommandStatus waitFor(std::int64_t id, double seconds) const;
  /// Blocks until no command is open; false when `seconds` passed first (< 0: no limit).
  bool waitNoneOpen(double seconds) const;
  bool noneOpen() const;

private:
  void finish(std::int64_t id, CommandState state, const std::string& text);
  CommandStatus find(std::int64_t id) const;

  static constexpr std::size_t remembered = 1000;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::int64_t, CommandStatus> commands_;
  std::size_t open_ = 0;
  std::int64_t lastId_ = 0;
};

} // namespace tensorview

#endif
