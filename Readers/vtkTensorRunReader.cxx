#include "vtkTensorRunReader.h"

#include "RunSession.h"
#include "SatelliteNotice.h"
#include "vtkRunModelProvider.h"
#include "vtkTensorCollection.h"
#include "vtkTensorTables.h"

#include "vtkDataArraySelection.h"
#include "vtkInformation.h"
#include "vtkInformationObjectBaseKey.h"
#include "vtkInformationVector.h"
#include "vtkMultiProcessController.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkStreamingDemandDrivenPipeline.h"
#include "vtkTable.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

vtkStandardNewMacro(vtkTensorRunReader);

namespace
{
constexpr int portCount = 4;
constexpr std::chrono::seconds lookInterval(1);
constexpr std::chrono::seconds rankPatience(5);

vtkMultiProcessController* Controller()
{
  return vtkMultiProcessController::GetGlobalController();
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
  vtkNew<vtkDataArraySelection> selection;
  SatelliteNotice notice;
  std::shared_ptr<tensorview::RunReader>
    described; ///< the run that provider and selection describe
  std::chrono::steady_clock::time_point lastLook;
  std::size_t snapshots = 0; ///< that all ranks have seen
  bool grown = true;         ///< since the tables were made
  vtkNew<vtkTable> metrics;
  vtkNew<vtkTable> evaluations;
  vtkNew<vtkTable> edits;

  void describe();
  void agreeOnSnapshots();
  void fillTables();
};

//----------------------------------------------------------------------------
void vtkTensorRunReader::Internals::describe()
{
  if (this->described == this->session.run())
  {
    return;
  }
  this->described = this->session.run();
  this->provider->SetRun(this->described);
  for (const auto& tensor : this->described->model().tensors)
  {
    const std::string name = TensorName(tensor);
    if (!this->selection->ArrayExists(name.c_str()))
    {
      this->selection->AddArray(name.c_str()); // on
    }
  }
  this->grown = true;
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::Internals::agreeOnSnapshots()
{
  tensorview::RunReader& run = *this->session.run();
  this->snapshots = run.snapshotSteps().size();
  vtkMultiProcessController* controller = Controller();
  if (!controller || controller->GetNumberOfProcesses() < 2)
  {
    return;
  }
  // A writer may have appended between the ranks' looks: all show what the root has seen.
  auto seen = static_cast<vtkIdType>(this->snapshots);
  controller->Broadcast(&seen, 1, 0);
  const auto limit = std::chrono::steady_clock::now() + rankPatience;
  while (run.snapshotSteps().size() < static_cast<std::size_t>(seen) &&
         std::chrono::steady_clock::now() < limit)
  {
    run.refresh();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  this->snapshots = std::min(run.snapshotSteps().size(), static_cast<std::size_t>(seen));
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::Internals::fillTables()
{
  if (!this->grown)
  {
    return;
  }
  const tensorview::RunReader& run = *this->session.run();
  vtkTensorTables::FillMetrics(this->metrics, run.metrics());
  vtkTensorTables::FillEvaluations(this->evaluations, run.evaluations());
  vtkTensorTables::FillEdits(this->edits, run.jsonLines("edits"));
  this->grown = false;
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
  return this->Internal->selection->GetNumberOfArrays();
}

//----------------------------------------------------------------------------
const char* vtkTensorRunReader::GetTensorArrayName(int index)
{
  return this->Internal->selection->GetArrayName(index);
}

//----------------------------------------------------------------------------
int vtkTensorRunReader::GetTensorArrayStatus(const char* name)
{
  return this->Internal->selection->ArrayIsEnabled(name);
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::SetTensorArrayStatus(const char* name, int status)
{
  auto& selection = this->Internal->selection;
  const bool known = selection->ArrayExists(name) != 0;
  if (!known || (selection->ArrayIsEnabled(name) != 0) != (status != 0))
  {
    selection->SetArraySetting(name, status);
    this->Modified();
  }
}

//----------------------------------------------------------------------------
int vtkTensorRunReader::CanReadFile(const char* fileName)
{
  return fileName && tensorview::RunReader::canRead(fileName) ? 1 : 0;
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
  try
  {
    if (!p.session.run()->refresh())
    {
      return false;
    }
  }
  catch (const std::exception& problem)
  {
    vtkWarningMacro(<< problem.what());
    return false;
  }
  p.grown = true;
  this->Modified();
  p.notice.send();
  return true;
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
  if (this->FileName.empty())
  {
    vtkErrorMacro("no file is named; set FileName to a run (.tvr)");
    return 0;
  }
  try
  {
    p.session.open(this->FileName, this->Branch);
    if (p.session.run()->refresh())
    {
      p.grown = true;
    }
    p.describe();
    p.agreeOnSnapshots();
    if (this->Follow)
    {
      const std::string obstacle = p.session.run()->followObstacle();
      if (!obstacle.empty())
      {
        vtkWarningMacro(<< obstacle);
      }
    }
  }
  catch (const std::exception& problem)
  {
    p.session.close();
    p.described.reset();
    p.provider->SetRun(nullptr);
    vtkErrorMacro(<< problem.what());
    return 0;
  }

  const auto& steps = p.session.run()->snapshotSteps();
  const std::vector<double> times(
    steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(p.snapshots));
  for (int port = 0; port < portCount; ++port)
  {
    vtkInformation* info = outputs->GetInformationObject(port);
    info->Set(vtkAlgorithm::CAN_HANDLE_PIECE_REQUEST(), 1);
    info->Set(vtkModelProvider::MODEL_PROVIDER(), p.provider);
    if (times.empty())
    {
      info->Remove(vtkStreamingDemandDrivenPipeline::TIME_STEPS());
      info->Remove(vtkStreamingDemandDrivenPipeline::TIME_RANGE());
      continue;
    }
    const double range[2] = { times.front(), times.back() };
    info->Set(
      vtkStreamingDemandDrivenPipeline::TIME_STEPS(), times.data(), static_cast<int>(times.size()));
    info->Set(vtkStreamingDemandDrivenPipeline::TIME_RANGE(), range, 2);
  }
  return 1;
}

//----------------------------------------------------------------------------
int vtkTensorRunReader::RequestData(
  vtkInformation* request, vtkInformationVector**, vtkInformationVector* outputs)
{
  auto& p = *this->Internal;
  if (!p.session.run())
  {
    vtkErrorMacro("the run could not be opened; see the message before");
    return 0;
  }
  const int port = std::max(0, request->Get(vtkExecutive::FROM_OUTPUT_PORT()));
  vtkInformation* info = outputs->GetInformationObject(port);
  using Pipeline = vtkStreamingDemandDrivenPipeline;
  int piece = 0;
  int pieces = 1;
  if (info->Has(Pipeline::UPDATE_NUMBER_OF_PIECES()))
  {
    piece = info->Get(Pipeline::UPDATE_PIECE_NUMBER());
    pieces = std::max(1, info->Get(Pipeline::UPDATE_NUMBER_OF_PIECES()));
  }
  const tensorview::RunReader& run = *p.session.run();
  try
  {
    const auto& model = run.model();
    std::vector<tensorview::TensorValues> values(model.tensors.size());
    double step = 0.0;
    double epoch = 0.0;
    std::size_t snapshot = 0;
    if (p.snapshots > 0)
    {
      const bool timed = info->Has(Pipeline::UPDATE_TIME_STEP()) && !this->Follow;
      snapshot = this->Follow
                   ? p.snapshots - 1
                   : (timed ? run.snapshotIndexAt(info->Get(Pipeline::UPDATE_TIME_STEP())) : 0);
      snapshot = std::min(snapshot, p.snapshots - 1);
      step = static_cast<double>(run.snapshotSteps()[snapshot]);
      epoch = run.snapshotEpochs()[snapshot];
    }
    for (std::size_t i = 0; i < values.size() && !this->CheckAbort(); ++i)
    {
      this->UpdateProgress(static_cast<double>(i) / static_cast<double>(values.size()));
      const bool wanted = p.snapshots > 0 && piece < pieces &&
                          p.selection->ArrayIsEnabled(TensorName(model.tensors[i]).c_str());
      if (wanted)
      {
        values[i] = p.session.tensor(i, snapshot, piece, pieces);
      }
      else
      {
        values[i].description = model.tensors[i];
      }
    }
    vtkTensorCollection::Build(
      vtkPartitionedDataSetCollection::GetData(outputs, 0), values, model, step, epoch);
    if (piece == 0)
    {
      p.fillTables();
      vtkTable::GetData(outputs, 1)->ShallowCopy(p.metrics);
      vtkTable::GetData(outputs, 2)->ShallowCopy(p.evaluations);
      vtkTable::GetData(outputs, 3)->ShallowCopy(p.edits);
    }
  }
  catch (const std::exception& problem)
  {
    vtkErrorMacro(<< problem.what());
    return 0;
  }
  return 1;
}

//----------------------------------------------------------------------------
void vtkTensorRunReader::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "FileName: " << this->FileName << "\n";
  os << indent << "Branch: " << this->Branch << "\n";
  os << indent << "Follow: " << this->Follow << "\n";
  os << indent << "RefreshToken: " << this->RefreshToken << "\n";
}
