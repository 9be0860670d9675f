#include "vtkImageGrid.h"

#include "GridArrays.h"
#include "LayerTensor.h"
#include "RankExchange.h"

#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkInformationVector.h"
#include "vtkObjectFactory.h"

vtkStandardNewMacro(vtkImageGrid);

namespace
{
std::vector<tensorview::ValueScale> Scales(
  const tensorview::FilterValues& filters, const tensorview::FiniteRange& layer, int mode)
{
  std::vector<tensorview::ValueScale> scales;
  if (mode == vtkImageGrid::NORMALIZE_LAYER)
  {
    scales.assign(filters.filters, tensorview::unitScale(layer));
  }
  else if (mode == vtkImageGrid::NORMALIZE_WINDOW)
  {
    const std::size_t size = filters.filterSize();
    for (std::size_t i = 0; i < filters.filters; ++i)
    {
      scales.push_back(
        tensorview::unitScale(tensorview::finiteRange(filters.values + i * size, size)));
    }
  }
  return scales;
}
}

vtkImageGrid::vtkImageGrid()
  : vtkTensorGridFilter(tensorview::kinds::activation)
{
}

vtkImageGrid::~vtkImageGrid() = default;

void vtkImageGrid::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
  os << indent << "Normalization: " << this->Normalization << "\n";
}

int vtkImageGrid::FillOutputPortInformation(int, vtkInformation* info)
{
  info->Set(vtkDataObject::DATA_TYPE_NAME(), "vtkImageData");
  return 1;
}

void vtkImageGrid::Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  const auto shape = DescribeTensor(inputVector[0]->GetInformationObject(0), this->GetTensorName());
  if (shape)
  {
    GridArrays::PromiseImage(outputVector->GetInformationObject(0), this->GetLayout(*shape));
  }
}

void vtkImageGrid::Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector)
{
  LayerTensor tensor;
  if (!this->Pick(inputVector, tensor))
  {
    return;
  }
  GridArrays::ImageContent content;
  content.layout = this->GetLayout(tensor.shape);
  GridArrays::PromiseImage(outputVector->GetInformationObject(0), content.layout);
  const vtkTensorCollection::Part all = RankExchange::Gather(tensor.parts, false);
  if (!RankExchange::IsRoot())
  {
    return;
  }
  const bool scaled = this->Normalization != NORMALIZE_NONE;
  const tensorview::FiniteRange range = GridArrays::RangeOf({ all });
  content.layerId = tensor.shape.layerId;
  content.kind = tensor.shape.kind;
  content.filters = ViewOf(all);
  content.scales = Scales(content.filters, range, this->Normalization);
  content.symmetric = !scaled && GridArrays::IsSymmetric(tensor.shape.kind);
  content.range = scaled && !range.empty() ? tensorview::FiniteRange{ 0.0F, 1.0F } : range;
  content.group = all.group;
  content.channels = tensor.shape.filter.channels;
  content.removed = tensor.removed;
  GridArrays::DrawImage(vtkImageData::GetData(outputVector, 0), content);
}
