#ifndef TENSORVIEW_ENGINE_IMPL_H
#define TENSORVIEW_ENGINE_IMPL_H

#include "Engine.h"
#include "EngineBackend.h"
#include "EngineCore.h"

namespace tensorview
{

/// The Engine that everyone outside sees: hands commands to an EngineCore, answers questions from
/// its display.
class EngineImpl final : public Engine
{
public:
  explicit EngineImpl(EngineBackend backend);
  ~EngineImpl() override;

  void configure(const TrainerOptions& options) override;
  std::int64_t prepare() override;
  std::int64_t start() override;
  std::int64_t pause() override;
  std::int64_t advance(std::int64_t steps) override;
  std::int64_t stop() override;
  std::int64_t evaluate() override;
  std::int64_t saveCheckpoint(const std::string& path) override;
  std::int64_t saveModel(const std::string& path) override;
  std::int64_t loadCheckpoint(const std::string& path) override;
  std::int64_t pauseAt(std::int64_t step) override;
  std::int64_t previewEdit(const EditRequest& request) override;
  std::int64_t applyEdit(const EditRequest& request) override;
  std::int64_t undoEdit() override;
  std::int64_t redoEdit() override;
  std::int64_t pruneTrained(const EditRequest& request) override;
  std::int64_t freeze(const std::string& layer, const std::vector<int>& slots) override;
  std::int64_t unfreeze(const std::string& layer, const std::vector<int>& slots) override;

  CommandStatus command(std::int64_t id) const override;
  CommandStatus latestCommand() const override;
  CommandStatus waitFor(std::int64_t id, double seconds) const override;
  bool waitUntilStill(double seconds) const override;

  EngineStatus status() const override;
  std::shared_ptr<const NetworkSnapshot> snapshot() const override;
  void requestSnapshot() override;
  std::shared_ptr<const ModelDescription> model() const override;
  std::shared_ptr<const ProbeResult> probe(
    const std::string& layer, std::int64_t step, double seconds) override;

  StepTable metrics(std::size_t firstRow = 0) const override;
  std::vector<Evaluation> evaluations() const override;
  std::vector<std::string> edits() const override;
  std::shared_ptr<const EditPreview> lastPreview() const override;
  CoordinateHistory coordinates(const std::string& layer,
    const std::vector<std::int64_t>& coordinates, std::int64_t firstStep,
    std::int64_t lastStep) const override;

private:
  bool standsStillAt(std::int64_t step) const;

  EngineCore core_;
};

} // namespace tensorview

#endif
