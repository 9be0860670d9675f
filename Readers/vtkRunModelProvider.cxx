#include "vtkRunModelProvider.h"

#include "Core/RunReader.h"

#include "vtkObjectFactory.h"

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
void vtkRunModelProvider::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Run: " << (this->Run ? this->Run->path() : "(none)") << "\n";
}
