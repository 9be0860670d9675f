#ifndef GroupingOutputs_h
#define GroupingOutputs_h

#include "Core/Correlation.h"
#include "Core/Grouping.h"
#include "LayerTensor.h"

#include <cstdint>
#include <string>
#include <vector>

class vtkDataObject;
class vtkPartitionedDataSetCollection;
class vtkTable;

/// The outputs of vtkPCCGrouping, as its header describes them.
namespace GroupingOutputs
{

/// What they tell.
struct Findings
{
  LayerShape shape;
  std::vector<std::int32_t> slots; ///< filters that were correlated
  tensorview::Correlation correlation;
  tensorview::Grouping grouping;
  tensorview::Linkage linkage = tensorview::Linkage::Single;
  int snapshots = 1;                  ///< that were correlated over
  std::vector<double> predictedError; ///< of each group; empty = not known
};

/// Adds `Group` to all tensors of the layer in a shallow copy of a collection; what the copy shares
/// with its original stays untouched.
void MarkGroups(vtkPartitionedDataSetCollection* collection, const Findings& findings);

/// Says in field data how the filters were grouped.
void DescribeMethod(vtkDataObject* output, const Findings& findings);

/// A row for every filter.
void WriteFilters(vtkTable* table, const Findings& findings);

/// A row for every group.
void WriteGroups(vtkTable* table, const Findings& findings);

/// The global ids of each group's members, separated by blanks, ascending.
std::vector<std::string> ListMembers(const Findings& findings);

/// Smallest and mean coefficient and predicted error of each group, separated by blanks.
std::vector<std::string> ListFacts(const Findings& findings);

}

#endif
