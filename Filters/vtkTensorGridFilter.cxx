#include "vtkTensorGridFilter.h"

#include "Core/GridLayout.h"
#include "LayerTensor.h"

vtkTensorGridFilter::vtkTensorGridFilter(const char* defaultKind)
  : vtkTensorFilter(defaultKind)
{
}

vtkTensorGridFilter::~vtkTensorGridFilter() = default;

void vtkTensorGridFilter::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Gap: " << this->Gap << "\n";
}

tensorview::GridLayout vtkTensorGridFilter::GetLayout(const LayerShape& shape) const
{
  return tensorview::layoutGrid(shape.firstFilters, shape.slots, shape.filter, { this->Gap });
}
