#include "vtkFlatGridFilter.h"

#include "FlatImages.h"

#include "vtkInformationVector.h"

vtkFlatGridFilter::vtkFlatGridFilter(const char* defaultKind)
  : vtkTensorGridFilter(defaultKind)
{
}

vtkFlatGridFilter::~vtkFlatGridFilter() = default;

void vtkFlatGridFilter::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "MaximumPixels: " << this->MaximumPixels << "\n";
  os << indent << "Aggregate: " << this->Aggregate << "\n";
  os << indent << "Normalization: " << this->Normalization << "\n";
  os << indent << "ImagePort: " << this->ImagePort << "\n";
}

void vtkFlatGridFilter::Promise(
  vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  const std::vector<LayerShape> shapes =
    DescribeTensors(inputVector[0]->GetInformationObject(0), this->GetTensorName());
  this->GetImages(shapes.size())
    .Promise(shapes, outputVector->GetInformationObject(this->ImagePort),
      outputVector->GetInformationObject(this->ImagePort + 1));
}

FlatImages vtkFlatGridFilter::GetImages(std::size_t layers) const
{
  FlatImages::Options options;
  options.maximumPixels = this->MaximumPixels;
  options.aggregate = static_cast<tensorview::Aggregate>(this->Aggregate);
  options.normalization = static_cast<tensorview::Normalization>(this->Normalization);
  options.focus = this->GetFocusSlots(layers);
  options.focusOnly = this->FocusOnly;
  options.inSlotOrder = this->Order == ORDER_SLOT;
  options.layout = [this](const LayerShape& shape) { return this->GetLayout(shape); };
  return FlatImages(options);
}

void vtkFlatGridFilter::DrawImages(const std::vector<GridLayer>& layers, std::size_t keptWhole,
  std::size_t keptFocus, vtkInformationVector* outputVector)
{
  this->AddNote(
    this->GetImages(layers.size())
      .Draw(layers, keptWhole, keptFocus, outputVector->GetInformationObject(this->ImagePort),
        outputVector->GetInformationObject(this->ImagePort + 1)));
}
