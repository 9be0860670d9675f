#include "vtkRunModelProvider.h"

#include "Core/RunReader.h"

#include "vtkObjectFactory.h"

#include <algorithm>

vtkStandardNewMacro(vtkRunModelProvider);

//----------------------------------------------------------------------------
vtkRunModelProvider::vtkRunModelProvider() = default;

//----------------------------------------------------------------------------
vtkRunModelProvider::~vtkRunModelProvider() = default;

//----------------------------------------------------------------------------
void vtkRunModelProvider::SetRun(std::shared_ptr<const tensorview::RunReader> run)
{
  this->Runs += run == this->Run ? 0 : 1;
  this->Run = std::move(run);
  this->SetModel(this->Run ? &this->Run->model() : nullptr);
}

//----------------------------------------------------------------------------
tensorview::CoordinateHistory vtkRunModelProvider::Coordinates(const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep)
{
  return this->Run->coordinates(layer, coordinates, firstStep, lastStep);
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
  const auto& probes = this->Run->layout().probe;
  for (std::size_t i = 0; i < probes.size(); ++i)
  {
    if (probes[i].layer == layer)
    {
      return this->Attempt(
        [&]() { probe = this->Run->readProbe(i, this->Run->snapshotIndexAt(step)); });
    }
  }
  return false;
}

//----------------------------------------------------------------------------
std::vector<std::int64_t> vtkRunModelProvider::GetSnapshotSteps()
{
  return this->Run ? this->Run->snapshotSteps() : std::vector<std::int64_t>{};
}

//----------------------------------------------------------------------------
tensorview::TensorValues vtkRunModelProvider::Tensor(
  std::size_t tensor, std::size_t snapshot, std::int64_t firstFilter, std::int64_t filterCount)
{
  return this->Run->readTensor(tensor, snapshot, firstFilter, filterCount);
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
  return this->Attempt(
           [&]() { gram = this->Run->newestGram(layer, this->Run->snapshotIndexAt(step)); }) &&
         !gram.empty();
}

//----------------------------------------------------------------------------
std::vector<tensorview::EditMark> vtkRunModelProvider::GetEditMarks()
{
  std::vector<tensorview::EditMark> marks;
  if (this->Run)
  {
    this->Attempt([&]() { marks = tensorview::editMarks(this->Run->jsonLines("edits")); });
  }
  return marks;
}

//----------------------------------------------------------------------------
void vtkRunModelProvider::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Run: " << (this->Run ? this->Run->path() : "(none)") << "\n";
}
