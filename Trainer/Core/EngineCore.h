#ifndef TENSORVIEW_ENGINE_CORE_H
#define TENSORVIEW_ENGINE_CORE_H

#include "AutoPrune.h"
#include "CommandLedger.h"
#include "EngineBackend.h"
#include "EngineDisplay.h"
#include "StudyThread.h"
#include "TrainingRun.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tensorview
{

/// What an engine can be told.
struct EngineCommand
{
  enum class Kind
  {
    Prepare,
    Start,
    Pause,
    Advance,
    Stop,
    Evaluate,
    SaveCheckpoint,
    SaveModel,
    LoadCheckpoint,
    PauseAt,
    PreviewEdit,
    ApplyEdit,
    UndoEdit,
    RedoEdit,
    Freeze,
    Unfreeze,
    PruneTrained
  };
  Kind kind = Kind::Prepare;
  std::int64_t steps = 0; ///< of Advance; of PauseAt: the step
  std::string path;       ///< of SaveCheckpoint, SaveModel and LoadCheckpoint
  EditRequest edit;       ///< of edits; of Freeze and Unfreeze: layer and slots
};

/// The thread logic of the engine: a worker thread that owns the network in training, and the
/// commands that others give it. The worker looks at one atomic per step; everything else happens
/// at step boundaries. A second thread finds beside the training what an edit chooses and solves.
/// Torch-free: what trains comes from an EngineBackend. Nothing here throws
/// (but std::bad_alloc from the methods of other threads), and no exception leaves the worker.
class EngineCore
{
public:
  explicit EngineCore(EngineBackend backend);
  /// Calls shutdown().
  ~EngineCore();
  EngineCore(const EngineCore&) = delete;
  EngineCore& operator=(const EngineCore&) = delete;

  /// Options for the next start; what isLive() names acts at the next step.
  void configure(const TrainerOptions& options);
  /// @return the command's id in ledger()
  std::int64_t submit(const EngineCommand& command);
  /// Has what was asked of display().probes answered, if the network stands still; else it comes
  /// with the snapshots.
  void answerProbe();
  /// Ends the training with a last checkpoint, closes the record file and joins the worker. Later
  /// commands fail. May be called more than once and from any thread but the worker.
  void shutdown();

  const CommandLedger& ledger() const { return this->ledger_; }
  EngineDisplay& display() { return this->display_; }
  const EngineDisplay& display() const { return this->display_; }

private:
  struct QueuedCommand
  {
    std::int64_t id = 0;
    EngineCommand command;
  };
  /// An Advance that waits for its step.
  struct Goal
  {
    std::int64_t id = 0;
    std::int64_t firstStep = 0;
    std::int64_t step = 0;
  };

  // Worker thread.
  void work() noexcept;
  void endAll();
  bool atBoundary();
  void lookAtProbe();
  void apply(const QueuedCommand& queued);
  void applyConfiguration();
  void tellWhatWaits(const TrainerOptions& options);
  std::string whatComes() const;
  void tellWhatComes();
  std::string underWay() const;
  std::string prepare();
  void start();
  void advanceBy(std::int64_t id, std::int64_t steps);
  void pause(const std::string& why);
  void stop();
  std::string evaluate();
  /// Has the present network written to `path` by `write`.
  std::string save(
    const std::string& path, const std::function<void(const std::string& path)>& write);
  void trainStep();
  void pauseAt(std::int64_t id, std::int64_t step);

  // Edits (EngineCoreEdits.cxx), on the worker thread.
  TrainingRun& runToEdit();
  void refuseWhileEditing() const;
  void beginStudy(std::int64_t id, bool apply, const EditRequest& request);
  void finishStudy();
  std::string finishEdit();
  void endStudy(const std::string& reason);
  void study(const EditRequest& request);
  void epochEnds();
  void pruneAutomatically();
  void finishAutomatic();
  void forgetAutomatic(const std::string& reason);
  std::string edit(const EngineCommand& command);
  std::string pruneTrained(const EditRequest& request);

  void reachGoals();
  void endGoals(const std::string& reason);
  void endPause(const std::string& reason);
  void closeRun() noexcept;
  void fail(const std::string& reason);
  void show(TrainingState state, const std::string& message);
  void say(const std::string& message);
  std::string withWhatComes(const std::string& message);
  bool mayTrain() const;
  bool mayPrepare() const;
  TrainerOptions configuration();
  std::unique_ptr<TrainingRun> makeRun(const TrainerOptions& asked);
  std::shared_ptr<const Dataset> loadData(const TrainerOptions& options);

  EngineBackend backend_;
  CommandLedger ledger_;
  EngineDisplay display_;

  // Shared with the worker.
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<QueuedCommand> queue_;
  TrainerOptions configured_;
  bool configurationChanged_ = false;
  bool probeAsked_ = false;
  bool studyDone_ = false; ///< the study thread is done
  bool quit_ = false;
  std::atomic<bool> pending_{ false };        ///< something for the worker to look at
  std::atomic<bool> stopRequested_{ false };  ///< a Stop is queued, or quit
  std::atomic<bool> pauseRequested_{ false }; ///< a Pause is queued

  // Of the worker alone.
  std::unique_ptr<TrainingRun> run_;
  TrainerOptions preparedFor_; ///< what run_ was asked for
  std::shared_ptr<const Dataset> data_;
  std::string dataKey_;
  std::vector<Goal> goals_;
  bool running_ = false;
  bool pauseAtGoal_ = false;
  bool finished_ = false;
  bool hasStepped_ = false; ///< since the worker began
  std::string message_;     ///< the newest, without what comes
  std::string coming_;      ///< whatComes() when it was last told
  std::string failure_;     ///< why the last preparation or step failed
  Goal pause_;              ///< of PauseAt; id 0 = none
  struct Study
  {
    enum class Purpose
    {
      None,
      Preview,
      Edit,
      Automatic ///< an edit that no command asked for
    };
    Purpose purpose = Purpose::None;
    std::int64_t id = 0; ///< of the command; 0 = none
    EditRequest request;
    bool waits = false; ///< it is done, and the training goes on first
    // Of the study thread while that is busy:
    EditPreview preview;
    std::string reason;   ///< why it failed
    bool nothing = false; ///< it failed for want of filters that are alike
  };
  Study study_;
  AutoPrune autoPrune_;

  std::mutex threadMutex_; ///< of what follows
  bool shutDown_ = false;
  std::thread thread_;      ///< started by the first command, joined by shutdown
  StudyThread studyThread_; ///< of the worker; the last member: its job uses the others
};

} // namespace tensorview

#endif
