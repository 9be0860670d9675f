#ifndef TENSORVIEW_TRAINING_MODEL_H
#define TENSORVIEW_TRAINING_MODEL_H

#include "Dataset.h"
#include "Edit.h"
#include "EpochClock.h"
#include "ProbeWish.h"
#include "RunLayout.h"
#include "TrainerOptions.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tensorview
{

/// Everything that makes a network's future, in memory: see TrainingModel::keepState. Immutable.
class ModelState
{
public:
  virtual ~ModelState() = default;
  virtual std::int64_t step() const = 0;
  virtual std::size_t bytes() const = 0; ///< that it holds, about
  /// For a file, as TrainingModel::saveState writes it: loadState goes on from it to the same
  /// bytes. May be called by any thread.
  virtual std::string serialize() const = 0;
};

enum class DataPart
{
  Validation,
  Test
};

/// A frozen copy of a network, to plan an edit and to try it while the network itself trains on.
/// Used by one thread at a time, which need not be the worker; disturbs neither the order of the
/// data nor the generators of the training. May throw std::exception.
class EditStudy
{
public:
  virtual ~EditStudy() = default;

  /// Chooses filters and solves for what replaces them, from maps of training batches.
  /// @param proceed asked between batches; false ends it by std::runtime_error
  /// @throws std::invalid_argument naming layer, slot and reason: unknown, removed already, all of
  /// them, a layer whose filters are the class scores; std::runtime_error if the statistics are not
  /// finite
  virtual EditPlan plan(const EditRequest& request, const std::function<bool()>& proceed) = 0;

  /// The network as it is (null), or as it would be after `plan`. `proceed` as in
  /// TrainingModel::evaluate.
  virtual Evaluation evaluate(
    const EditPlan* plan, DataPart part, const std::function<bool()>& proceed) = 0;
};

/// Plans an edit and, if the request wants it measured or has a tolerance, evaluates the network on
/// `part` as it is and as it would be.
/// @throws what the study throws
EditPreview previewEdit(EditStudy& study, const EditRequest& request, DataPart part,
  const std::function<bool()>& proceed);

/// A network in training, as the thread logic (EngineCore) sees it: torch-free, so that
/// ThreadSanitizer can run EngineCore and Recorder with a fake. Implemented with libtorch by
/// TorchModel. Used by one thread only, the worker. Methods may throw std::exception; EngineCore
/// turns that into states with reasons.
class TrainingModel
{
public:
  virtual ~TrainingModel() = default;

  /// First call in the worker thread: sets its thread count.
  virtual void threadBegin() = 0;

  /// Slots that were removed stay in it, with their removedStep; shapes are those of all slots that
  /// ever were.
  virtual const ModelDescription& description() const = 0;
  /// What the model knows of a run file's fixed parts: columns, statistic tensors, tracked
  /// coordinates, filter series, labels, thread count, instruction set. An edit changes
  /// model.graphJson and the slot tables, and nothing else.
  virtual RunLayout layout() const = 0;
  virtual std::string deviceName() const = 0;
  virtual int threads() const = 0;

  virtual std::int64_t step() const = 0; ///< optimizer updates so far
  virtual EpochClock clock() const = 0;  ///< of the batch size in force
  double epoch() const { return this->clock().epochOf(this->step()); }

  virtual std::int64_t trainingImages() const = 0;
  virtual int batchSize() const = 0; ///< in force
  /// Sees batches of that size from now on, at the begin of an epoch. The next step begins the
  /// clock. A micro-batch size that was larger needs setMethod() to be taken again.
  /// @throws std::invalid_argument if there are fewer training images, or within an epoch
  virtual void setBatchSize(int batchSize) = 0;

  virtual void setHyperparameters(double learningRate, double momentum, double weightDecay) = 0;
  /// Takes the schedule of the learning rate, Adam's values, the micro-batch size (at most the
  /// batch size in force) and the optimizer from `options`. Another optimizer begins with moments
  /// of zero.
  /// @throws std::invalid_argument naming what is not known; nothing has changed then
  virtual void setMethod(const TrainerOptions& options) = 0;

  struct StepReport
  {
    float loss = 0.0F;
    float accuracy = 0.0F;
    float learningRate = 0.0F;
  };
  /// What the step shall leave behind for the calls below; asking for less is faster.
  struct Watch
  {
    bool row = false;         ///< appendRow will be called
    bool statistics = false;  ///< ... with statistics and histograms (only while recording); else
                              ///< appendRow leaves these columns of the block empty
    bool exact = false;       ///< ... quartiles and histograms of all values, not of a sample
    bool filters = false;     ///< appendFilterRow will be called
    bool activations = false; ///< a snapshot may be taken
    bool gradients = false;   ///< ... with gradients
  };
  /// One optimizer update on the next batch, which may run as micro-batches: `proceed` is asked
  /// between them, and false makes the update be abandoned (trainStep then returns false and
  /// nothing has changed). What is watched never changes the bytes of the weights.
  virtual bool trainStep(
    const Watch& watch, StepReport& report, const std::function<bool()>& proceed) = 0;

  /// Appends the last step's row (order of layout()); tracked weights that were removed are NaN.
  virtual void appendRow(StepBlock& block) = 0;
  /// Of all slots that ever were; NaN for those that were removed.
  virtual void appendFilterRow(FilterBlock& block) = 0;

  /// Copies all tensors of description() as they are after the last step (at step 0, after
  /// loadState and after an edit: weights, and activations of the next batch) into `buffers`
  /// (resized; one per tensor, [slot, channel, row, column] of the slots and channels that exist);
  /// empty buffer = not available now.
  virtual void copySnapshot(std::vector<std::vector<float>>& buffers, bool gradients) = 0;
  /// What the network, as it is, makes of the probe images, of the slots that exist.
  /// @param outputs by layout().probe; none if they are not wished for
  /// @param gram by layout().gram, with the constant (GramMatrix.h); empty if not wished for
  virtual void copyProbe(const ProbeWish& wish, std::vector<std::vector<float>>& outputs,
    std::vector<std::vector<double>>& gram) = 0;

  using Part = DataPart;
  /// `proceed` is asked between batches; false ends the evaluation early (result then has NaN).
  virtual Evaluation evaluate(Part part, const std::function<bool()>& proceed) = 0;

  /// The whole state for going on bit-identically: parameters, optimizer moments, running
  /// statistics, generators, batch size, data order and position, clock, schedule, slots. The
  /// format is documented in docs/checkpoint-format.md (torch.load reads it).
  virtual std::string saveState() const = 0;
  /// Writes weights, biases and running statistics to a .safetensors file, durably; of a network
  /// that filters were removed from its description, too, as .json beside it.
  virtual void saveModel(const std::string& path) const = 0;
  /// Checks that names and shapes fit; throws naming what differs and leaves the model unchanged.
  /// A state of the same network before or after edits fits, whatever has been removed by now.
  virtual void loadState(const std::string& bytes) = 0;

  /// @name Edits, at a step boundary. Without them std::runtime_error says that this network cannot
  /// be edited.
  ///@{
  virtual std::unique_ptr<EditStudy> study() const;
  /// Removes the plan's filters: folds the outgoing weights as they are now, slices weights,
  /// running statistics and the optimizer's moments. All or nothing: checks first that the plan
  /// fits the slots that are there, and shapes and finiteness of what would come out.
  /// @return with `what`, `step`, layers, choice, method and predicted error
  virtual EditReport applyEdit(const EditPlan& plan);
  /// All that makes the future, as saveState(), but copied within memory.
  virtual std::shared_ptr<const ModelState> keepState() const;
  /// Goes back (or forth) to a state that this model has kept: the same bytes follow as then.
  /// @throws std::runtime_error if that was with another optimizer, whose moments it holds
  virtual void restoreState(const ModelState& state);
  /// Whether updates leave filters as they are, or change them again; kept by all states.
  /// @param slots empty: all of the layer
  virtual EditReport setFrozen(
    const std::string& layer, const std::vector<int>& slots, bool frozen);
  ///@}
};

/// @throws std::exception naming layer / option and reason (labels that do not fit the outputs,
/// image sizes, batch larger than the data, CUDA asked for where there is none, learning rate 0,
/// negative or NaN, unknown names ...).
std::unique_ptr<TrainingModel> createTorchModel(
  const TrainerOptions& options, std::shared_ptr<const Dataset> dataset);

} // namespace tensorview

#endif
