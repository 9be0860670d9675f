#ifndef TENSORVIEW_FAKE_MODEL_H
#define TENSORVIEW_FAKE_MODEL_H

#include "EngineBackend.h"
#include "TrainingModel.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tensorview
{

/// How the pretended network behaves.
struct FakeSettings
{
  bool large = false;       ///< lenet5-simplified's sizes instead of a few dozen weights
  int stepMicroseconds = 0; ///< how long a step sleeps
  int batchesPerEvaluation = 4;
  std::int64_t imagesPerEpoch = 1000;
  std::int64_t throwAtStep = 0; ///< 0 = never
  std::int64_t gramImages = 0;  ///< of a Gram matrix of fc1, beside conv1's of one; 0 = it has none
  std::function<void(std::int64_t)> onStep; ///< called at the begin of each step
  std::function<void()> onEvaluationBatch;
  std::function<void(const ProbeWish&)> onProbe; ///< called whenever the probe images are shown
  std::function<void()> onStudyBatch;            ///< called by the thread that studies an edit
  std::int64_t mostMerged = 1; ///< filters that the groups of one plan have too many
  float editDamage = 0.0F;     ///< accuracy that a study finds an edit to cost, beside what it does
  bool breakEdits = false;     ///< applyEdit throws when half of it is done
};

/// A pretended network with the layers of lenet5-simplified, torch-free and deterministic: every
/// weight moves towards a goal of its own with momentum, its loss is the mean distance. Losses
/// become NaN when the learning rate is above 10. Filters 3, 4 and 9 of conv1 answer nearly alike.
/// Filters can be removed: what they and their readers' channels hold is NaN from then on. Whatever
/// the choice, the smallest norms go; whatever the method, their outgoing weights go to the
/// survivor. An optimizer is only a name, a step schedule a factor from then on; steps of larger
/// batches are a little larger.
class FakeModel final : public TrainingModel
{
public:
  FakeModel(const TrainerOptions& options, const FakeSettings& settings);

  void threadBegin() override {}
  const ModelDescription& description() const override { return this->layout_.model; }
  RunLayout layout() const override { return this->layout_; }
  std::string deviceName() const override { return "cpu (pretended)"; }
  int threads() const override { return 1; }
  std::int64_t step() const override { return this->step_; }
  EpochClock clock() const override { return this->clock_; }
  std::int64_t trainingImages() const override { return this->settings_.imagesPerEpoch; }
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
  class State;
  class Study;
  struct Layer
  {
    TensorShape weightShape;
    TensorShape activationShape;
    std::vector<float> weight;
    std::vector<float> velocity;
    std::vector<float> goal;
    std::vector<float> bias;
    std::vector<float> change; ///< of the last step
    std::vector<char> frozen;  ///< by slot
  };
  void addLayer(const std::string& name, const std::string& type, TensorShape weight,
    TensorShape activation, bool gradients);
  float move(Layer& layer, std::size_t number);
  std::vector<float> activation(std::size_t layer) const;
  std::vector<float> present(std::size_t layer, const std::vector<float>& weights) const;
  std::vector<std::int32_t> slotsOf(std::size_t layer) const;
  EditPlan plan(const EditRequest& request) const;
  float distance() const;

  TrainerOptions options_;
  FakeSettings settings_;
  RunLayout layout_;
  std::vector<Layer> layers_;
  std::int64_t step_ = 0;
  EpochClock clock_;
  float loss_ = 0.0F;
  Watch watched_;
  double factor_ = 1.0; ///< of the learning rate: a step schedule's first drop, at once
};

/// Makes FakeModels, and data sets without images.
EngineBackend fakeBackend(const FakeSettings& settings);

} // namespace tensorview

#endif
