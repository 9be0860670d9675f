#include "vtkImageGrid.h"

#include "DetailParts.h"
#include "FlatImages.h"
#include "GridLayer.h"

#include "vtkInformation.h"
#include "vtkObjectFactory.h"

vtkStandardNewMacro(vtkImageGrid);

namespace
{
/// What Look() keeps.
enum Kept : std::size_t
{
  AllPixels,
  FocusPixels,
  KeptCount
};
}

vtkImageGrid::vtkImageGrid()
  : vtkFlatGridFilter(tensorview::kinds::activation)
{
  this->SetNumberOfOutputPorts(4);
}

vtkImageGrid::~vtkImageGrid() = default;

void vtkImageGrid::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
}

int vtkImageGrid::FillOutputPortInformation(int port, vtkInformation* info)
{
  info->Set(vtkDataObject::DATA_TYPE_NAME(), port < 2 ? "vtkImageData" : "vtkPolyData");
  return 1;
}

bool vtkImageGrid::KeepsLittle(const LayerShape& shape) const
{
  return !this->GetImages(1).WholeLevel(shape, 1).exact();
}

void vtkImageGrid::Look(GridLayer& layer, const std::vector<LayerShape>& shapes)
{
  const LayerShape& shape = layer.tensor.shape;
  const FlatImages images = this->GetImages(shapes.size());
  const auto aggregate = static_cast<tensorview::Aggregate>(this->Aggregate);
  const tensorview::SlotSet focus = this->GetFocusSlots(shapes.size());
  layer.kept.resize(KeptCount);
  for (const vtkTensorCollection::Part& part : layer.tensor.parts)
  {
    layer.kept[AllPixels].push_back(DetailParts::Reduce(part, shape.filter,
      { images.WholeLevel(shape, shapes.size()) }, aggregate, layer.summary)[0]);
    if (!focus.empty())
    {
      tensorview::FiniteSummary counted;
      layer.kept[FocusPixels].push_back(DetailParts::Reduce(DetailParts::Select(part, focus, true),
        shape.filter, { images.FocusLevel(shape) }, aggregate, counted)[0]);
    }
  }
}

void vtkImageGrid::Draw(const std::vector<GridLayer>& layers, vtkInformationVector* outputVector)
{
  this->DrawImages(layers, AllPixels, FocusPixels, outputVector);
}
