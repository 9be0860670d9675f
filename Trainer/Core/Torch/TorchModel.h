#ifndef TENSORVIEW_TORCH_MODEL_H
#define TENSORVIEW_TORCH_MODEL_H

#include "../Network/DataOrder.h"
#include "../Network/LearningRateSchedule.h"
#include "../Network/NetworkGraph.h"
#include "../TrainingModel.h"
#include "Checkpoint.h"
#include "HostMirror.h"
#include "ImageStore.h"
#include "NetworkProbe.h"
#include "StepLoss.h"
#include "TrainedNetwork.h"

#include <ATen/core/Generator.h>

#include <memory>
#include <string>
#include <vector>

namespace tensorview
{

/// A network in training with libtorch's operators: see TrainingModel. Everything that makes its
/// future lies in the parameter store, the generator, the number of steps and the options.
class TorchModel final : public TrainingModel
{
public:
  /// @throws std::exception as createTorchModel
  TorchModel(const TrainerOptions& options, std::shared_ptr<const Dataset> dataset);
  ~TorchModel() override;
  TorchModel(const TorchModel&) = delete;
  TorchModel& operator=(const TorchModel&) = delete;

  void threadBegin() override;
  const ModelDescription& description() const override
  {
    return this->network_->tensors.description;
  }
  RunLayout layout() const override;
  std::string deviceName() const override;
  int threads() const override { return this->threads_; }
  std::int64_t step() const override { return this->step_; }
  EpochClock clock() const override { return this->order_.clock(); }
  std::int64_t trainingImages() const override { return this->order_.images(); }
  int batchSize() const override { return this->options_.batchSize; }
  void setBatchSize(int batchSize) override;
  void setHyperparameters(double learningRate, double momentum, double weightDecay) override;
  void setMethod(const TrainerOptions& options) override;
  bool trainStep(
    const Watch& watch, StepReport& report, const std::function<bool()>& proceed) override;
  void appendRow(StepBlock& block) override;
  void appendFilterRow(FilterBlock& block) override;
  void copySnapshot(std::vector<std::vector<float>>& buffers, bool gradients) override;
  void copyProbe(const ProbeWish& wish, std::vector<std::vector<float>>& outputs,
    std::vector<std::vector<double>>& gram) override;
  Evaluation evaluate(Part part, const std::function<bool()>& proceed) override;
  std::string saveState() const override;
  void saveModel(const std::string& path) const override;
  void loadState(const std::string& bytes) override;
  std::unique_ptr<EditStudy> study() const override;
  EditReport applyEdit(const EditPlan& plan) override;
  std::shared_ptr<const ModelState> keepState() const override;
  void restoreState(const ModelState& state) override;
  EditReport setFrozen(
    const std::string& layer, const std::vector<int>& slots, bool frozen) override;

private:
  /// What micro-batches change before the update, to be put back if it is abandoned.
  struct Undo
  {
    std::vector<RunningStatistics> running;
    at::Tensor generator;
  };
  Undo keepUndo() const;
  void putBack(const Undo& undo);

  ImageView imageView() const;
  double learningRateInForce() const;
  bool update(const Watch& watch, StepReport& report, const std::function<bool()>& proceed);
  bool predict(const Watch& watch, StepReport& report, const std::function<bool()>& proceed);
  /// Ends a step, whose sums are on their way.
  void conclude(double learningRate, const Watch& watch, StepReport& report);
  void copyTensors(std::vector<std::vector<float>>& buffers, bool gradients);
  void computeProbe(const ProbeWish& wish, std::vector<std::vector<float>>& outputs,
    std::vector<std::vector<double>>& gram);
  void trainOn(const std::int64_t* indices, std::int64_t count, bool first,
    const std::vector<at::Tensor>& activationSums, const std::vector<at::Tensor>& gradientSums);
  /// What the last step leaves to be told, from wherever it is.
  LossSum collectStep(const Watch& watch);
  ActivationSums previewActivations();
  /// Shows the next batch to the network, part by part, without a step; tells `scored` what it
  /// makes of each part. False if `proceed` said no in between.
  bool look(PassMode mode, const std::vector<at::Tensor>& activationSums,
    const std::function<void(const at::Tensor& scores, const at::Tensor& labels)>& scored,
    const std::function<bool()>& proceed);
  TrainingProgress progress() const;
  void setOrder(const DataOrder& order);
  /// Goes on with another network from another point; all or nothing.
  void adopt(NetworkData network, const TrainingProgress& progress);

  TrainerOptions options_;
  bool predicts_; ///< forward passes only
  std::shared_ptr<const Dataset> dataset_;
  int threads_;
  c10::Device device_;
  at::MemoryFormat format_;
  std::unique_ptr<TrainedNetwork> network_; ///< replaced as a whole by edits
  ImageStore training_;
  ImageStore validation_;
  ImageStore test_;
  DataOrder order_;
  LearningRateSchedule schedule_;

  at::Generator generator_; ///< of dropout, and of the initial weights
  NetworkProbe probe_;      ///< of the layers and slots that it began with
  Hyperparameters hyper_;   ///< the learning rate before the schedule
  std::int64_t step_ = 0;

  StepLoss loss_;
  HostMirror mirror_;
  Watch lastWatch_;
  StepReport lastReport_;
  /// @name What the probe images told already, if it predicts
  ///@{
  std::vector<std::vector<float>> keptOutputs_;
  std::vector<std::vector<double>> keptGram_;
  ///@}
  bool hasStepped_ = false;     ///< since it was made or its state loaded
  bool gradientsKnown_ = false; ///< the store's gradients are those of the last update
};

} // namespace tensorview

#endif
