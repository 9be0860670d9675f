#ifndef vtkPCCGrouping_h
#define vtkPCCGrouping_h

#include "vtkNew.h" // for members
#include "vtkTensorFilter.h"

#include <string> // for members
#include <vector> // for errors

class CorrelationImage;
struct LayerShape;
struct LayerTensor;
class vtkStringArray;
namespace FilterCorrelator
{
struct Result;
}
namespace GroupingOutputs
{
struct Findings;
}
namespace tensorview
{
struct Grouping;
}

/**
 * @class vtkPCCGrouping
 * @brief Groups the filters of a layer whose activations correlate.
 *
 * Port 0 (vtkPartitionedDataSetCollection): the input, with field data `Group` (int, aligned with
 * `Slot`, -1 = in no group) on all tensors of the layer; grids behind it show the groups.
 *
 * Port 1 `Correlation` (vtkImageData, cell data `correlation`): the matrix, of all filters or of
 * those in Focus. A cell belongs to two filters: `Slot` (upwards; also its global id) and
 * `OtherSlot` (to the right); `Group` is the one that both are in, else -1. Not a number where
 * there is no correlation: filters that are removed, constant or not finite. Of more than
 * MaximumPixels pairs a cell stands for a square and belongs to the pair of largest magnitude in
 * it.
 *
 * Port 2 `Groups` (vtkTable): a row for every filter: `Slot`, `Group` (-1 = none), `Survivor` (the
 * lowest slot of its group; its own if in none), `Constant` (1 = all values the same: dead or
 * always on), `SmallestCoefficient` and `MeanCoefficient` (of its group), `NearestSlot` and
 * `NearestCoefficient` (of all filters); global ids.
 *
 * Port 3 `GroupList` (vtkTable): a row for every group: `Group`, `Members` (slots, as text),
 * `Filters` (how many), `Survivor`, `SmallestCoefficient`, `MeanCoefficient`, `PredictedError`
 * (relative change of what the next layers get if the group is merged, see tensorview::outputError;
 * not a number if the source has no Gram matrix of the layer); the survivors' global ids.
 *
 * Field data of ports 1 to 3: `Threshold` (the one that was used), `Measure` ("pearson", "cosine",
 * "weighted jaccard"), `Linkage` ("single", "complete"), `Samples` and `Snapshots` that were used.
 *
 * Kind: `activation` by default. Where an activation's maps have fewer than 16 pixels, the outputs
 * of the source's probe batch are correlated instead (a value for every sample), and the note says
 * so. Values that are not finite are left out, and the note counts them. With several ranks every
 * rank passes on its filters, rank 0 has the matrix and the tables.
 *
 * @sa FilterCorrelator, tensorview::groupFilters, MergePrediction
 */
class VTKTENSORVIEWFILTERS_EXPORT vtkPCCGrouping : public vtkTensorFilter
{
public:
  static vtkPCCGrouping* New();
  vtkTypeMacro(vtkPCCGrouping, vtkTensorFilter);
  void PrintSelf(ostream& os, vtkIndent indent) override;

  /// How alike two filters are, see tensorview::Measure.
  enum MeasureType
  {
    PEARSON,
    COSINE,
    WEIGHTED_JACCARD
  };
  ///@{
  /// Default: PEARSON.
  vtkSetClampMacro(Measure, int, PEARSON, WEIGHTED_JACCARD);
  vtkGetMacro(Measure, int);
  ///@}

  /// When filters belong together, see tensorview::Linkage.
  enum LinkageType
  {
    SINGLE,
    COMPLETE
  };
  ///@{
  /// Default: SINGLE.
  vtkSetClampMacro(Linkage, int, SINGLE, COMPLETE);
  vtkGetMacro(Linkage, int);
  ///@}

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

  ///@{
  /// Recorded snapshots to correlate over, the current one and those before it; 0 = all. Default 1.
  vtkSetClampMacro(AccumulateSnapshots, int, 0, VTK_INT_MAX);
  vtkGetMacro(AccumulateSnapshots, int);
  ///@}

  /// How the filters are arranged in the matrix.
  enum MatrixOrderType
  {
    BY_SLOT,
    BY_GROUP ///< the filters of a group side by side, groups first
  };
  ///@{
  /// Default: BY_SLOT.
  vtkSetClampMacro(MatrixOrder, int, BY_SLOT, BY_GROUP);
  vtkGetMacro(MatrixOrder, int);
  ///@}

  ///@{
  /// Largest number of pixels of the matrix; beyond it a pixel stands for a square of pairs of
  /// filters, and the note says so. 0 = no matrix is drawn. Default 4000000.
  vtkSetClampMacro(MaximumPixels, vtkIdType, 0, VTK_INT_MAX / 64);
  vtkGetMacro(MaximumPixels, vtkIdType);
  ///@}

  ///@{
  /// What a pixel shows of the coefficients that it stands for, the diagonal left out. Default
  /// AGGREGATE_LARGEST_MAGNITUDE.
  vtkSetClampMacro(Aggregate, int, AGGREGATE_LARGEST_MAGNITUDE, AGGREGATE_MAXIMUM);
  vtkGetMacro(Aggregate, int);
  ///@}

  ///@{
  /// Slots of the filters that the matrix is of, as tensorview::SlotSet reads them; empty = all.
  /// Groups and tables are of all filters. Default "".
  vtkSetStdStringFromCharMacro(Focus);
  const char* GetFocus() const { return this->Focus.c_str(); }
  ///@}

  ///@{
  /// Seconds to wait for what a live source that stands still has yet to compute (its probe batch
  /// and its Gram matrix); what is not there then is left out. Default 10.
  vtkSetClampMacro(Patience, double, 0.0, VTK_DOUBLE_MAX);
  vtkGetMacro(Patience, double);
  ///@}

  /// A text for every group that was found: the global ids of its members, separated by blanks,
  /// ascending.
  vtkStringArray* GetGroupMembers();

  /// A text for every group, in the same order: SmallestCoefficient, MeanCoefficient and
  /// PredictedError of port 3, separated by blanks; "nan" where it is not known.
  vtkStringArray* GetGroupFacts();

protected:
  vtkPCCGrouping();
  ~vtkPCCGrouping() override;

  int FillOutputPortInformation(int port, vtkInformation* info) override;
  /// Port 0 passes on what is asked of it; the others come with all of it.
  int RequestUpdateExtent(vtkInformation* request, vtkInformationVector** inputVector,
    vtkInformationVector* outputVector) override;
  void Promise(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;
  void Execute(vtkInformationVector** inputVector, vtkInformationVector* outputVector) override;

  int Measure = PEARSON;
  int Linkage = SINGLE;
  double Threshold = 0.0;
  double Floor = 0.85;
  int AccumulateSnapshots = 1;
  int MatrixOrder = BY_SLOT;
  vtkIdType MaximumPixels = 4000000;
  int Aggregate = AGGREGATE_LARGEST_MAGNITUDE;
  std::string Focus;
  double Patience = 10.0;

private:
  vtkPCCGrouping(const vtkPCCGrouping&) = delete;
  void operator=(const vtkPCCGrouping&) = delete;

  CorrelationImage GetMatrix() const;
  void Describe(const FilterCorrelator::Result& correlated, const tensorview::Grouping& grouping);
  /// Of each group; empty, with a note, if it is not known.
  std::vector<double> PredictErrors(
    vtkInformationVector** inputVector, double step, const GroupingOutputs::Findings& findings);

  vtkNew<vtkStringArray> GroupMembers;
  vtkNew<vtkStringArray> GroupFacts;
};

#endif
