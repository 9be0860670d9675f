#include "vtkTrainerSource.h"

#include "Core/EngineLibrary.h"
#include "PrunableLayers.h"
#include "SatelliteNotice.h"
#include "SnapshotExchange.h"
#include "TrainerSession.h"
#include "vtkTensorCollection.h"
#include "vtkTensorTables.h"
#include "vtkTrainerModelProvider.h"

#include "vtkDataObject.h"
#include "vtkInformation.h"
#include "vtkInformationVector.h"
#include "vtkMultiProcessController.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkStringArray.h"
#include "vtkTable.h"

#include <array>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <thread>

vtkStandardNewMacro(vtkTrainerSource);

namespace
{

constexpr int portCount = 4;
constexpr double preparePatience = 120.0; // seconds
constexpr std::chrono::milliseconds refreshPatience(250);
constexpr std::array<const char*, 5> builtInNetworks = { "lenet5-simplified", "lenet5", "vgg16",
  "resnet18", "resnet50" };

/// What of the engine the outputs show. Two are equal when an update would show the same.
struct Shown
{
  std::int64_t snapshotVersion = -1;
  tensorview::TrainingState state = tensorview::TrainingState::Idle;
  float validationLoss = std::numeric_limits<float>::quiet_NaN();
  std::int64_t editCount = 0;

  Shown() = default;
  explicit Shown(const tensorview::EngineStatus& status)
    : snapshotVersion(status.snapshotVersion)
    , state(status.state)
    , validationLoss(status.validationLoss)
    , editCount(status.editCount)
  {
  }

  bool operator==(const Shown& other) const
  {
    const bool sameLoss = this->validationLoss == other.validationLoss ||
                          (std::isnan(this->validationLoss) && std::isnan(other.validationLoss));
    return this->snapshotVersion == other.snapshotVersion && this->state == other.state &&
           this->editCount == other.editCount && sameLoss;
  }
};

vtkMultiProcessController* controller()
{
  return vtkMultiProcessController::GetGlobalController();
}

bool isRoot()
{
  return !controller() || controller()->GetLocalProcessId() == 0;
}

std::string text(const char* value)
{
  return value ? value : "";
}

/// What the next edit shall be, as the properties say it.
struct EditSettings
{
  tensorview::EditRequest request;
  std::string choice = tensorview::toString(tensorview::PruneChoice());
  std::string method = tensorview::toString(tensorview::PruneMethod());
  double accuracyTolerance = -1.0; ///< below 0: no check
  bool wait = true;
  std::string checkpointFile;
  std::int64_t pauseStep = 0;

  /// @throws std::invalid_argument for unknown words
  tensorview::EditRequest complete() const
  {
    tensorview::EditRequest result = this->request;
    result.choice = tensorview::pruneChoice(this->choice);
    result.method = tensorview::pruneMethod(this->method);
    if (this->accuracyTolerance >= 0.0)
    {
      result.accuracyTolerance = this->accuracyTolerance;
    }
    return result;
  }
};

void setAt(std::vector<int>& list, int index, int value)
{
  if (index >= 0 && index < static_cast<int>(list.size()))
  {
    list[static_cast<std::size_t>(index)] = value;
  }
}

}

struct vtkTrainerSource::Internals
{
  explicit Internals(vtkTrainerSource* self)
    : session([](std::string& error)
        { return std::shared_ptr<tensorview::Engine>(tensorview::createEngine({}, error)); })
    , notice(controller(), self)
  {
  }

  /// Gives `option` its new value; true if it was another one.
  template <typename Option, typename Value>
  bool set(Option tensorview::TrainerOptions::*option, const Value& value)
  {
    tensorview::TrainerOptions options = this->session.options();
    if (options.*option == static_cast<Option>(value))
    {
      return false;
    }
    options.*option = static_cast<Option>(value);
    this->session.setOptions(options);
    return true;
  }

  /// Gives a command that needs the request of an edit.
  void command(void (tensorview::TrainerSession::*give)(const tensorview::EditRequest&, bool))
  {
    try
    {
      (this->session.*give)(this->edit.complete(), this->edit.wait);
    }
    catch (const std::invalid_argument& error)
    {
      this->session.refuse(error.what());
    }
  }

  tensorview::TrainerSession session;
  EditSettings edit;
  SatelliteNotice notice;
  vtkNew<vtkTrainerModelProvider> provider;
  std::shared_ptr<const tensorview::ModelDescription> model; ///< shared by all ranks
  Shown shown;
  vtkNew<vtkStringArray> networkChoices;
  vtkNew<vtkStringArray> prunableLayers;
  vtkNew<vtkStringArray> editLines;
  std::string answer; ///< keeps the text alive that an information getter returned last
};

vtkTrainerSource::vtkTrainerSource()
  : Private(new Internals(this))
{
  this->SetNumberOfInputPorts(0);
  this->SetNumberOfOutputPorts(portCount);
}

vtkTrainerSource::~vtkTrainerSource()
{
  // Filters may keep the provider for a while; the training ends here.
  this->Private->provider->SetEngine(nullptr);
}

void vtkTrainerSource::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Network: " << this->GetNetwork() << "\n";
  os << indent << "Dataset: " << this->GetDataset() << "\n";
  os << indent << "State: " << this->GetState() << "\n";
  os << indent << "Step: " << this->GetStep() << "\n";
  os << indent << "AdvanceSteps: " << this->AdvanceSteps << "\n";
  os << indent << "AdvanceWait: " << this->AdvanceWait << "\n";
  os << indent << "EditLayer: " << this->GetEditLayer() << "\n";
  os << indent << "UndoCount: " << this->GetUndoCount() << "\n";
  os << indent << "RefreshToken: " << this->RefreshToken << "\n";
}

// A pair of accessors of a setting. Hyperparameters reach the engine inside Internals::set().
#define TENSORVIEW_TEXT_SETTING(Name, option)                                                      \
  void vtkTrainerSource::Set##Name(const char* value)                                              \
  {                                                                                                \
    if (this->Private->set(&tensorview::TrainerOptions::option, text(value)))                      \
    {                                                                                              \
      this->Modified();                                                                            \
    }                                                                                              \
  }                                                                                                \
  const char* vtkTrainerSource::Get##Name()                                                        \
  {                                                                                                \
    return this->Private->session.options().option.c_str();                                        \
  }

#define TENSORVIEW_SETTING(Name, Type, option)                                                     \
  void vtkTrainerSource::Set##Name(Type value)                                                     \
  {                                                                                                \
    if (this->Private->set(&tensorview::TrainerOptions::option, value))                            \
    {                                                                                              \
      this->Modified();                                                                            \
    }                                                                                              \
  }                                                                                                \
  Type vtkTrainerSource::Get##Name()                                                               \
  {                                                                                                \
    return static_cast<Type>(this->Private->session.options().option);                             \
  }

#define TENSORVIEW_HYPERPARAMETER(Name, option)                                                    \
  void vtkTrainerSource::Set##Name(double value)                                                   \
  {                                                                                                \
    this->Private->set(&tensorview::TrainerOptions::option, value);                                \
  }                                                                                                \
  double vtkTrainerSource::Get##Name()                                                             \
  {                                                                                                \
    return this->Private->session.options().option;                                                \
  }

TENSORVIEW_TEXT_SETTING(Mode, mode)
TENSORVIEW_TEXT_SETTING(Network, network)
TENSORVIEW_SETTING(Classes, int, classes)
TENSORVIEW_TEXT_SETTING(LoadModel, loadModel)
TENSORVIEW_TEXT_SETTING(LoadModelSkip, loadModelSkip)
TENSORVIEW_TEXT_SETTING(Dataset, dataset)
TENSORVIEW_TEXT_SETTING(DataDirectory, dataDirectory)
TENSORVIEW_SETTING(ImageSize, int, imageSize)
TENSORVIEW_TEXT_SETTING(Normalization, normalization)
TENSORVIEW_TEXT_SETTING(Device, device)
TENSORVIEW_SETTING(Seed, int, seed)
TENSORVIEW_SETTING(Epochs, int, epochs)
TENSORVIEW_SETTING(MaximumSteps, int, maximumSteps)
TENSORVIEW_SETTING(BatchSize, int, batchSize)
TENSORVIEW_SETTING(MicroBatchSize, int, microBatchSize)
TENSORVIEW_TEXT_SETTING(Optimizer, optimizer)
TENSORVIEW_HYPERPARAMETER(LearningRate, learningRate)
TENSORVIEW_HYPERPARAMETER(Momentum, momentum)
TENSORVIEW_HYPERPARAMETER(WeightDecay, weightDecay)
TENSORVIEW_SETTING(AdamBeta1, double, adamBeta1)
TENSORVIEW_SETTING(AdamBeta2, double, adamBeta2)
TENSORVIEW_SETTING(AdamEpsilon, double, adamEpsilon)
TENSORVIEW_TEXT_SETTING(LearningRateSchedule, learningRateSchedule)
TENSORVIEW_SETTING(ScheduleStepEpochs, int, scheduleStepEpochs)
TENSORVIEW_SETTING(ScheduleFactor, double, scheduleFactor)
TENSORVIEW_SETTING(Threads, int, threads)
TENSORVIEW_SETTING(SnapshotInterval, int, snapshotInterval)
TENSORVIEW_SETTING(EvaluationInterval, int, evaluationInterval)
TENSORVIEW_SETTING(CheckpointInterval, int, checkpointInterval)
TENSORVIEW_SETTING(FilterInterval, int, filterInterval)
TENSORVIEW_SETTING(AccumulateBatches, int, accumulateBatches)
TENSORVIEW_SETTING(RecordGradients, bool, recordGradients)
TENSORVIEW_SETTING(SnapshotMemory, int, snapshotMemory)
TENSORVIEW_SETTING(UndoMemory, int, undoMemory)
TENSORVIEW_TEXT_SETTING(AutoPrune, autoPrune)
TENSORVIEW_SETTING(AutoPruneCorrelation, double, autoPruneCorrelation)
TENSORVIEW_TEXT_SETTING(AutoPruneMethod, autoPruneMethod)
TENSORVIEW_SETTING(AutoPruneTolerance, double, autoPruneTolerance)
TENSORVIEW_TEXT_SETTING(TrackedWeights, trackedWeights)
TENSORVIEW_TEXT_SETTING(RecordFile, recordFile)
TENSORVIEW_SETTING(Overwrite, bool, overwrite)
TENSORVIEW_TEXT_SETTING(Resume, resume)

// A pair of accessors of what the next edit shall be.
#define TENSORVIEW_EDIT_TEXT(Name, member)                                                         \
  void vtkTrainerSource::Set##Name(const char* value)                                              \
  {                                                                                                \
    this->Private->edit.member = text(value);                                                      \
  }                                                                                                \
  const char* vtkTrainerSource::Get##Name()                                                        \
  {                                                                                                \
    return this->Private->edit.member.c_str();                                                     \
  }

#define TENSORVIEW_EDIT_SETTING(Name, Type, member)                                                \
  void vtkTrainerSource::Set##Name(Type value)                                                     \
  {                                                                                                \
    this->Private->edit.member = value;                                                            \
  }                                                                                                \
  Type vtkTrainerSource::Get##Name()                                                               \
  {                                                                                                \
    return static_cast<Type>(this->Private->edit.member);                                          \
  }

#define TENSORVIEW_EDIT_LIST(Name, member)                                                         \
  void vtkTrainerSource::SetNumberOf##Name(int count)                                              \
  {                                                                                                \
    this->Private->edit.member.resize(static_cast<std::size_t>(count > 0 ? count : 0));            \
  }                                                                                                \
  void vtkTrainerSource::Set##Name(int index, int slot)                                            \
  {                                                                                                \
    setAt(this->Private->edit.member, index, slot);                                                \
  }                                                                                                \
  void vtkTrainerSource::Clear##Name()                                                             \
  {                                                                                                \
    this->Private->edit.member.clear();                                                            \
  }

TENSORVIEW_EDIT_TEXT(EditLayer, request.layer)
TENSORVIEW_EDIT_LIST(EditSlots, request.slots)
TENSORVIEW_EDIT_LIST(EditSurvivors, request.survivors)
TENSORVIEW_EDIT_SETTING(PruneTo, int, request.pruneTo)
TENSORVIEW_EDIT_TEXT(PruneChoice, choice)
TENSORVIEW_EDIT_TEXT(PruneMethod, method)
TENSORVIEW_EDIT_SETTING(Ridge, double, request.ridge)
TENSORVIEW_EDIT_SETTING(CorrelationFloor, double, request.threshold)
TENSORVIEW_EDIT_SETTING(EditMeasure, bool, request.measure)
TENSORVIEW_EDIT_SETTING(AccuracyTolerance, double, accuracyTolerance)
TENSORVIEW_EDIT_TEXT(EditReason, request.why)
TENSORVIEW_EDIT_SETTING(EditWait, bool, wait)
TENSORVIEW_EDIT_TEXT(CheckpointFile, checkpointFile)
TENSORVIEW_EDIT_SETTING(PauseStep, int, pauseStep)

// A command: on the root it reaches the engine; all ranks are modified, so that they execute alike.
#define TENSORVIEW_COMMAND(Name, call)                                                             \
  void vtkTrainerSource::Name()                                                                    \
  {                                                                                                \
    if (isRoot())                                                                                  \
    {                                                                                              \
      this->Private->session.call;                                                                 \
      this->TellProblems();                                                                        \
    }                                                                                              \
    this->Modified();                                                                              \
  }

TENSORVIEW_COMMAND(Start, start())
TENSORVIEW_COMMAND(Pause, pause())
TENSORVIEW_COMMAND(Advance, advance(this->AdvanceSteps, this->AdvanceWait))
TENSORVIEW_COMMAND(Stop, stop())
TENSORVIEW_COMMAND(Evaluate, evaluate(this->Private->edit.wait))
TENSORVIEW_COMMAND(PauseAt, pauseAt(this->Private->edit.pauseStep))
TENSORVIEW_COMMAND(Undo, undoEdit(this->Private->edit.wait))
TENSORVIEW_COMMAND(Redo, redoEdit(this->Private->edit.wait))
TENSORVIEW_COMMAND(Freeze, freeze(this->Private->edit.request.layer,
                             this->Private->edit.request.slots, this->Private->edit.wait))
TENSORVIEW_COMMAND(Unfreeze, unfreeze(this->Private->edit.request.layer,
                               this->Private->edit.request.slots, this->Private->edit.wait))
TENSORVIEW_COMMAND(
  SaveCheckpoint, saveCheckpoint(this->Private->edit.checkpointFile, this->Private->edit.wait))
TENSORVIEW_COMMAND(
  LoadCheckpoint, loadCheckpoint(this->Private->edit.checkpointFile, this->Private->edit.wait))

void vtkTrainerSource::Preview()
{
  if (isRoot())
  {
    this->Private->command(&tensorview::TrainerSession::previewEdit);
    this->TellProblems();
  }
}

void vtkTrainerSource::ApplyEdit()
{
  if (isRoot())
  {
    this->Private->command(&tensorview::TrainerSession::applyEdit);
    this->TellProblems();
  }
  this->Modified();
}

// Information getters.
#define TENSORVIEW_TEXT_INFORMATION(Name, expression)                                              \
  const char* vtkTrainerSource::Get##Name()                                                        \
  {                                                                                                \
    const tensorview::TrainerSession& session = this->Private->session;                            \
    this->Private->answer = expression;                                                            \
    return this->Private->answer.c_str();                                                          \
  }

#define TENSORVIEW_INFORMATION(Name, Type, field)                                                  \
  Type vtkTrainerSource::Get##Name()                                                               \
  {                                                                                                \
    return static_cast<Type>(this->Private->session.status().field);                               \
  }

TENSORVIEW_TEXT_INFORMATION(State, tensorview::toString(session.status().state))
TENSORVIEW_TEXT_INFORMATION(Message, session.status().message)
TENSORVIEW_TEXT_INFORMATION(Warning, session.status().warning)
TENSORVIEW_TEXT_INFORMATION(RecordMessage, session.status().recordMessage)
TENSORVIEW_TEXT_INFORMATION(RecordingTo, session.status().recordFile)
TENSORVIEW_TEXT_INFORMATION(DeviceInUse, session.status().device)
TENSORVIEW_INFORMATION(ThreadsInUse, int, threads)
TENSORVIEW_INFORMATION(Step, int, step)
TENSORVIEW_INFORMATION(TotalSteps, int, totalSteps)
TENSORVIEW_INFORMATION(StepsPerEpoch, int, clock.stepsPerEpoch)
TENSORVIEW_INFORMATION(Epoch, double, epoch)
TENSORVIEW_INFORMATION(Loss, double, loss)
TENSORVIEW_INFORMATION(Accuracy, double, accuracy)
TENSORVIEW_INFORMATION(ValidationLoss, double, validationLoss)
TENSORVIEW_INFORMATION(ValidationAccuracy, double, validationAccuracy)
TENSORVIEW_INFORMATION(TestAccuracy, double, testAccuracy)
TENSORVIEW_INFORMATION(LearningRateInUse, double, learningRate)
TENSORVIEW_INFORMATION(StepsPerSecond, double, stepsPerSecond)
TENSORVIEW_INFORMATION(SecondsLeft, double, secondsLeft)
TENSORVIEW_INFORMATION(DroppedRows, int, droppedRows)
TENSORVIEW_INFORMATION(DroppedSnapshots, int, droppedSnapshots)
TENSORVIEW_INFORMATION(UndoCount, int, undoCount)
TENSORVIEW_INFORMATION(RedoCount, int, redoCount)
TENSORVIEW_INFORMATION(UndoStep, int, undoStep)
TENSORVIEW_INFORMATION(RedoStep, int, redoStep)
TENSORVIEW_INFORMATION(EditCount, int, editCount)
TENSORVIEW_INFORMATION(PreviewCount, int, previewCount)
TENSORVIEW_TEXT_INFORMATION(CommandState, tensorview::toString(session.command().state))
TENSORVIEW_TEXT_INFORMATION(CommandReason, session.command().reason)

int vtkTrainerSource::GetCommandId()
{
  return static_cast<int>(this->Private->session.command().id);
}

const char* vtkTrainerSource::GetPreviewResult()
{
  const std::shared_ptr<tensorview::Engine>& engine = this->Private->session.engine();
  const auto preview = engine ? engine->lastPreview() : nullptr;
  this->Private->answer = preview ? tensorview::toJson(*preview) : std::string();
  return this->Private->answer.c_str();
}

vtkStringArray* vtkTrainerSource::GetNetworkChoices()
{
  vtkStringArray* choices = this->Private->networkChoices;
  choices->Initialize();
  for (const char* name : builtInNetworks)
  {
    choices->InsertNextValue(name);
  }
  const std::string& network = this->Private->session.options().network;
  if (choices->LookupValue(network) < 0)
  {
    choices->InsertNextValue(network);
  }
  return choices;
}

vtkStringArray* vtkTrainerSource::GetPrunableLayers()
{
  vtkStringArray* list = this->Private->prunableLayers;
  list->Initialize();
  const std::shared_ptr<tensorview::Engine>& engine = this->Private->session.engine();
  const auto model = engine ? engine->model() : nullptr;
  if (model)
  {
    for (const PrunableLayers::Layer& layer : PrunableLayers::Of(*model))
    {
      list->InsertNextValue(
        std::to_string(layer.id) + " " + std::to_string(layer.filters) + " " + layer.name);
    }
  }
  return list;
}

vtkStringArray* vtkTrainerSource::GetEditLines()
{
  vtkStringArray* list = this->Private->editLines;
  list->Initialize();
  if (const std::shared_ptr<tensorview::Engine>& engine = this->Private->session.engine())
  {
    for (const std::string& line : engine->edits())
    {
      list->InsertNextValue(line);
    }
  }
  return list;
}

void vtkTrainerSource::TellProblems()
{
  for (const tensorview::TrainerSession::Problem& problem : this->Private->session.takeProblems())
  {
    if (problem.isError)
    {
      vtkErrorMacro(<< problem.text);
    }
    else
    {
      vtkWarningMacro(<< problem.text);
    }
  }
}

bool vtkTrainerSource::GetNeedsUpdate()
{
  Internals& p = *this->Private;
  const std::shared_ptr<tensorview::Engine>& engine = p.session.engine();
  if (!engine)
  {
    return false;
  }
  engine->requestSnapshot();
  const tensorview::EngineStatus status = engine->status();
  if (status.state != tensorview::TrainingState::Failed || p.session.command().id > 0)
  {
    this->TellProblems(); // else see RequestInformation
  }
  if (Shown(status) == p.shown)
  {
    return false;
  }
  this->Modified();
  p.notice.send();
  return true;
}

void vtkTrainerSource::SetRefreshToken(int value)
{
  if (this->RefreshToken == value)
  {
    return;
  }
  this->RefreshToken = value;
  this->Modified();
  const std::shared_ptr<tensorview::Engine>& engine = this->Private->session.engine();
  if (!engine)
  {
    return;
  }
  engine->requestSnapshot();
  const auto deadline = std::chrono::steady_clock::now() + refreshPatience;
  const std::int64_t version = engine->status().snapshotVersion;
  while (std::chrono::steady_clock::now() < deadline)
  {
    const tensorview::EngineStatus status = engine->status();
    if (status.state != tensorview::TrainingState::Running || status.snapshotVersion != version)
    {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

int vtkTrainerSource::FillOutputPortInformation(int port, vtkInformation* info)
{
  info->Set(
    vtkDataObject::DATA_TYPE_NAME(), port == 0 ? "vtkPartitionedDataSetCollection" : "vtkTable");
  return 1;
}

int vtkTrainerSource::RequestInformation(
  vtkInformation*, vtkInformationVector**, vtkInformationVector* outputVector)
{
  Internals& p = *this->Private;
  std::shared_ptr<const tensorview::ModelDescription> model;
  if (isRoot())
  {
    p.session.prepare(
      [this](double seconds)
      {
        this->UpdateProgress(seconds / (seconds + 1.0));
        return seconds < preparePatience && !this->GetAbortExecute();
      });
    // RequestData tells what is wrong with the settings: scripts that set one property after
    // another pass through settings that do not fit together, and nobody wants to hear of those.
    if (p.session.engine())
    {
      model = p.session.engine()->model();
    }
    else
    {
      this->TellProblems();
    }
  }
  p.model = tensorview::shareModel(controller(), model);
  p.provider->SetModel(p.model);
  p.provider->SetEngine(p.session.engine());
  for (int port = 0; port < portCount; ++port)
  {
    vtkInformation* info = outputVector->GetInformationObject(port);
    info->Set(vtkAlgorithm::CAN_HANDLE_PIECE_REQUEST(), 1);
    info->Set(vtkModelProvider::MODEL_PROVIDER(), p.provider);
  }
  return 1;
}

int vtkTrainerSource::RequestData(
  vtkInformation*, vtkInformationVector**, vtkInformationVector* outputVector)
{
  Internals& p = *this->Private;
  const std::shared_ptr<tensorview::Engine>& engine = p.session.engine();
  std::shared_ptr<const tensorview::NetworkSnapshot> snapshot;
  tensorview::StepTable metrics;
  if (engine)
  {
    p.shown = Shown(engine->status());
    snapshot = engine->snapshot();
    metrics = engine->metrics();
  }
  const tensorview::ModelDescription model = p.model ? *p.model : tensorview::ModelDescription{};
  snapshot = tensorview::shareSnapshot(controller(), snapshot, model);
  metrics.columns = tensorview::shareNames(controller(), metrics.columns);

  auto* tensors = vtkPartitionedDataSetCollection::GetData(outputVector, 0);
  tensors->Initialize();
  if (snapshot)
  {
    vtkTensorCollection::Build(
      tensors, snapshot->tensors, model, static_cast<double>(snapshot->step), snapshot->epoch);
  }
  vtkTensorTables::FillMetrics(vtkTable::GetData(outputVector, 1), metrics);
  vtkTensorTables::FillEvaluations(vtkTable::GetData(outputVector, 2),
    engine ? engine->evaluations() : std::vector<tensorview::Evaluation>{});
  vtkTensorTables::FillEdits(
    vtkTable::GetData(outputVector, 3), engine ? engine->edits() : std::vector<std::string>{});
  for (int port = 0; snapshot && port < portCount; ++port)
  {
    vtkDataObject* output = vtkDataObject::GetData(outputVector, port);
    output->GetInformation()->Set(
      vtkDataObject::DATA_TIME_STEP(), static_cast<double>(snapshot->step));
  }
  this->TellProblems();
  return 1;
}
