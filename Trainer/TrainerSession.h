#ifndef TENSORVIEW_TRAINER_SESSION_H
#define TENSORVIEW_TRAINER_SESSION_H

#include "Core/Engine.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace tensorview
{

/// Makes an engine, or returns null and says why in `error`.
using EngineOpener = std::function<std::shared_ptr<Engine>(std::string& error)>;

/// What a trainer's owner knows of its engine: the settings, the last command, and the problems
/// that have not been told yet. The engine is made at the first prepare() or command, never before.
/// Used by one thread; nothing here throws.
class TrainerSession
{
public:
  explicit TrainerSession(EngineOpener opener);

  const TrainerOptions& options() const { return this->options_; }
  /// What isLive() names acts at once, other settings from the next prepare() or start(). The
  /// engine hears of all at once, so that it can say what to expect of the next start.
  void setOptions(const TrainerOptions& options);

  /// Asked a few times a second while prepare() waits, with the seconds waited so far; false ends
  /// the waiting (the engine goes on preparing).
  using Patience = std::function<bool(double seconds)>;
  /// Has the network of the current settings built up to step 0, unless a training of earlier
  /// settings is under way or done: that one stays until the next start().
  void prepare(const Patience& patience);

  /// @name Commands
  /// They return when done or failed, at the latest after commandPatience seconds; a waiting
  /// advance() without limit.
  ///@{
  static constexpr double commandPatience = 1.0;
  void start();
  void pause();
  void stop();
  void evaluate(bool wait);
  void saveCheckpoint(const std::string& path, bool wait);
  void advance(std::int64_t steps, bool wait);
  void pauseAt(std::int64_t step);
  ///@}

  /// @name Edits
  /// With `wait` they return when done or failed, else at once.
  ///@{
  void previewEdit(const EditRequest& request, bool wait);
  void applyEdit(const EditRequest& request, bool wait);
  void undoEdit(bool wait);
  void redoEdit(bool wait);
  void freeze(const std::string& layer, const std::vector<int>& slots, bool wait);
  void unfreeze(const std::string& layer, const std::vector<int>& slots, bool wait);
  void loadCheckpoint(const std::string& path, bool wait);
  ///@}
  /// A command that could not even be given: it counts as one that failed.
  void refuse(const std::string& reason);

  /// The last command as it stands now. The id counts this session's commands from 1; 0 = none yet.
  CommandStatus command() const;
  /// Idle while there is no engine.
  EngineStatus status() const;
  /// Null before the first prepare() or command, and when it could not be opened.
  const std::shared_ptr<Engine>& engine() const { return this->engine_; }

  struct Problem
  {
    bool isError = true; ///< else a warning
    std::string text;
  };
  /// Problems since the last call: failed commands, refused hyperparameters, a training that failed
  /// or paused by itself, recording that stopped. Each is told once.
  std::vector<Problem> takeProblems();

private:
  bool open();
  void command(const std::function<std::int64_t(Engine&)>& give, double seconds);
  bool networkIsOfEarlierSettings(const EngineStatus& status) const;
  void tell(bool isError, const std::string& text);

  EngineOpener opener_;
  std::shared_ptr<Engine> engine_;
  std::string openError_;
  TrainerOptions options_;
  TrainerOptions preparedOptions_;
  std::int64_t prepareId_ = 0;
  std::int64_t commandCount_ = 0;
  std::int64_t commandId_ = 0; ///< the engine's id of the last command
  std::string refusal_;        ///< of the last command, if it was not given to the engine
  std::set<std::string> told_;
  std::vector<Problem> problems_;
};

} // namespace tensorview

#endif
