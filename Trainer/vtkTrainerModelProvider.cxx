#include "vtkTrainerModelProvider.h"

#include "Core/Engine.h"

#include "vtkObjectFactory.h"

vtkStandardNewMacro(vtkTrainerModelProvider);

vtkTrainerModelProvider::vtkTrainerModelProvider()
{
  this->SetModel(nullptr);
}

vtkTrainerModelProvider::~vtkTrainerModelProvider() = default;

void vtkTrainerModelProvider::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "History: " << (this->Engine ? "live" : "none") << "\n";
  os << indent << "ProbeStep: " << this->ProbeStep << "\n";
}

void vtkTrainerModelProvider::SetModel(std::shared_ptr<const tensorview::ModelDescription> model)
{
  this->Model = model ? std::move(model) : std::make_shared<const tensorview::ModelDescription>();
}

void vtkTrainerModelProvider::SetEngine(std::shared_ptr<const tensorview::Engine> engine)
{
  this->Engine = std::move(engine);
}

void vtkTrainerModelProvider::SetProbe(std::vector<tensorview::TensorValues> probe, double step)
{
  this->Probe = std::move(probe);
  this->ProbeStep = step;
}

std::shared_ptr<const tensorview::ModelDescription> vtkTrainerModelProvider::GetModel()
{
  return this->Model;
}

bool vtkTrainerModelProvider::ReadCoordinates(const std::string& layer,
  const std::vector<std::int64_t>& coordinates, std::int64_t firstStep, std::int64_t lastStep,
  tensorview::CoordinateHistory& history)
{
  history = this->Engine ? this->Engine->coordinates(layer, coordinates, firstStep, lastStep)
                         : tensorview::CoordinateHistory{};
  return true;
}

bool vtkTrainerModelProvider::ReadProbe(
  const std::string& layer, double step, tensorview::TensorValues& probe)
{
  if (step != this->ProbeStep)
  {
    return false;
  }
  for (const tensorview::TensorValues& values : this->Probe)
  {
    if (values.description.layer == layer && values.data)
    {
      probe = values;
      return true;
    }
  }
  return false;
}
