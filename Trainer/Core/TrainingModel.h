#ifndef TENSORVIEW_TRAINING_MODEL_H
#define TENSORVIEW_TRAINING_MODEL_H

#include "Dataset.h"
#include "RunLayout.h"
#include "TrainerOptions.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tensorview
{

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

  virtual const ModelDescription& description() const = 0;
  /// What the model knows of a run file's fixed parts: columns, statistic tensors, tracked
  /// coordinates, filter series, labels, thread count, instruction set.
  virtual RunLayout layout() const = 0;
  virtual std::string deviceName() const = 0;
  virtual int threads() const = 0;

  virtual std::int64_t step() const = 0; ///< optimizer updates so far
  virtual std::int64_t stepsPerEpoch() const = 0;
  double epoch() const
  {
    return this->stepsPerEpoch() > 0 ? double(this->step()) / double(this->stepsPerEpoch()) : 0.0;
  }

  virtual void setHyperparameters(double learningRate, double momentum, double weightDecay) = 0;

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

  /// Appends the last step's row (order of layout()).
  virtual void appendRow(StepBlock& block) = 0;
  virtual void appendFilterRow(FilterBlock& block) = 0;

  /// Copies all tensors of description() as they are after the last step (at step 0 and after
  /// loadState: weights, and activations of the next batch) into `buffers` (resized; one per
  /// tensor, [slot, channel, row, column]); empty buffer = not available now.
  virtual void copySnapshot(std::vector<std::vector<float>>& buffers, bool gradients) = 0;
  /// Outputs of the probe batch for layout().probe.
  virtual void copyProbe(std::vector<std::vector<float>>& buffers) = 0;
  /// Gram matrices of the maps that the last copyProbe() computed, for layout().gram.
  virtual void copyGram(std::vector<std::vector<double>>& buffers) { buffers.clear(); }

  enum class Part
  {
    Validation,
    Test
  };
  /// `proceed` is asked between batches; false ends the evaluation early (result then has NaN).
  virtual Evaluation evaluate(Part part, const std::function<bool()>& proceed) = 0;

  /// The whole state for going on bit-identically: parameters, optimizer moments, running
  /// statistics, generators, data order and position, schedule. The format is documented in
  /// docs/checkpoint-format.md (torch.load reads it).
  virtual std::string saveState() const = 0;
  /// Writes weights, biases and running statistics to a .safetensors file, durably.
  virtual void saveModel(const std::string& path) const = 0;
  /// Checks that names and shapes fit; throws naming what differs and leaves the model unchanged.
  virtual void loadState(const std::string& bytes) = 0;
};

/// @throws std::exception naming layer / option and reason (labels that do not fit the outputs,
/// image sizes, batch larger than the data, CUDA asked for where there is none, learning rate 0,
/// negative or NaN, unknown names ...).
std::unique_ptr<TrainingModel> createTorchModel(
  const TrainerOptions& options, std::shared_ptr<const Dataset> dataset);

} // namespace tensorview

#endif
