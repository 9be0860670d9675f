#ifndef TENSORVIEW_OUTSIDE_TRAINING_H
#define TENSORVIEW_OUTSIDE_TRAINING_H

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace tensorview
{

/// What became of a command.
struct CommandAnswer
{
  int number = 0;     ///< counts the commands of this viewer; 0 = none yet
  std::string state;  ///< requested, running, done, failed
  std::string reason; ///< why it failed, or in words what was done
};

/// What a training that another program runs says of itself beside its run file
/// (docs/run-format.md, "Commands").
struct OutsideState
{
  /// none: nobody takes commands there. lost: the training was killed, or crashed. running, paused,
  /// stopping (asked to stop, its script has not ended yet).
  std::string state = "none";
  std::string message;             ///< the same in words, for the user
  std::string session;             ///< names this training among all that ever recorded there
  std::vector<std::string> offers; ///< "pause", "resume", "stop", "learning_rate"
  std::int64_t step = 0;
  double loss = std::numeric_limits<double>::quiet_NaN();         ///< NaN = not known
  double accuracy = std::numeric_limits<double>::quiet_NaN();     ///< fraction; NaN = not known
  double learningRate = std::numeric_limits<double>::quiet_NaN(); ///< NaN = not known

  /// Is somebody there?
  bool lives() const { return !this->session.empty(); }
  bool offersCommand(const std::string& command) const;
};

/// Remote control of a training that another program runs and records: reads `<run>.state`, appends
/// commands to `<run>.commands`. Whether a training lives is told by the lock that it holds, so
/// that the files of a killed one mislead nobody. Nothing here throws, waits or needs the run to be
/// open.
class OutsideTraining
{
public:
  /// The run, by any of its segments; empty = none.
  void setRun(const std::string& path);

  /// How it stands; looks at the files at most every 100 ms, or anew after a command.
  const OutsideState& look();

  /// Asks the training for something: it acts at the end of its step, see answer().
  /// @param value of a learning rate
  void send(const std::string& command, std::optional<double> value = std::nullopt);

  /// What became of the last command, as of the last look().
  const CommandAnswer& answer() const { return this->answer_; }

private:
  void read();
  void ended(const std::string& state, const std::string& message);
  void append(const std::string& command, std::optional<double> value);

  std::string root_;
  OutsideState state_;
  CommandAnswer answer_;
  std::string command_;   ///< the last one
  std::string commandId_; ///< by which the training answers
  std::chrono::steady_clock::time_point looked_{};
};

} // namespace tensorview

#endif
