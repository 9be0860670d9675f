#include "vtkRunModelProvider.h"

#include "Core/RunReader.h"

#include "vtkObjectFactory.h"

#include <algorithm>

vtkStandardNewMacro(vtkRunModelProvider);

//----------------------------------------------------------------------------
vtkRunModelProvider::vtkRunModelProvider()
  : Model(std::make_shared<const tensorview::ModelDescription>())
{
}

//----------------------------------------------------------------------------
vtkRunModelProvider::~vtkRunModelProvider() = default;

//----------------------------------------------------------------------------
void vtkRunModelProvider::SetRun(std::shared_ptr<const tensorview::RunReader> run)
{
  this->Runs += run == this->Run ? 0 : 1;
  this->Run = std::move(run);
  this->Model = this->Run ? std::make_shared<const tensorview::ModelDescription>(this->Run->model())
                          : std::make_shared<const tensorview::ModelDescription>();
}

//----------------------------------------------------------------------------
std::shared_ptr<const tensorview::ModelDescription> vtkRunModelProvider::GetModel()
{
  return this->Model;
}

//----------------------------------------------------------------------------
bool vtkRunModelProvider::ReadCoordinates(const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep,
  tensorview::CoordinateHistory& history)
{
  history = tensorview::CoordinateHistory();
  if (!this->Run)
  {
    return false;
  }
  try
  {
    history = this->Run->coordinates(layer, coordinates, firstStep, lastStep);
  }
  catch (const std::exception& problem)
  {
    vtkWarningMacro(<< problem.what());
  }
  return true;
}

//----------------------------------------------------------------------------
std::unique_ptr<tensorview::LayerHistory> vtkRunModelProvider::OpenHistory(const std::string& layer)
{
  return this->Run ? this->Run->layerHistory(layer) : nullptr;
}

//----------------------------------------------------------------------------
std::string vtkRunModelProvider::GetHistoryVersion()
{
  // Rows are only ever appended; what takes the place of some is another segment.
  std::string version = std::to_string(this->Runs);
  if (this->Run)
  {
    const auto& snapshots = this->Run->snapshotSteps();
    version += "/" + std::to_string(this->Run->stepCount()) + "/" +
               std::to_string(snapshots.size()) + "/" +
               std::to_string(snapshots.empty() ? -1 : snapshots.back()) + "/" +
               std::to_string(this->Run->branches().size());
  }
  return version;
}

//----------------------------------------------------------------------------
bool vtkRunModelProvider::ReadProbe(
  const std::string& layer, double step, tensorview::TensorValues& probe)
{
  if (!this->Run || this->Run->snapshotSteps().empty())
  {
    return false;
  }
  try
  {
    const auto& probes = this->Run->layout().probe;
    for (std::size_t i = 0; i < probes.size(); ++i)
    {
      if (probes[i].layer == layer)
      {
        probe = this->Run->readProbe(i, this->Run->snapshotIndexAt(step));
        return true;
      }
    }
  }
  catch (const std::exception& problem)
  {
    vtkWarningMacro(<< problem.what());
  }
  return false;
}

//----------------------------------------------------------------------------
std::vector<std::int64_t> vtkRunModelProvider::GetSnapshotSteps()
{
  return this->Run ? this->Run->snapshotSteps() : std::vector<std::int64_t>{};
}

//----------------------------------------------------------------------------
bool vtkRunModelProvider::ReadSnapshot(const std::string& layer, const std::string& kind,
  std::int64_t step, std::int64_t firstFilter, std::int64_t filterCount,
  tensorview::TensorValues& values)
{
  const std::ptrdiff_t tensor = this->Model->find(layer, kind);
  const std::vector<std::int64_t> steps = this->GetSnapshotSteps();
  const auto found = std::lower_bound(steps.begin(), steps.end(), step);
  if (tensor < 0 || found == steps.end() || *found != step)
  {
    return false;
  }
  try
  {
    values = this->Run->readTensor(static_cast<std::size_t>(tensor),
      static_cast<std::size_t>(found - steps.begin()), firstFilter, filterCount);
    return values.data != nullptr;
  }
  catch (const std::exception& problem)
  {
    vtkWarningMacro(<< problem.what());
  }
  return false;
}

//----------------------------------------------------------------------------
bool vtkRunModelProvider::OffersGram(const std::string& layer)
{
  const auto matches = [&](const tensorview::GramDescription& gram) { return gram.layer == layer; };
  return this->Run &&
         std::any_of(this->Run->layout().gram.begin(), this->Run->layout().gram.end(), matches);
}

//----------------------------------------------------------------------------
bool vtkRunModelProvider::ReadGram(
  const std::string& layer, double step, tensorview::GramMatrix& gram)
{
  if (!this->OffersGram(layer) || this->Run->snapshotSteps().empty())
  {
    return false;
  }
  try
  {
    gram = this->Run->readGram(layer, this->Run->snapshotIndexAt(step));
    return !gram.empty();
  }
  catch (const std::exception& problem)
  {
    vtkWarningMacro(<< problem.what());
  }
  return false;
}

//----------------------------------------------------------------------------
std::vector<tensorview::EditMark> vtkRunModelProvider::GetEditMarks()
{
  try
  {
    if (this->Run)
    {
      return tensorview::editMarks(this->Run->jsonLines("edits"));
    }
  }
  catch (const std::exception& problem)
  {
    vtkWarningMacro(<< problem.what());
  }
  return {};
}

//----------------------------------------------------------------------------
void vtkRunModelProvider::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Run: " << (this->Run ? this->Run->path() : "(none)") << "\n";
}
