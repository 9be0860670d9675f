#ifndef TENSORVIEW_TRAINING_RUN_H
#define TENSORVIEW_TRAINING_RUN_H

#include "EngineDisplay.h"
#include "Recorder.h"
#include "ResumePoint.h"
#include "SnapshotPool.h"
#include "SpeedMeter.h"
#include "TrainingModel.h"
#include "TrainingPlan.h"
#include "UndoHistory.h"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace tensorview
{

/// One training from its first step to its last, on the worker thread: drives the model, fills the
/// display, feeds the recorder. Knows nothing of commands; it is told by `proceed` (asked often,
/// false = stop soon) and left off between steps. Methods throw what the model throws.
class TrainingRun
{
public:
  using Proceed = std::function<bool()>;

  /// Shows the model and its snapshot at the present step (0, or the one resumed from).
  /// @param resume where the run goes on from, if it does
  TrainingRun(const TrainerOptions& options, std::unique_ptr<TrainingModel> model,
    std::optional<ResumePoint> resume, EngineDisplay& display);
  ~TrainingRun();

  const TrainerOptions& options() const { return this->options_; }
  std::int64_t step() const { return this->model_->step(); }
  EpochClock clock() const { return this->model_->clock(); }
  /// "batch size 50 from epoch 3 on"; empty unless another one was set than is in force.
  std::string comingBatchSize() const;
  bool isBegun() const { return this->begun_; } ///< begin() has succeeded
  const TrainingPlan& plan() const { return this->plan_; }
  /// @name Of a resumed run, in words; else empty
  std::string resumedFrom() const;   ///< where it goes on, and what of its settings has changed
  std::string resumeWarning() const; ///< what was asked for and not taken

  /// Called whenever training starts or goes on. The first time, opens the record file of
  /// `options` (only what sameTraining() leaves open may differ from the run's options).
  /// @throws std::exception when the file cannot be made; the run can be begun again
  void begin(const TrainerOptions& options);

  enum class StepResult
  {
    Done,
    Interrupted, ///< `proceed` said no: no step, or a step whose evaluation is still owed
    Diverged,    ///< the loss is not a finite number any more
    Finished     ///< the last step is done, evaluated and recorded
  };
  /// One step with everything that belongs to it. Calls that follow an Interrupted one first make
  /// up for what is owed.
  /// @param showSnapshot publish a snapshot after this step, e.g. as the last before a pause
  StepResult advance(bool showSnapshot, const Proceed& proceed);

  /// Takes what may change between steps (isLive) from `options`; another batch size is in force
  /// when the next epoch begins. A resumed run keeps its own until others are asked for than when
  /// it was prepared.
  /// @throws std::exception naming a value that is not allowed; nothing changes then
  void follow(const TrainerOptions& options);

  /// Shows how large a record with `options` would become.
  void showExpectedSize(const TrainerOptions& options);
  /// Publishes a snapshot of the present step if the newest published one is older.
  void showPresent();
  /// Answers what viewers ask of the probe images and no snapshot of the present step has brought.
  void answerProbe();
  /// Evaluates on the validation part now; false if interrupted.
  bool evaluate(const Proceed& proceed);
  /// Writes the whole state to a file, before it returns.
  void saveCheckpoint(const std::string& path);
  /// Writes the weights to a .safetensors file, before it returns.
  void saveModel(const std::string& path);

  /// @name Edits, between steps. All or nothing: what throws has changed nothing. Each but a freeze
  /// begins a segment of the record and can be undone; undo and redo go back and forth to the state
  /// before the edit resp. the undo, with the step and the order of the data, and give up the steps
  /// since. The settings in force stay, but the batch size: it is that of then until the epoch
  /// ends. (TrainingRunEdits.cxx)
  ///@{
  std::unique_ptr<EditStudy> study() const { return this->model_->study(); }
  /// @param preview of a study of this run: its plan, and accuracies for the record
  EditReport applyEdit(const EditPreview& preview);
  EditReport undo();
  EditReport redo();
  EditReport setFrozen(const std::string& layer, const std::vector<int>& slots, bool frozen);
  /// An event in the record: automatic pruning left a layer as it is.
  void noteUnpruned(const EditRequest& request, const std::string& reason);
  /// Goes on from a checkpoint file of this network, before or after edits.
  EditReport loadCheckpoint(const std::string& path);
  /// Plans, measures on `part` and applies, while the training waits.
  /// @throws std::runtime_error if `proceed` said no, or the accuracy would fall too far
  EditReport pruneNow(const EditRequest& request, DataPart part, const Proceed& proceed);
  ///@}

  /// Ends the recording, with a snapshot and a checkpoint of the present step. The model stays.
  void close();

private:
  bool settle(const Proceed& proceed);
  bool batchSizeIsDue() const;
  void takeBatchSize();
  void recordBatchSize();
  void followClock();
  void tellForgotten();
  void leaveSnapshotOut(bool due, bool asked);
  void record(std::int64_t step, const TrainingModel::Watch& watch);
  std::shared_ptr<const SnapshotValues> copySnapshot(const ProbeWish& recorded);
  ProbeWish wishForRecord(bool whole);
  void publish(const std::shared_ptr<const SnapshotValues>& values);
  void recordSnapshot(const std::shared_ptr<const SnapshotValues>& values, bool always);
  void recordEvent(const char* event);
  void recordCheckpoint();
  void showProgress(const TrainingModel::StepReport& report);
  void showRecorder();
  UndoPoint here() const;
  using Direction = UndoPoint (UndoHistory::*)(UndoPoint, const UndoHistory::Load&);
  EditReport travel(const char* what, Direction direction);
  void turnTo(EditReport& report, const ModelDescription& before, const UndoPoint& from);
  void startSegment(const std::string& parentSegment);
  void recordEdit(const EditReport& report);
  void recordLeftEnd();
  void loadPoint(const ModelState* state, const std::string& bytes);
  void showEdits();
  /// Goes on from a checkpoint of another run.
  bool beginsRun() const { return this->resume_ && !this->resume_->parentRun.empty(); }
  bool isRecording() const { return this->recorder_ && this->recorder_->isActive(); }

  TrainerOptions options_;
  std::unique_ptr<TrainingModel> model_;
  RunLayout layout_;
  TrainingPlan plan_;
  EngineDisplay& display_;
  std::optional<ResumePoint> resume_;
  std::set<std::string> followed_; ///< of a resumed run: settings that are not its own any more
  std::size_t snapshotBytes_;      ///< that snapshots may take
  std::shared_ptr<TrainingHistory> history_;
  std::unique_ptr<Recorder> recorder_;
  SnapshotPool pool_;
  SpeedMeter speed_;
  UndoHistory undo_;
  std::string segment_; ///< file name of what is recorded to, empty = nothing yet
  int segmentNumber_ = 0;
  std::vector<std::string> unrecordedEdits_; ///< before the record file was there

  // Kept between steps so that their memory is.
  StepBlock row_;
  FilterBlock filterRow_;

  bool begun_ = false;
  bool evaluationOwed_ = false;
  bool checkpointOwed_ = false;
  bool testOwed_ = false;
  bool forgets_ = false; ///< ... and has said so
  bool closed_ = false;
  std::vector<std::int64_t> gramSteps_; ///< by layout_.gram: the last recorded, -1 = none
  bool diverged_ = false;               ///< such a state is no checkpoint to go on from
  std::int64_t publishedStep_ = -1;
  std::int64_t recordedSnapshotStep_ = -1;
  std::int64_t recordedCheckpointStep_ = -1;
};

/// @throws std::runtime_error if the accuracy would fall by more than the request allows
void checkTolerance(const EditPreview& preview);

} // namespace tensorview

#endif
