#ifndef vtkPCCGrouping_h
#define vtkPCCGrouping_h

#include "vtkTensorFilter.h"

struct LayerTensor;
class vtkPartitionedDataSetCollection;
namespace tensorview
{
struct Correlation;
struct TensorValues;
struct Grouping;
}

/**
 * @class vtkPCCGrouping
 * @brief Groups the filters of a layer whose activations correlate (Pearson).
 *
 * Port 0 (vtkPartitionedDataSetCollection): the input, with field data `Group` (int, aligned with
 * `Slot`, -1 = in no group) on all tensors of the layer; grids behind it show the groups.
 *
 * Port 1 `Correlation` (vtkImageData, cell data `correlation`): the matrix; cell (i, j) belongs to
 * slots i (upwards: `Slot`) and j (to the right: `OtherSlot`). Not a number where there is no
 * correlation: filters that are removed, constant or not finite.
 *
 * Port 2 `Groups` (vtkTable): a row for every filter: `Slot`, `Group` (-1 = none), `Survivor` (the
 * lowest slot of its group; its own if in none), `Constant` (1 = all values the same: dead or
 * always on), `SmallestCoefficient` and `MeanCoefficient` (of its group), `NearestSlot` and
 * `NearestCoefficient` (of all filters); global ids.
 *
 * Field data of ports 1 and 2: `Threshold` (the one that was used), `Measure` ("pearson"),
 * `Linkage`
 * ("single").
 *
 * Kind: `activation` by default. Where an activation's maps have fewer than 16 pixels, the outputs
 * of the source's probe batch are correlated instead (a value for every sample), and the note says
 * so. Values that are not finite are left out, and the note counts them. With several ranks every
 * rank passes on its filters, rank 0 has the matrix and the table.
 *
 * @sa tensorview::correlate, tensorview::groupFilters
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkPCCGrouping : public vtkTensorFilter
{
public:
  static vtkPCCGrouping* New();
  vtkTypeMacro(vtkPCCGrouping, vtkTensorFilter);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  ///@{
  /// Coefficient from which two filters belong together, within [0, 1]; 0 = search: from 0.99 down
  /// by 0.01 until a pair reaches it, not below Floor. Default 0.
  vtkSetMacro(Threshold, double);
  vtkGetMacro(Threshold, double);
  ///@}

  ///@{
  /// Lowest threshold of the search, within [0, 1]. Default 0.85, the paper's at the end of an
  /// epoch; while training it uses 0.9.
  vtkSetMacro(Floor, double);
  vtkGetMacro(Floor, double);
  ///@}

protected:
  vtkPCCGrouping();
  ~vtkPCCGrouping() override;

  int FillOutputPortInformation(int port, vtkInformation* info) override;
  /// Port 0 passes on what is asked of it; the others come with all of it.
  int RequestUpdateExtent(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) override;
  void Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;
  void Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;

  double Threshold = 0.0;
  double Floor = 0.85;

private:
  vtkPCCGrouping(const vtkPCCGrouping&) = delete;
  void operator=(const vtkPCCGrouping&) = delete;

  /// The values to correlate, of all filters, on every rank: activations or the probe batch.
  tensorview::TensorValues GetSamples(
    vtkInformationVector** inputVector, const LayerTensor& tensor);
  void DescribeResult(const tensorview::TensorValues& samples,
    const tensorview::Correlation& correlation, const tensorview::Grouping& grouping);
};

#endif
