#include "vtkFileModelProvider.h"

#include "Core/NetworkSeries.h"

#include "vtkObjectFactory.h"

vtkStandardNewMacro(vtkFileModelProvider);

//----------------------------------------------------------------------------
vtkFileModelProvider::vtkFileModelProvider() = default;

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
  this->SetModel(this->Series ? &this->Series->network().model : nullptr);
}

//----------------------------------------------------------------------------
tensorview::CoordinateHistory vtkFileModelProvider::Coordinates(const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep)
{
  return this->Series->coordinates(layer, coordinates, firstStep, lastStep);
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
tensorview::TensorValues vtkFileModelProvider::Tensor(
  std::size_t tensor, std::size_t snapshot, std::int64_t firstFilter, std::int64_t filterCount)
{
  return this->Series->read(tensor, snapshot, firstFilter, filterCount);
}

//----------------------------------------------------------------------------
void vtkFileModelProvider::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent
     << "Files: " << (this->Series ? this->Series->files().paths.size() : std::size_t{ 0 }) << "\n";
}
