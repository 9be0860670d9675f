#include "vtkTensorRunReader.h"

#include "Core/OutsideTraining.h"
#include "RunSession.h"
#include "SatelliteNotice.h"
#include "vtkRunModelProvider.h"
#include "vtkTensorCollection.h"
#include "vtkTensorTables.h"

#include "vtkCommunicator.h"
#include "vtkInformation.h"
#include "vtkInformationDoubleVectorKey.h"
#include "vtkInformationIntegerKey.h"
#include "vtkInformationObjectBaseKey.h"
#include "vtkInformationVector.h"
#include "vtkMultiProcessController.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkStringArray.h"
#include "vtkTable.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

vtkStandardNewMacro(vtkTensorRunReader);

namespace
{
using Pipeline = vtkStreamingDemandDrivenPipeline;

constexpr int portCount = 4;
constexpr std::chrono::seconds lookInterval(1);
constexpr std::chrono::seconds rankPatience(5);

vtkMultiProcessController* Controller()
{
  vtkMultiProcessController* controller = vtkMultiProcessController::GetGlobalController();
  return controller && controller->GetNumberOfProcesses() > 1 ? controller : nullptr;
}

/// Collective: is it true on every rank?
bool OnAllRanks(bool here)
{
  int all = here ? 1 : 0;
  if (vtkMultiProcessController* controller = Controller())
  {
    const int mine = all;
    controller->AllReduce(&mine, &all, 1, vtkCommunicator::MIN_OP);
  }
  return all != 0;
}

/// A change of this rank's, in words; empty if it went well. The others take part in what follows
/// whatever happens here, so nothing is thrown.
template <typename Action>
std::string ProblemOf(Action&& action)
{
  try
  {
    action();
    return {};
  }
  catch (const std::exception& problem)
  {
    return problem.what();
  }
}

std::string TensorName(const tensorview::TensorDescription& tensor)
{
  return tensor.layer + "/" + tensor.kind;
}
}

struct vtkTensorRunReader::Internals
{
  explicit Internals(vtkTensorRunReader* self)
    : notice(Controller(), self)
  {
  }

  tensorview::RunSession session;
  vtkNew<vtkRunModelProvider> provider;
  std::set<std::string> unselected;
  std::vector<std::string> tensorNames; ///< of the open run
  vtkNew<vtkStringArray> branches;
  SatelliteNotice notice;
  tensorview::OutsideTraining outside;
  vtkNew<vtkStringArray> offers;
  std::shared_ptr<tensorview::RunReader> described; ///< the run that all this describes
  std::set<std::string> warned;                     ///< of problems and obstacles
  std::chrono::steady_clock::time_point lastLook;
  std::size_t snapshots = 0; ///< that all ranks have seen
  bool grown = true;         ///< since the tables were made
  vtkNew<vtkTable> metrics;
  vtkNew<vtkTable> evaluations;
  vtkNew<vtkTable> edits;

  void describe(bool changed);
  void forget();
  void agreeOnSnapshots();
  std::size_t snapshotFor(vtkInformation* request, bool follow) const;
};

//----------------------------------------------------------------------------
void vtkTensorRunReader::Internals::describe(bool changed)
{
  this->grown = this->grown || changed;
  if (!changed && this->described == this->session.run())
  {
    return;
  }
  if (this->described != this->session.run())
  {
    this->warned.clear();
  }
  this->grown = true;
  this->described = this->session.run();
  this->provider->SetRun(this->described);
  this->tensorNames.clear();
  for (const auto& tensor : this->described->model().tensors)
  {
    this->tensorNames.push_back(TensorName(tensor));
  }
  this->branches->Initialize();
  for (const std::string& branch : this->described->branches())
  {
    this->branches->InsertNextValue(branch);
  }
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::Internals::forget()
{
  this->session.close();
  this->described.reset();
  this->provider->SetRun(nullptr);
  this->tensorNames.clear();
  this->branches->Initialize();
  this->snapshots = 0;
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::Internals::agreeOnSnapshots()
{
  tensorview::RunReader& run = *this->session.run();
  this->snapshots = run.snapshotSteps().size();
  vtkMultiProcessController* controller = Controller();
  if (!controller)
  {
    return;
  }
  // A writer may have appended between the ranks' looks: all show what the root has seen.
  vtkIdType seen[2] = { static_cast<vtkIdType>(this->snapshots),
    static_cast<vtkIdType>(run.model().tensors.size()) };
  controller->Broadcast(seen, 2, 0);
  const auto behind = [&]()
  {
    return run.snapshotSteps().size() < static_cast<std::size_t>(seen[0]) ||
           run.model().tensors.size() != static_cast<std::size_t>(seen[1]);
  };
  std::string problem;
  const auto limit = std::chrono::steady_clock::now() + rankPatience;
  while (problem.empty() && behind() && std::chrono::steady_clock::now() < limit)
  {
    problem = ProblemOf([&]() { run.refresh(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (problem.empty() && behind())
  {
    problem = "the run " + run.path() + " looks different to the ranks of the server";
  }
  if (!OnAllRanks(problem.empty()))
  {
    throw std::runtime_error(problem.empty() ? "another rank cannot follow the run" : problem);
  }
  this->snapshots = static_cast<std::size_t>(seen[0]);
  this->provider->SetRun(this->described);
}

//----------------------------------------------------------------------------
std::size_t vtkTensorRunReader::Internals::snapshotFor(vtkInformation* request, bool follow) const
{
  const std::size_t newest = this->snapshots - 1;
  if (follow)
  {
    return newest;
  }
  if (!request->Has(Pipeline::UPDATE_TIME_STEP()))
  {
    return 0;
  }
  const double time = request->Get(Pipeline::UPDATE_TIME_STEP());
  return std::min(newest, this->session.run()->snapshotIndexAt(time));
}

//----------------------------------------------------------------------------
vtkTensorRunReader::vtkTensorRunReader()
  : Internal(new Internals(this))
{
  this->SetNumberOfInputPorts(0);
  this->SetNumberOfOutputPorts(portCount);
}

//----------------------------------------------------------------------------
vtkTensorRunReader::~vtkTensorRunReader() = default;

//----------------------------------------------------------------------------
void vtkTensorRunReader::SetFileName(const char* fileName)
{
  const std::string name = fileName ? fileName : "";
  if (name != this->FileName)
  {
    this->FileName = name;
    this->Internal->outside.setRun(name);
    this->Modified();
  }
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::SetBranch(const char* branch)
{
  const std::string name = branch ? branch : "";
  if (name != this->Branch)
  {
    this->Branch = name;
    this->Modified();
  }
}

//----------------------------------------------------------------------------
vtkStringArray* vtkTensorRunReader::GetBranches()
{
  return this->Internal->branches;
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::SetFollow(int follow)
{
  if (follow != this->Follow)
  {
    this->Follow = follow;
    this->Modified();
  }
}

//----------------------------------------------------------------------------
int vtkTensorRunReader::GetNumberOfTensorArrays()
{
  return static_cast<int>(this->Internal->tensorNames.size());
}

//----------------------------------------------------------------------------
const char* vtkTensorRunReader::GetTensorArrayName(int index)
{
  const auto& names = this->Internal->tensorNames;
  const bool known = index >= 0 && static_cast<std::size_t>(index) < names.size();
  return known ? names[static_cast<std::size_t>(index)].c_str() : nullptr;
}

//----------------------------------------------------------------------------
int vtkTensorRunReader::GetTensorArrayStatus(const char* name)
{
  return name && this->Internal->unselected.count(name) == 0 ? 1 : 0;
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::SetTensorArrayStatus(const char* name, int status)
{
  if (!name)
  {
    return;
  }
  auto& unselected = this->Internal->unselected;
  const bool changed = status != 0 ? unselected.erase(name) != 0 : unselected.insert(name).second;
  if (changed)
  {
    this->Modified();
  }
}

//----------------------------------------------------------------------------
int vtkTensorRunReader::CanReadFile(const char* fileName)
{
  // A damaged run is taken, too: updating tells what is wrong with it, while ParaView would only
  // ask for another reader.
  const std::filesystem::path path = fileName ? fileName : "";
  std::error_code ignored;
  const bool named = path.extension() == ".tvr" && std::filesystem::is_regular_file(path, ignored);
  return named || (fileName && tensorview::RunReader::canRead(path.string())) ? 1 : 0;
}

//----------------------------------------------------------------------------
bool vtkTensorRunReader::GetNeedsUpdate()
{
  const auto now = std::chrono::steady_clock::now();
  auto& p = *this->Internal;
  if (!this->Follow || !p.session.run() || now - p.lastLook < lookInterval)
  {
    return false;
  }
  p.lastLook = now;
  bool grown = false;
  const std::string problem = ProblemOf([&]() { grown = p.session.refresh(); });
  if (!problem.empty())
  {
    vtkWarningMacro(<< problem);
  }
  if (!grown)
  {
    return false;
  }
  ProblemOf([&]() { p.describe(true); });
  this->Modified();
  p.notice.send();
  return true;
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::Command(const std::string& command, double value)
{
  vtkMultiProcessController* controller = Controller();
  if (controller && controller->GetLocalProcessId() != 0)
  {
    return; // a command reaches every rank, and the training once
  }
  auto& outside = this->Internal->outside;
  outside.send(command, value > 0.0 ? std::make_optional(value) : std::nullopt);
  if (outside.answer().state == "failed")
  {
    vtkErrorMacro(<< "'" << command << "' was not given: " << outside.answer().reason);
  }
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::Start()
{
  this->Command("resume", 0.0);
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::Pause()
{
  this->Command("pause", 0.0);
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::Stop()
{
  this->Command("stop", 0.0);
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::SetLearningRate(double rate)
{
  this->LearningRate = rate;
  if (rate > 0.0 && this->Internal->session.run() && rate != this->GetLearningRateInUse())
  {
    this->Command("learning_rate", rate);
  }
}

//----------------------------------------------------------------------------
const char* vtkTensorRunReader::GetState()
{
  return this->Internal->outside.look().state.c_str();
}

//----------------------------------------------------------------------------
const char* vtkTensorRunReader::GetMessage()
{
  return this->Internal->outside.look().message.c_str();
}

//----------------------------------------------------------------------------
vtkStringArray* vtkTensorRunReader::GetOffers()
{
  const std::pair<const char*, const char*> names[] = { { "resume", "Start" }, { "pause", "Pause" },
    { "stop", "Stop" }, { "learning_rate", "LearningRate" } };
  const tensorview::OutsideState& state = this->Internal->outside.look();
  vtkStringArray* offers = this->Internal->offers;
  offers->Initialize();
  for (const auto& [command, property] : names)
  {
    if (state.offersCommand(command))
    {
      offers->InsertNextValue(property);
    }
  }
  return offers;
}

//----------------------------------------------------------------------------
vtkIdType vtkTensorRunReader::GetStep()
{
  return this->Internal->outside.look().step;
}

//----------------------------------------------------------------------------
double vtkTensorRunReader::GetLoss()
{
  return this->Internal->outside.look().loss;
}

//----------------------------------------------------------------------------
double vtkTensorRunReader::GetAccuracy()
{
  return this->Internal->outside.look().accuracy;
}

//----------------------------------------------------------------------------
double vtkTensorRunReader::GetLearningRateInUse()
{
  return this->Internal->outside.look().learningRate;
}

//----------------------------------------------------------------------------
int vtkTensorRunReader::GetCommandId()
{
  return this->Internal->outside.answer().number;
}

//----------------------------------------------------------------------------
const char* vtkTensorRunReader::GetCommandState()
{
  this->Internal->outside.look();
  return this->Internal->outside.answer().state.c_str();
}

//----------------------------------------------------------------------------
const char* vtkTensorRunReader::GetCommandReason()
{
  this->Internal->outside.look();
  return this->Internal->outside.answer().reason.c_str();
}

//----------------------------------------------------------------------------
vtkIdType vtkTensorRunReader::GetNumberOfTensorsRead() const
{
  return this->Internal->session.reads();
}

//----------------------------------------------------------------------------
int vtkTensorRunReader::FillOutputPortInformation(int port, vtkInformation* info)
{
  info->Set(
    vtkDataObject::DATA_TYPE_NAME(), port == 0 ? "vtkPartitionedDataSetCollection" : "vtkTable");
  return 1;
}

//----------------------------------------------------------------------------
vtkTypeBool vtkTensorRunReader::ProcessRequest(
  vtkInformation* request, vtkInformationVector** inputs, vtkInformationVector* outputs)
{
  if (request->Has(Pipeline::REQUEST_DATA_NOT_GENERATED()))
  {
    // Tensors or tables, whichever port was asked; both for a request to no port in particular.
    const int asked = request->Get(vtkExecutive::FROM_OUTPUT_PORT());
    for (int port = 0; asked >= 0 && port < portCount; ++port)
    {
      if ((port == 0) != (asked == 0))
      {
        outputs->GetInformationObject(port)->Set(Pipeline::DATA_NOT_GENERATED(), 1);
      }
    }
    return 1;
  }
  return this->Superclass::ProcessRequest(request, inputs, outputs);
}

//----------------------------------------------------------------------------
int vtkTensorRunReader::RequestDataObject(
  vtkInformation*, vtkInformationVector**, vtkInformationVector* outputs)
{
  if (!vtkPartitionedDataSetCollection::GetData(outputs, 0))
  {
    vtkNew<vtkPartitionedDataSetCollection> tensors;
    outputs->GetInformationObject(0)->Set(vtkDataObject::DATA_OBJECT(), tensors);
  }
  for (int port = 1; port < portCount; ++port)
  {
    if (!vtkTable::GetData(outputs, port))
    {
      vtkNew<vtkTable> table;
      outputs->GetInformationObject(port)->Set(vtkDataObject::DATA_OBJECT(), table);
    }
  }
  return 1;
}

//----------------------------------------------------------------------------
int vtkTensorRunReader::RequestInformation(
  vtkInformation*, vtkInformationVector**, vtkInformationVector* outputs)
{
  auto& p = *this->Internal;
  for (int port = 0; port < portCount; ++port)
  {
    vtkInformation* info = outputs->GetInformationObject(port);
    info->Set(vtkAlgorithm::CAN_HANDLE_PIECE_REQUEST(), 1);
    info->Set(vtkModelProvider::MODEL_PROVIDER(), p.provider);
  }
  vtkInformation* info = outputs->GetInformationObject(0);
  info->Remove(Pipeline::TIME_STEPS());
  info->Remove(Pipeline::TIME_RANGE());
  // What cannot be read is told once, here, and is empty: a failure (0) would make the pipeline add
  // messages of its own at every update.
  if (this->FileName.empty())
  {
    p.forget();
    vtkErrorMacro("no file is named; set FileName to a run (.tvr)");
    return 1;
  }
  std::string problem = ProblemOf(
    [&]()
    {
      p.session.open(this->FileName, this->Branch);
      p.describe(p.session.refresh());
    });
  if (!OnAllRanks(problem.empty()))
  {
    problem = problem.empty() ? "another rank cannot read " + this->FileName : problem;
  }
  else
  {
    problem = ProblemOf([&]() { p.agreeOnSnapshots(); });
  }
  if (!problem.empty())
  {
    p.forget();
    vtkErrorMacro(<< problem);
    return 1;
  }

  std::vector<std::string> warnings = p.session.run()->problems();
  if (this->Follow)
  {
    warnings.push_back(p.session.run()->followObstacle());
  }
  for (const std::string& warning : warnings)
  {
    if (!warning.empty() && p.warned.insert(warning).second)
    {
      vtkWarningMacro(<< warning);
    }
  }

  if (p.snapshots > 0)
  {
    const auto first = p.session.run()->snapshotSteps().begin();
    const std::vector<double> times(first, first + static_cast<std::ptrdiff_t>(p.snapshots));
    const double range[2] = { times.front(), times.back() };
    info->Set(Pipeline::TIME_STEPS(), times.data(), static_cast<int>(times.size()));
    info->Set(Pipeline::TIME_RANGE(), range, 2);
  }
  return 1;
}

//----------------------------------------------------------------------------
int vtkTensorRunReader::RequestData(
  vtkInformation* request, vtkInformationVector**, vtkInformationVector* outputs)
{
  const int port = request->Get(vtkExecutive::FROM_OUTPUT_PORT());
  const auto clear = [&]()
  {
    for (int i = port <= 0 ? 0 : 1; i < (port == 0 ? 1 : portCount); ++i)
    {
      vtkDataObject::GetData(outputs, i)->Initialize();
    }
  };
  if (!this->Internal->session.run())
  {
    clear(); // RequestInformation has said why
    return 1;
  }
  const std::string problem = ProblemOf(
    [&]()
    {
      if (port <= 0)
      {
        this->FillTensors(outputs);
      }
      if (port != 0)
      {
        this->FillTables(outputs, std::max(port, 1));
      }
    });
  if (!problem.empty())
  {
    clear();
    vtkErrorMacro(<< problem);
  }
  return 1;
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::FillTensors(vtkInformationVector* outputs)
{
  auto& p = *this->Internal;
  vtkInformation* info = outputs->GetInformationObject(0);
  auto* output = vtkPartitionedDataSetCollection::GetData(outputs, 0);
  const tensorview::RunReader& run = *p.session.run();
  const tensorview::ModelDescription& model = run.model();
  const std::size_t count = model.tensors.size();
  std::vector<tensorview::TensorValues> values(count);
  for (std::size_t i = 0; i < count; ++i)
  {
    values[i].description = model.tensors[i];
  }
  if (p.snapshots == 0)
  {
    vtkTensorCollection::Build(output, values, model, 0.0, 0.0);
    return;
  }

  int piece = 0;
  int pieces = 1;
  if (info->Has(Pipeline::UPDATE_NUMBER_OF_PIECES()))
  {
    piece = info->Get(Pipeline::UPDATE_PIECE_NUMBER());
    pieces = std::max(1, info->Get(Pipeline::UPDATE_NUMBER_OF_PIECES()));
  }
  const std::size_t snapshot = p.snapshotFor(info, this->Follow != 0);
  const std::vector<bool> requested = vtkTensorCollection::Requested(info, count);
  for (std::size_t i = 0; i < count && !this->CheckAbort(); ++i)
  {
    this->UpdateProgress(static_cast<double>(i) / static_cast<double>(count));
    const bool wanted = requested[i] || p.session.holds(i, snapshot, piece, pieces);
    if (wanted && piece < pieces && this->GetTensorArrayStatus(p.tensorNames[i].c_str()))
    {
      values[i] = p.session.tensor(i, snapshot, piece, pieces);
    }
  }
  vtkTensorCollection::Build(output, values, model,
    static_cast<double>(run.snapshotSteps()[snapshot]), run.snapshotEpochs()[snapshot]);
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::FillTables(vtkInformationVector* outputs, int asked)
{
  auto& p = *this->Internal;
  const tensorview::RunReader& run = *p.session.run();
  vtkInformation* info = outputs->GetInformationObject(asked);
  if (info->Has(Pipeline::UPDATE_PIECE_NUMBER()) && info->Get(Pipeline::UPDATE_PIECE_NUMBER()) > 0)
  {
    // The columns alone, so that the ranks' tables can be joined.
    tensorview::StepTable metrics;
    metrics.columns = run.layout().metricColumns;
    vtkTensorTables::FillMetrics(vtkTable::GetData(outputs, 1), metrics);
    vtkTensorTables::FillEvaluations(vtkTable::GetData(outputs, 2), {});
    vtkTensorTables::FillEdits(vtkTable::GetData(outputs, 3), {});
    return;
  }
  if (p.grown)
  {
    vtkTensorTables::FillMetrics(p.metrics, run.metrics());
    vtkTensorTables::FillEvaluations(p.evaluations, run.evaluations());
    vtkTensorTables::FillEdits(p.edits, run.jsonLines("edits"));
    p.grown = false;
  }
  vtkTable::GetData(outputs, 1)->ShallowCopy(p.metrics);
  vtkTable::GetData(outputs, 2)->ShallowCopy(p.evaluations);
  vtkTable::GetData(outputs, 3)->ShallowCopy(p.edits);
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "FileName: " << this->FileName << "\n";
  os << indent << "Branch: " << this->Branch << "\n";
  os << indent << "Follow: " << this->Follow << "\n";
  os << indent << "RefreshToken: " << this->RefreshToken << "\n";
  os << indent << "LearningRate: " << this->LearningRate << "\n";
  os << indent << "Snapshots: " << this->Internal->snapshots << "\n";
}
