#ifndef GroupingOutputs_h
#define GroupingOutputs_h

#include "Core/Correlation.h"
#include "Core/Grouping.h"
#include "LayerTensor.h"

class vtkImageData;
class vtkPartitionedDataSetCollection;
class vtkTable;

/// The three outputs of vtkPCCGrouping, as its header describes them. `slots` are the filters that
/// were correlated.
namespace GroupingOutputs
{

/// Adds `Group` to all tensors of a layer in a shallow copy of a collection; what the copy shares
/// with its original stays untouched.
void MarkGroups(vtkPartitionedDataSetCollection* collection, const std::string& layer,
  const std::vector<std::int32_t>& slots, const tensorview::Grouping& grouping);

/// @throws std::runtime_error if a slot is not one of the layer's
void WriteMatrix(vtkImageData* image, const LayerShape& shape,
  const std::vector<std::int32_t>& slots, const tensorview::Correlation& correlation,
  const tensorview::Grouping& grouping);

void WriteTable(vtkTable* table, const LayerShape& shape, const std::vector<std::int32_t>& slots,
  const tensorview::Correlation& correlation, const tensorview::Grouping& grouping);

}

#endif
