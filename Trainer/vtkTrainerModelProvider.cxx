#include "vtkTrainerModelProvider.h"

#include "Core/Engine.h"

#include "vtkObjectFactory.h"

#include <algorithm>
#include <cmath>

vtkStandardNewMacro(vtkTrainerModelProvider);

namespace
{

bool HasLayer(const tensorview::ModelDescription& model, const std::string& layer)
{
  return std::any_of(model.layers.begin(), model.layers.end(),
    [&](const tensorview::LayerDescription& description) { return description.name == layer; });
}

}

vtkTrainerModelProvider::vtkTrainerModelProvider()
{
  this->SetModel(nullptr);
}

vtkTrainerModelProvider::~vtkTrainerModelProvider() = default;

void vtkTrainerModelProvider::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "History: " << (this->Engine ? "live" : "none") << "\n";
}

void vtkTrainerModelProvider::SetModel(std::shared_ptr<const tensorview::ModelDescription> model)
{
  this->Model = model ? std::move(model) : std::make_shared<const tensorview::ModelDescription>();
}

void vtkTrainerModelProvider::SetEngine(std::shared_ptr<tensorview::Engine> engine)
{
  this->Engine = std::move(engine);
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

std::shared_ptr<const tensorview::ProbeResult> vtkTrainerModelProvider::AskProbe(
  const std::string& layer, double step)
{
  const bool isStep = step >= 0.0 && step < 9e15 && step == std::floor(step);
  return this->Engine && isStep && HasLayer(*this->Model, layer)
           ? this->Engine->probe(layer, static_cast<std::int64_t>(step), this->GetPatience())
           : nullptr;
}

bool vtkTrainerModelProvider::ReadProbe(
  const std::string& layer, double step, tensorview::TensorValues& probe)
{
  const std::shared_ptr<const tensorview::ProbeResult> result = this->AskProbe(layer, step);
  for (std::size_t i = 0; result && i < result->outputs.size(); ++i)
  {
    if (result->outputs[i].description.layer == layer)
    {
      probe = result->outputs[i];
      return true;
    }
  }
  return false;
}

bool vtkTrainerModelProvider::OffersGram(const std::string& layer)
{
  const std::ptrdiff_t weight = this->Model->find(layer, tensorview::kinds::weight);
  return weight >= 0 && this->Model->tensors[static_cast<std::size_t>(weight)].shape.filters <=
                          tensorview::largestGram;
}

bool vtkTrainerModelProvider::ReadGram(
  const std::string& layer, double step, tensorview::GramMatrix& gram)
{
  const std::shared_ptr<const tensorview::ProbeResult> result = this->AskProbe(layer, step);
  for (std::size_t i = 0; result && i < result->gram.size(); ++i)
  {
    if (result->gram[i].layer == layer)
    {
      gram = result->gram[i];
      return true;
    }
  }
  return false;
}

std::vector<tensorview::EditMark> vtkTrainerModelProvider::GetEditMarks()
{
  return this->Engine ? tensorview::editMarks(this->Engine->edits())
                      : std::vector<tensorview::EditMark>();
}
