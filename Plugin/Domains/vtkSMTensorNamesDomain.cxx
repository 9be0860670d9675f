#include "vtkSMTensorNamesDomain.h"

#include "vtkDataAssembly.h"
#include "vtkObjectFactory.h"
#include "vtkPVDataInformation.h"
#include "vtkPVXMLElement.h"
#include "vtkSMPropertyHelper.h"
#include "vtkSMStringVectorProperty.h"
#include "vtkSMUncheckedPropertyHelper.h"

#include <algorithm>

vtkStandardNewMacro(vtkSMTensorNamesDomain);

namespace
{
using Tensor = std::pair<std::string, std::string>;

/// The true name: node names cannot hold every layer name.
std::string LabelOf(vtkDataAssembly* assembly, int node)
{
  return assembly->GetAttributeOrDefault(node, "label", assembly->GetNodeName(node));
}

void AppendNew(std::vector<std::string>& names, const std::string& name)
{
  if (std::find(names.begin(), names.end(), name) == names.end())
  {
    names.push_back(name);
  }
}
}

vtkSMTensorNamesDomain::vtkSMTensorNamesDomain() = default;

vtkSMTensorNamesDomain::~vtkSMTensorNamesDomain() = default;

void vtkSMTensorNamesDomain::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "AllLayers: " << this->AllLayers << "\n";
}

int vtkSMTensorNamesDomain::ReadXMLAttributes(vtkSMProperty* property, vtkPVXMLElement* element)
{
  int allLayers = 0;
  this->AllLayers = element->GetScalarAttribute("all_layers", &allLayers) && allLayers != 0;
  return this->Superclass::ReadXMLAttributes(property, element);
}

std::vector<Tensor> vtkSMTensorNamesDomain::ListTensors()
{
  std::vector<Tensor> tensors;
  vtkPVDataInformation* information = this->GetInputDataInformation("Input");
  if (vtkDataAssembly* assembly = information ? information->GetDataAssembly() : nullptr)
  {
    for (const int layer : assembly->GetChildNodes(assembly->GetRootNode(), false))
    {
      for (const int kind : assembly->GetChildNodes(layer, false))
      {
        tensors.emplace_back(LabelOf(assembly, layer), LabelOf(assembly, kind));
      }
    }
  }
  auto* announced = vtkSMStringVectorProperty::SafeDownCast(this->GetRequiredProperty("Tensors"));
  if (tensors.empty() && announced)
  {
    for (unsigned int i = 0; i + 1 < announced->GetNumberOfElements(); i += 2)
    {
      tensors.emplace_back(announced->GetElement(i), announced->GetElement(i + 1));
    }
  }
  return tensors;
}

void vtkSMTensorNamesDomain::Update(vtkSMProperty*)
{
  const std::vector<Tensor> tensors = this->ListTensors();
  vtkSMProperty* layerProperty = this->GetRequiredProperty("Layer");
  std::vector<std::string> names;
  if (layerProperty)
  {
    const char* chosen = vtkSMUncheckedPropertyHelper(layerProperty).GetAsString();
    const std::string layer = chosen ? chosen : "";
    const bool known = std::any_of(tensors.begin(), tensors.end(),
      [&layer](const Tensor& tensor) { return tensor.first == layer; });
    for (const Tensor& tensor : tensors)
    {
      if (!known || tensor.first == layer)
      {
        AppendNew(names, tensor.second);
      }
    }
  }
  else
  {
    for (const Tensor& tensor : tensors)
    {
      AppendNew(names, tensor.first);
    }
    if (this->AllLayers && names.size() > 1)
    {
      names.emplace_back("*");
    }
  }
  this->SetStrings(names);
}
