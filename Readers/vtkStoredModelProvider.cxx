#include "vtkStoredModelProvider.h"

#include <algorithm>

//----------------------------------------------------------------------------
vtkStoredModelProvider::vtkStoredModelProvider()
  : Model(std::make_shared<const tensorview::ModelDescription>())
{
}

//----------------------------------------------------------------------------
vtkStoredModelProvider::~vtkStoredModelProvider() = default;

//----------------------------------------------------------------------------
void vtkStoredModelProvider::SetModel(const tensorview::ModelDescription* model)
{
  this->HasFiles = model != nullptr;
  this->Model = model ? std::make_shared<const tensorview::ModelDescription>(*model)
                      : std::make_shared<const tensorview::ModelDescription>();
}

//----------------------------------------------------------------------------
bool vtkStoredModelProvider::Attempt(const std::function<void()>& read)
{
  try
  {
    read();
    return true;
  }
  catch (const std::exception& problem)
  {
    vtkWarningMacro(<< problem.what());
    return false;
  }
}

//----------------------------------------------------------------------------
bool vtkStoredModelProvider::ReadCoordinates(const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep,
  tensorview::CoordinateHistory& history)
{
  history = tensorview::CoordinateHistory();
  if (!this->HasFiles)
  {
    return false;
  }
  this->Attempt([&]() { history = this->Coordinates(layer, coordinates, firstStep, lastStep); });
  return true;
}

//----------------------------------------------------------------------------
bool vtkStoredModelProvider::ReadSnapshot(const std::string& layer, const std::string& kind,
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
  const auto snapshot = static_cast<std::size_t>(found - steps.begin());
  return this->Attempt(
           [&]() {
             values =
               this->Tensor(static_cast<std::size_t>(tensor), snapshot, firstFilter, filterCount);
           }) &&
         values.data != nullptr;
}
