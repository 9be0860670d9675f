#include "vtkLiveTensors.h"

#include "vtkTensorCollection.h"

#include "vtkAbstractArray.h"
#include "vtkDataObject.h"
#include "vtkDataSetAttributes.h"
#include "vtkFloatArray.h"
#include "vtkImageData.h"
#include "vtkInformation.h"
#include "vtkInformationVector.h"
#include "vtkMultiProcessController.h"
#include "vtkNew.h"
#include "vtkObjectFactory.h"
#include "vtkPartitionedDataSetCollection.h"
#include "vtkPointData.h"
#include "vtkPolyData.h"
#include "vtkSmartPointer.h"
#include "vtkTable.h"
#include "vtkVariant.h"

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

vtkStandardNewMacro(vtkLiveTensors);

namespace
{

constexpr double largestExtent = 1 << 30;

/// Text or number of a row; reading what a stranger may have sent.
vtkVariant Cell(vtkTable* table, vtkIdType row, const char* column)
{
  vtkAbstractArray* array = table->GetColumnByName(column);
  if (!array || array->GetNumberOfTuples() <= row || array->GetNumberOfComponents() != 1)
  {
    throw std::runtime_error(std::string("its description has no '") + column + "'");
  }
  return table->GetValueByName(row, column);
}

std::int64_t Extent(vtkTable* table, vtkIdType row, const char* column)
{
  const double value = Cell(table, row, column).ToDouble();
  if (!(value >= 1.0 && value <= largestExtent))
  {
    throw std::runtime_error(std::string("its '") + column + "' is no extent");
  }
  return static_cast<std::int64_t>(value);
}

tensorview::TensorDescription Description(vtkTable* table, vtkIdType row)
{
  tensorview::TensorDescription tensor;
  tensor.layer = Cell(table, row, "layer").ToString();
  tensor.kind = Cell(table, row, "kind").ToString();
  tensor.layerId = Cell(table, row, "layer_id").ToInt();
  tensor.shape.filters = Extent(table, row, "filters");
  tensor.shape.channels = Extent(table, row, "channels");
  tensor.shape.rows = Extent(table, row, "rows");
  tensor.shape.columns = Extent(table, row, "columns");
  return tensor;
}

std::vector<std::int32_t> AllSlots(std::int64_t count)
{
  std::vector<std::int32_t> slots(static_cast<std::size_t>(count));
  std::iota(slots.begin(), slots.end(), 0);
  return slots;
}

/// Values of an item, shared with it; without an image the tensor has none here.
tensorview::TensorValues Values(
  const tensorview::TensorDescription& description, vtkDataObject* item)
{
  tensorview::TensorValues values;
  values.description = description;
  auto* image = vtkImageData::SafeDownCast(item);
  auto* array =
    image ? vtkFloatArray::SafeDownCast(image->GetPointData()->GetArray("value")) : nullptr;
  const tensorview::TensorShape& shape = description.shape;
  if (!array || array->GetNumberOfComponents() != 1 ||
      static_cast<double>(array->GetNumberOfValues()) !=
        static_cast<double>(shape.filters) * static_cast<double>(shape.channels) *
          static_cast<double>(shape.rows) * static_cast<double>(shape.columns))
  {
    return values;
  }
  values.shape = shape;
  values.slot = AllSlots(shape.filters);
  values.channelSlot = AllSlots(shape.channels);
  // The pointer keeps the array alive.
  values.data = std::shared_ptr<const float>(
    array->GetPointer(0), [held = vtkSmartPointer<vtkFloatArray>(array)](const float*) {});
  values.range =
    tensorview::computeRange(values.data.get(), static_cast<std::size_t>(shape.size()));
  return values;
}

} // namespace

//----------------------------------------------------------------------------
vtkLiveTensors::vtkLiveTensors() = default;

//----------------------------------------------------------------------------
vtkLiveTensors::~vtkLiveTensors() = default;

//----------------------------------------------------------------------------
int vtkLiveTensors::FillInputPortInformation(int, vtkInformation* info)
{
  info->Set(vtkAlgorithm::INPUT_REQUIRED_DATA_TYPE(), "vtkPartitionedDataSetCollection");
  return 1;
}

//----------------------------------------------------------------------------
int vtkLiveTensors::RequestData(
  vtkInformation*, vtkInformationVector** inputs, vtkInformationVector* outputs)
{
  auto* input = vtkPartitionedDataSetCollection::GetData(inputs[0], 0);
  auto* output = vtkPartitionedDataSetCollection::GetData(outputs, 0);
  output->Initialize();

  // The viewer's first rank has what came; all must have the same description.
  vtkNew<vtkTable> table;
  const unsigned int items = input ? input->GetNumberOfPartitionedDataSets() : 0;
  auto* sent = items > 0 && input->GetNumberOfPartitions(0) > 0
                 ? vtkPolyData::SafeDownCast(input->GetPartition(0, 0))
                 : nullptr;
  if (sent)
  {
    table->GetRowData()->ShallowCopy(sent->GetPointData());
  }
  else if (items > 0)
  {
    vtkErrorMacro("the input is not what a Recorder pushes (its first item describes nothing): "
                  "connect the extract of the live source 'tensors'");
  }
  vtkMultiProcessController* controller = vtkMultiProcessController::GetGlobalController();
  if (controller && controller->GetNumberOfProcesses() > 1)
  {
    controller->Broadcast(table, 0);
  }
  if (table->GetNumberOfRows() == 0)
  {
    return 1;
  }
  try
  {
    tensorview::ModelDescription model;
    std::vector<tensorview::TensorValues> values;
    for (vtkIdType row = 0; row < table->GetNumberOfRows(); ++row)
    {
      model.tensors.push_back(Description(table, row));
      const tensorview::TensorDescription& tensor = model.tensors.back();
      if (model.layers.empty() || model.layers.back().name != tensor.layer)
      {
        model.layers.push_back(
          { tensor.layerId, tensor.layer, Cell(table, row, "type").ToString(), {} });
      }
      const auto item = static_cast<unsigned int>(row) + 1;
      const bool here = sent && item < items && input->GetNumberOfPartitions(item) > 0;
      values.push_back(Values(tensor, here ? input->GetPartitionAsDataObject(item, 0) : nullptr));
    }
    vtkTensorCollection::Build(
      output, values, model, Cell(table, 0, "step").ToDouble(), Cell(table, 0, "epoch").ToDouble());
  }
  catch (const std::exception& problem)
  {
    output->Initialize();
    vtkErrorMacro("the input is not what a Recorder pushes: " << problem.what());
  }
  return 1;
}

//----------------------------------------------------------------------------
void vtkLiveTensors::PrintSelf(ostream& os, vtkIndent indent)
{
  this->Superclass::PrintSelf(os, indent);
}
