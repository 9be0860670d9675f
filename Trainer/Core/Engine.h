#ifndef TENSORVIEW_ENGINE_H
#define TENSORVIEW_ENGINE_H

#include "../../Readers/Core/EpochClock.h"
#include "../../Readers/Core/TensorTypes.h"
#include "Edit.h"
#include "ProbeResult.h"
#include "TrainerOptions.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// The training engine as everyone outside Trainer/Core sees it. Torch-free. Nothing here throws:
/// the engine lives in a library that is opened late (RTLD_DEEPBIND), and problems are told as
/// states with reasons.
namespace tensorview
{

enum class TrainingState : int
{
  Idle,      ///< configured, nothing prepared
  Preparing, ///< reading data, building the network
  Ready,     ///< step 0, or paused before the first step
  Running,
  Paused,
  Finished, ///< all epochs done, or stopped; Start begins a fresh run
  Failed    ///< see EngineStatus::message
};
const char* toString(TrainingState state);

enum class CommandState : int
{
  Requested,
  Running,
  Done,
  Failed
};
const char* toString(CommandState state);

struct CommandStatus
{
  std::int64_t id = 0; ///< 0 = no command yet
  CommandState state = CommandState::Done;
  std::string reason; ///< of a failure, in words
};

struct EngineStatus
{
  TrainingState state = TrainingState::Idle;
  std::string message; ///< what the engine does or why it stopped, in words
  std::string
    warning; ///< the last refusal that stopped nothing (a learning rate of -1), else empty
  std::int64_t step = 0;
  std::int64_t totalSteps = 0; ///< of the whole training; 0 = not known yet
  EpochClock clock{ 0 };       ///< of the present step
  double epoch = 0.0;
  float loss = std::numeric_limits<float>::quiet_NaN();
  float accuracy = std::numeric_limits<float>::quiet_NaN(); ///< of the training batch
  float validationLoss = std::numeric_limits<float>::quiet_NaN();
  float validationAccuracy = std::numeric_limits<float>::quiet_NaN();
  float testAccuracy = std::numeric_limits<float>::quiet_NaN();
  float learningRate = 0.0F; ///< in force, after the schedule
  double stepsPerSecond = 0.0;
  double secondsLeft = -1.0;        ///< -1 = not known
  std::int64_t snapshotVersion = 0; ///< grows whenever snapshot() returns another object
  std::string device;               ///< "cpu", "cuda:0 NVIDIA ..."
  int threads = 0;
  std::string recordFile;    ///< path being written, empty = not recording
  std::string recordMessage; ///< why recording stopped, or expected size before the start
  bool recordFailed = false; ///< recording stopped early or lacks a checkpoint
  std::int64_t expectedBytes = 0;
  std::int64_t droppedRows = 0; ///< rows that the disk was too slow for
  std::int64_t droppedSnapshots = 0;
  int undoCount = 0;             ///< edits that can be undone
  int redoCount = 0;             ///< undone ones that can be redone
  std::int64_t undoStep = -1;    ///< step that Undo goes back to, -1 = nothing to undo
  std::int64_t redoStep = -1;    ///< step that Redo goes to, -1 = nothing to redo
  std::int64_t editCount = 0;    ///< lines of edits()
  std::int64_t previewCount = 0; ///< grows whenever preview() returns another object
};

class Engine
{
public:
  virtual ~Engine() = default; ///< stops training, writes a last checkpoint, closes the record
                               ///< file, joins all threads

  /// Options for the next start; learning rate and its schedule, momentum, weight decay, optimizer
  /// (whose moments then begin at zero), micro-batch size and automatic pruning also act at once
  /// while running, and another batch size when the next epoch begins.
  virtual void configure(const TrainerOptions& options) = 0;

  /// All commands return an id at once; they act at a step boundary. See command().
  /// prepare: read the data and build the network up to the step-0 snapshot, without training.
  virtual std::int64_t prepare() = 0;
  virtual std::int64_t start() = 0; ///< starts or resumes; after Finished/Failed a fresh run
  virtual std::int64_t pause() = 0;
  virtual std::int64_t advance(
    std::int64_t steps) = 0; ///< that many steps, then pause; done when paused again
  virtual std::int64_t stop() = 0;
  virtual std::int64_t evaluate() = 0;
  virtual std::int64_t saveCheckpoint(const std::string& path) = 0;
  /// Writes the weights of the present step to a .safetensors file.
  virtual std::int64_t saveModel(const std::string& path) = 0;
  /// Goes on from a checkpoint of this network, before or after edits.
  virtual std::int64_t loadCheckpoint(const std::string& path) = 0;
  /// Pauses when that step is done; done then.
  virtual std::int64_t pauseAt(std::int64_t step) = 0;

  /// @name Edits. What they choose and solve is found beside the training, on a copy of the
  /// network. One edit at a time; a newer preview takes the place of an unfinished one.
  ///@{
  /// See lastPreview(); done when it is there.
  virtual std::int64_t previewEdit(const EditRequest& request) = 0;
  /// Done when the network has changed, at a step boundary; failed, and nothing changed, if it
  /// cannot or may not be.
  virtual std::int64_t applyEdit(const EditRequest& request) = 0;
  /// Back to the state before the newest edit, its step included; the steps since stay readable in
  /// the record as a branch.
  virtual std::int64_t undoEdit() = 0;
  /// To where the newest undo was given.
  virtual std::int64_t redoEdit() = 0;
  /// Filters that updates leave as they are; no slots: all of the layer.
  virtual std::int64_t freeze(const std::string& layer, const std::vector<int>& slots) = 0;
  virtual std::int64_t unfreeze(const std::string& layer, const std::vector<int>& slots) = 0;
  /// Once the training has ended: prunes the network that is left, with accuracies on the test
  /// part.
  virtual std::int64_t pruneTrained(const EditRequest& request) = 0;
  ///@}

  virtual CommandStatus command(std::int64_t id) const = 0;
  virtual CommandStatus latestCommand() const = 0;
  /// Blocks until the command is done or failed, or `seconds` passed (< 0: no limit).
  virtual CommandStatus waitFor(std::int64_t id, double seconds) const = 0;
  /// Blocks until training is not Preparing or Running; false on time-out.
  virtual bool waitUntilStill(double seconds) const = 0;

  virtual EngineStatus status() const = 0;
  virtual std::shared_ptr<const NetworkSnapshot> snapshot()
    const = 0; ///< newest, or null before prepare
  /// A fresh snapshot is taken at the next step boundary after the viewer asked (latest wins);
  /// without a viewer only every SnapshotInterval steps. Cheap; called at every poll.
  virtual void requestSnapshot() = 0;
  virtual std::shared_ptr<const ModelDescription> model() const = 0; ///< null before prepare
  /// What the network at `step`, one that a snapshot was shown of lately, made of its probe images,
  /// of `layer` among others. Asking makes it known: while training runs it comes with the
  /// snapshots from the next one on, for as long as someone asks at every few of them; a network
  /// that stands still at `step` is looked at now, and the call waits for it for at most `seconds`.
  /// Null: not known (yet).
  virtual std::shared_ptr<const ProbeResult> probe(
    const std::string& layer, std::int64_t step, double seconds) = 0;

  virtual StepTable metrics(std::size_t firstRow = 0) const = 0; ///< this run's, from step 1
  virtual std::vector<Evaluation> evaluations() const = 0;
  virtual std::vector<std::string> edits() const = 0; ///< JSON lines, undone ones too
  virtual std::shared_ptr<const EditPreview> lastPreview() const = 0; ///< null before the first
  /// History of tracked coordinates kept in memory, record file or not. Coordinates that are not
  /// tracked: from the snapshots of the record file if there is one, else only the current step.
  virtual CoordinateHistory coordinates(const std::string& layer,
    const std::vector<std::int64_t>& coordinates, std::int64_t firstStep,
    std::int64_t lastStep) const = 0;
};

/// Must change with any change of these headers; the factory refuses another version.
inline constexpr int engineInterfaceVersion = 8;

/// Name of the factory in libTensorViewEngine.so.
inline constexpr const char* engineFactoryName = "tensorviewCreateEngine";
using EngineFactory = Engine* (*)(int interfaceVersion);

} // namespace tensorview

#endif
