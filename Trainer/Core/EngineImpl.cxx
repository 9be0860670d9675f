#include "EngineImpl.h"

#include "RunReader.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace tensorview
{

namespace
{
/// Untracked coordinates as the record file's snapshots have them; empty if it cannot tell.
CoordinateHistory recordedCoordinates(const std::string& recordFile, const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep)
{
  if (recordFile.empty())
  {
    return {};
  }
  try
  {
    return RunReader::open(recordFile)->coordinates(layer, coordinates, firstStep, lastStep);
  }
  catch (const std::exception&)
  {
    return {}; // not flushed yet, or gone: the present step below is what there is
  }
}

/// Two parts of one history; the earlier one only if it has every step as the later one does.
CoordinateHistory joined(CoordinateHistory earlier, const CoordinateHistory& later)
{
  if (!earlier.everyStep || earlier.step.empty())
  {
    return later;
  }
  earlier.step.insert(earlier.step.end(), later.step.begin(), later.step.end());
  earlier.values.insert(earlier.values.end(), later.values.begin(), later.values.end());
  return earlier;
}

/// The values of `coordinates` at the snapshot's step; empty if the layer or an index is unknown.
CoordinateHistory presentCoordinates(const NetworkSnapshot& snapshot, const std::string& layer,
  const std::vector<std::int64_t>& coordinates)
{
  CoordinateHistory history;
  for (const TensorValues& tensor : snapshot.tensors)
  {
    if (tensor.description.layer != layer || tensor.description.kind != kinds::weight ||
        !tensor.data)
    {
      continue;
    }
    for (const std::int64_t index : coordinates)
    {
      if (index < 0 || index >= tensor.shape.size())
      {
        return {};
      }
      history.values.push_back(tensor.data.get()[index]);
    }
    history.step.push_back(snapshot.step);
    return history;
  }
  return history;
}
}

EngineImpl::EngineImpl(EngineBackend backend)
  : core_(std::move(backend))
{
}

EngineImpl::~EngineImpl() = default;

void EngineImpl::configure(const TrainerOptions& options)
{
  this->core_.configure(options);
}

std::int64_t EngineImpl::prepare()
{
  return this->core_.submit({ EngineCommand::Kind::Prepare, 0, {}, {} });
}

std::int64_t EngineImpl::start()
{
  return this->core_.submit({ EngineCommand::Kind::Start, 0, {}, {} });
}

std::int64_t EngineImpl::pause()
{
  return this->core_.submit({ EngineCommand::Kind::Pause, 0, {}, {} });
}

std::int64_t EngineImpl::advance(std::int64_t steps)
{
  return this->core_.submit({ EngineCommand::Kind::Advance, steps, {}, {} });
}

std::int64_t EngineImpl::stop()
{
  return this->core_.submit({ EngineCommand::Kind::Stop, 0, {}, {} });
}

std::int64_t EngineImpl::evaluate()
{
  return this->core_.submit({ EngineCommand::Kind::Evaluate, 0, {}, {} });
}

std::int64_t EngineImpl::saveCheckpoint(const std::string& path)
{
  return this->core_.submit({ EngineCommand::Kind::SaveCheckpoint, 0, path, {} });
}

std::int64_t EngineImpl::saveModel(const std::string& path)
{
  return this->core_.submit({ EngineCommand::Kind::SaveModel, 0, path, {} });
}

std::int64_t EngineImpl::loadCheckpoint(const std::string& path)
{
  return this->core_.submit({ EngineCommand::Kind::LoadCheckpoint, 0, path, {} });
}

std::int64_t EngineImpl::pauseAt(std::int64_t step)
{
  return this->core_.submit({ EngineCommand::Kind::PauseAt, step, {}, {} });
}

std::int64_t EngineImpl::previewEdit(const EditRequest& request)
{
  return this->core_.submit({ EngineCommand::Kind::PreviewEdit, 0, {}, request });
}

std::int64_t EngineImpl::applyEdit(const EditRequest& request)
{
  return this->core_.submit({ EngineCommand::Kind::ApplyEdit, 0, {}, request });
}

std::int64_t EngineImpl::undoEdit()
{
  return this->core_.submit({ EngineCommand::Kind::UndoEdit, 0, {}, {} });
}

std::int64_t EngineImpl::redoEdit()
{
  return this->core_.submit({ EngineCommand::Kind::RedoEdit, 0, {}, {} });
}

std::int64_t EngineImpl::pruneTrained(const EditRequest& request)
{
  return this->core_.submit({ EngineCommand::Kind::PruneTrained, 0, {}, request });
}

std::int64_t EngineImpl::freeze(const std::string& layer, const std::vector<int>& slots)
{
  EditRequest request;
  request.layer = layer;
  request.slots = slots;
  return this->core_.submit({ EngineCommand::Kind::Freeze, 0, {}, request });
}

std::int64_t EngineImpl::unfreeze(const std::string& layer, const std::vector<int>& slots)
{
  EditRequest request;
  request.layer = layer;
  request.slots = slots;
  return this->core_.submit({ EngineCommand::Kind::Unfreeze, 0, {}, request });
}

CommandStatus EngineImpl::command(std::int64_t id) const
{
  return this->core_.ledger().status(id);
}

CommandStatus EngineImpl::latestCommand() const
{
  return this->core_.ledger().latest();
}

CommandStatus EngineImpl::waitFor(std::int64_t id, double seconds) const
{
  return this->core_.ledger().waitFor(id, seconds);
}

bool EngineImpl::waitUntilStill(double seconds) const
{
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const auto left = [&]
  {
    if (seconds < 0.0)
    {
      return seconds;
    }
    const std::chrono::duration<double> passed = Clock::now() - begin;
    return passed.count() < seconds ? seconds - passed.count() : 0.0;
  };
  // A command that was just given may still be on its way to begin or end something.
  do
  {
    if (!this->core_.ledger().waitNoneOpen(left()) ||
        !this->core_.display().status.waitUntilStill(left()))
    {
      return false;
    }
  } while (!this->core_.ledger().noneOpen());
  return true;
}

EngineStatus EngineImpl::status() const
{
  return this->core_.display().status.get();
}

std::shared_ptr<const NetworkSnapshot> EngineImpl::snapshot() const
{
  return this->core_.display().snapshots.latest();
}

void EngineImpl::requestSnapshot()
{
  this->core_.display().snapshots.request();
}

std::shared_ptr<const ModelDescription> EngineImpl::model() const
{
  return this->core_.display().model.get();
}

std::shared_ptr<const ProbeResult> EngineImpl::probe(
  const std::string& layer, std::int64_t step, double seconds)
{
  constexpr double slice = 0.05; // after which training may have gone on
  ProbeBoard& board = this->core_.display().probes;
  board.request(layer);
  std::shared_ptr<const ProbeResult> result = board.find(layer, step);
  if (result)
  {
    return result;
  }
  this->core_.answerProbe();
  for (double waited = 0.0; !result && waited < seconds && this->standsStillAt(step);
       waited += slice)
  {
    result = board.waitFor(layer, step, std::min(slice, seconds - waited));
  }
  return result;
}

bool EngineImpl::standsStillAt(std::int64_t step) const
{
  const EngineStatus status = this->status();
  return status.step == step &&
         (status.state == TrainingState::Ready || status.state == TrainingState::Paused ||
           status.state == TrainingState::Finished);
}

StepTable EngineImpl::metrics(std::size_t firstRow) const
{
  const auto history = this->core_.display().history.get();
  return history ? history->metrics(firstRow) : StepTable();
}

std::vector<Evaluation> EngineImpl::evaluations() const
{
  const auto history = this->core_.display().history.get();
  return history ? history->evaluations() : std::vector<Evaluation>();
}

std::vector<std::string> EngineImpl::edits() const
{
  const auto history = this->core_.display().history.get();
  return history ? history->edits() : std::vector<std::string>();
}

std::shared_ptr<const EditPreview> EngineImpl::lastPreview() const
{
  return this->core_.display().preview.get();
}

CoordinateHistory EngineImpl::coordinates(const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep) const
{
  const auto history = this->core_.display().history.get();
  const std::string file = history ? history->recordFile() : std::string();
  if (history && !coordinates.empty() && history->isTracked(layer, coordinates))
  {
    const CoordinateHistory present = history->coordinates(layer, coordinates, firstStep, lastStep);
    const std::int64_t lastEarlier = present.step.empty() ? lastStep : present.step.front() - 1;
    return firstStep < history->forgottenBefore()
             ? joined(
                 recordedCoordinates(file, layer, coordinates, firstStep, lastEarlier), present)
             : present;
  }
  CoordinateHistory recorded = recordedCoordinates(file, layer, coordinates, firstStep, lastStep);
  if (!recorded.step.empty())
  {
    return recorded;
  }
  const auto present = this->snapshot();
  return present && present->step >= firstStep && present->step <= lastStep
           ? presentCoordinates(*present, layer, coordinates)
           : CoordinateHistory();
}

} // namespace tensorview
