#ifndef SCRIPTED_ENGINE_H
#define SCRIPTED_ENGINE_H

#include "Trainer/Core/Engine.h"

#include <map>
#include <string>
#include <vector>

/// An engine without a thread that does at once what it is told and writes down the calls. A test
/// sets `shown` and `outcome` to what the engine shall say.
class ScriptedEngine : public tensorview::Engine
{
public:
  std::vector<std::string> calls;
  tensorview::TrainerOptions configured;
  tensorview::EngineStatus shown;
  tensorview::CommandStatus outcome; ///< of the next commands; the id is filled in

  void configure(const tensorview::TrainerOptions& options) override
  {
    this->calls.push_back("configure");
    this->configured = options;
  }
  std::int64_t prepare() override
  {
    this->shown.state = tensorview::TrainingState::Ready;
    return this->take("prepare");
  }
  std::int64_t start() override
  {
    this->shown.state = tensorview::TrainingState::Running;
    return this->take("start");
  }
  std::int64_t pause() override
  {
    this->shown.state = tensorview::TrainingState::Paused;
    return this->take("pause");
  }
  std::int64_t advance(std::int64_t steps) override
  {
    this->shown.step += steps;
    this->shown.state = tensorview::TrainingState::Paused;
    return this->take("advance " + std::to_string(steps));
  }
  std::int64_t stop() override
  {
    this->shown.state = tensorview::TrainingState::Finished;
    return this->take("stop");
  }
  std::int64_t evaluate() override { return this->take("evaluate"); }
  std::int64_t saveCheckpoint(const std::string& path) override
  {
    return this->take("saveCheckpoint " + path);
  }
  std::int64_t saveModel(const std::string& path) override
  {
    return this->take("saveModel " + path);
  }
  std::int64_t loadCheckpoint(const std::string& path) override
  {
    return this->take("loadCheckpoint " + path);
  }
  std::int64_t pauseAt(std::int64_t step) override
  {
    return this->take("pauseAt " + std::to_string(step));
  }
  std::int64_t previewEdit(const tensorview::EditRequest& request) override
  {
    return this->take("previewEdit " + request.layer);
  }
  std::int64_t applyEdit(const tensorview::EditRequest& request) override
  {
    return this->take("applyEdit " + request.layer);
  }
  std::int64_t undoEdit() override { return this->take("undoEdit"); }
  std::int64_t redoEdit() override { return this->take("redoEdit"); }
  std::int64_t freeze(const std::string& layer, const std::vector<int>&) override
  {
    return this->take("freeze " + layer);
  }
  std::int64_t unfreeze(const std::string& layer, const std::vector<int>&) override
  {
    return this->take("unfreeze " + layer);
  }
  std::int64_t pruneTrained(const tensorview::EditRequest& request) override
  {
    return this->take("pruneTrained " + request.layer);
  }

  tensorview::CommandStatus command(std::int64_t id) const override
  {
    const auto found = this->given.find(id);
    return found != this->given.end() ? found->second : tensorview::CommandStatus{};
  }
  tensorview::CommandStatus latestCommand() const override
  {
    return this->command(static_cast<std::int64_t>(this->given.size()));
  }
  tensorview::CommandStatus waitFor(std::int64_t id, double) const override
  {
    return this->command(id);
  }
  bool waitUntilStill(double) const override { return true; }
  tensorview::EngineStatus status() const override { return this->shown; }
  std::shared_ptr<const tensorview::NetworkSnapshot> snapshot() const override { return nullptr; }
  void requestSnapshot() override {}
  std::shared_ptr<const tensorview::ModelDescription> model() const override { return nullptr; }
  std::shared_ptr<const tensorview::ProbeResult> probe(
    const std::string&, std::int64_t, double) override
  {
    return nullptr;
  }
  tensorview::StepTable metrics(std::size_t) const override { return {}; }
  std::vector<tensorview::Evaluation> evaluations() const override { return {}; }
  std::vector<std::string> edits() const override { return {}; }
  std::shared_ptr<const tensorview::EditPreview> lastPreview() const override { return nullptr; }
  tensorview::CoordinateHistory coordinates(
    const std::string&, const std::vector<std::int64_t>&, std::int64_t, std::int64_t) const override
  {
    return {};
  }

private:
  std::int64_t take(const std::string& call)
  {
    this->calls.push_back(call);
    const std::int64_t id = static_cast<std::int64_t>(this->given.size()) + 1;
    this->given[id] = this->outcome;
    this->given[id].id = id;
    return id;
  }

  std::map<std::int64_t, tensorview::CommandStatus> given;
};

#endif
