#include "vtkFileModelProvider.h"

#include "Core/NetworkSeries.h"

#include "vtkObjectFactory.h"

#include <algorithm>

vtkStandardNewMacro(vtkFileModelProvider);

//----------------------------------------------------------------------------
vtkFileModelProvider::vtkFileModelProvider()
  : Model(std::make_shared<const tensorview::ModelDescription>())
{
}

//----------------------------------------------------------------------------
vtkFileModelProvider::~vtkFileModelProvider() = default;

//----------------------------------------------------------------------------
void vtkFileModelProvider::SetSeries(std::shared_ptr<tensorview::NetworkSeries> series)
{
  if (series == this->Series)
  {
    return;
  }
  ++this->SeriesSeen;
  this->Series = std::move(series);
  this->Model = this->Series ? std::make_shared<const tensorview::ModelDescription>(
                                 this->Series->network().model)
                             : std::make_shared<const tensorview::ModelDescription>();
}

//----------------------------------------------------------------------------
std::shared_ptr<const tensorview::ModelDescription> vtkFileModelProvider::GetModel()
{
  return this->Model;
}

//----------------------------------------------------------------------------
bool vtkFileModelProvider::ReadCoordinates(const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep,
  tensorview::CoordinateHistory& history)
{
  history = tensorview::CoordinateHistory();
  if (!this->Series)
  {
    return false;
  }
  try
  {
    history = this->Series->coordinates(layer, coordinates, firstStep, lastStep);
  }
  catch (const std::exception& problem)
  {
    vtkWarningMacro(<< problem.what());
  }
  return true;
}

//----------------------------------------------------------------------------
std::unique_ptr<tensorview::LayerHistory> vtkFileModelProvider::OpenHistory(
  const std::string& layer)
{
  return this->Series ? this->Series->history(layer) : nullptr;
}

//----------------------------------------------------------------------------
std::string vtkFileModelProvider::GetHistoryVersion()
{
  return std::to_string(this->SeriesSeen);
}

//----------------------------------------------------------------------------
std::vector<std::int64_t> vtkFileModelProvider::GetSnapshotSteps()
{
  return this->Series ? this->Series->files().steps : std::vector<std::int64_t>{};
}

//----------------------------------------------------------------------------
bool vtkFileModelProvider::ReadSnapshot(const std::string& layer, const std::string& kind,
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
    values = this->Series->read(static_cast<std::size_t>(tensor),
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
void vtkFileModelProvider::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent
     << "Files: " << (this->Series ? this->Series->files().paths.size() : std::size_t{ 0 }) << "\n";
}
