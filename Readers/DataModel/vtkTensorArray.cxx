#include "vtkTensorArray.h"

#include "vtkObjectFactory.h"

#include <algorithm>
#include <cmath>

vtkStandardNewMacro(vtkTensorArray);

//----------------------------------------------------------------------------
vtkTensorArray::vtkTensorArray() = default;

//----------------------------------------------------------------------------
vtkTensorArray::~vtkTensorArray() = default;

//----------------------------------------------------------------------------
void vtkTensorArray::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Shares memory: " << (this->Owner ? "yes" : "no") << "\n";
  if (this->Known())
  {
    os << indent << "Known range: " << this->Range[0] << " to " << this->Range[1] << "\n";
  }
}

//----------------------------------------------------------------------------
void vtkTensorArray::ShareValues(std::shared_ptr<const float> values, vtkIdType count)
{
  // VTK has no arrays of constant values; nobody writes into a pipeline's data, and `save` = 1
  // keeps VTK from freeing it.
  this->SetNumberOfComponents(1);
  this->SetArray(const_cast<float*>(values.get()), count, 1);
  this->Owner = std::move(values);
  this->Modified();
}

//----------------------------------------------------------------------------
void vtkTensorArray::SetKnownRange(const tensorview::ValueRange& range)
{
  if (range.min > range.max)
  {
    return; // nothing but NaN: let VTK say what it says of such arrays
  }
  this->Range[0] = range.min;
  this->Range[1] = range.max;
  this->Range[2] = range.finiteMin;
  this->Range[3] = range.finiteMax;
  this->Modified(); // drops ranges that VTK has cached
  this->KnownAt = this->GetMTime();
}

//----------------------------------------------------------------------------
void vtkTensorArray::SetSymmetricRange(const tensorview::ValueRange& range)
{
  if (range.finiteMin > range.finiteMax)
  {
    return;
  }
  const float magnitude = std::max(std::fabs(range.finiteMin), std::fabs(range.finiteMax));
  tensorview::ValueRange symmetric;
  symmetric.min = symmetric.finiteMin = -magnitude;
  symmetric.max = symmetric.finiteMax = magnitude;
  this->SetKnownRange(symmetric);
}

//----------------------------------------------------------------------------
bool vtkTensorArray::Known()
{
  return this->KnownAt != 0 && this->GetMTime() <= this->KnownAt;
}

//----------------------------------------------------------------------------
void vtkTensorArray::ComputeRange(double range[2], int component)
{
  if (this->Known())
  {
    std::copy_n(this->Range, 2, range);
    return;
  }
  this->Superclass::ComputeRange(range, component);
}

//----------------------------------------------------------------------------
void vtkTensorArray::ComputeRange(
  double range[2], int component, const unsigned char* ghosts, unsigned char ghostsToSkip)
{
  if (!ghosts && this->Known())
  {
    std::copy_n(this->Range, 2, range);
    return;
  }
  this->Superclass::ComputeRange(range, component, ghosts, ghostsToSkip);
}

//----------------------------------------------------------------------------
void vtkTensorArray::ComputeFiniteRange(double range[2], int component)
{
  if (this->Known())
  {
    std::copy_n(this->Range + 2, 2, range);
    return;
  }
  this->Superclass::ComputeFiniteRange(range, component);
}

//----------------------------------------------------------------------------
void vtkTensorArray::ComputeFiniteRange(
  double range[2], int component, const unsigned char* ghosts, unsigned char ghostsToSkip)
{
  if (!ghosts && this->Known())
  {
    std::copy_n(this->Range + 2, 2, range);
    return;
  }
  this->Superclass::ComputeFiniteRange(range, component, ghosts, ghostsToSkip);
}
